"""`bland-deploy results`: what became of every call."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import (
    Invocation,
    campaigns_argument,
    format_option,
    global_options,
    round_option,
    show_pii_option,
)
from bland_deploy.errors import ExitCode


@click.command("results")
@campaigns_argument
@round_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BLAND_DEPLOY_OUT",
    help="Write to this file, for its owner alone; stdout without it.",
)
@click.option(
    "--details", is_flag=True, envvar="BLAND_DEPLOY_DETAILS", help="Ask for each call: variables, summary, disposition."
)
@click.option(
    "--transcripts",
    is_flag=True,
    envvar="BLAND_DEPLOY_TRANSCRIPTS",
    help="The same, with what was said. Implies --details.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME",
    help="Add a column of the campaign's list; may be given again.",
)
@show_pii_option
@format_option("csv", "jsonl", "parquet")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Write what became of every call, with the row of the list that it was made for.

    What was asked for once is kept in .bland-deploy/calls.sqlite: an interrupted run goes on where it stopped, and
    calls that have ended are not asked for again.
    """
    from bland_deploy.cli.results import run

    return run(invocation, **options)
