"""`bland-deploy report`: what became of the calls, added up."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, campaigns_argument, format_option, global_options, round_option
from bland_deploy.errors import ExitCode


@click.command("report")
@campaigns_argument
@round_option
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME",
    help="Compare calls by the values of this column of the list, or variable of the call; may be given again.",
)
@click.option("--short", is_flag=True, envvar="BLAND_DEPLOY_SHORT", help="The funnel, outcomes and cost only.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BLAND_DEPLOY_OUT",
    help="Write to this file; stdout without it.",
)
@format_option("text", "json", "markdown", "html")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Add up what became of the calls: funnel, outcomes over time and by zone, cost, errors, and groups side by side.

    No number is in it, and in CI no value of a row either: what is compared by has numbered groups there. Calls are
    asked for as by `results`, and what has ended is not asked for again.
    """
    from bland_deploy.cli.report import run

    return run(invocation, **options)
