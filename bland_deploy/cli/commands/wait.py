"""`bland-deploy wait`: wait until every batch is final."""

from typing import Any

import click

from bland_deploy.cli.duration import SECONDS, interval_option
from bland_deploy.cli.options import Invocation, calls_option, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("wait")
@campaigns_argument
@click.option(
    "--timeout",
    type=SECONDS,
    default="1h",
    show_default=True,
    envvar="BLAND_DEPLOY_TIMEOUT",
    help="How long to wait, such as 90s, 30m or 2h.",
)
@interval_option
@click.option(
    "--max-failed",
    metavar="N|P%",
    envvar="BLAND_DEPLOY_MAX_FAILED",
    help="End with 7 when more calls failed: a number, or a share of all. [default: any number may fail]",
)
@calls_option
@format_option("text", "json")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Wait until every batch that was sent is final.

    Ends with 0 when all are completed, 7 when one failed or ended early or too many calls failed, 8 when the outcome of
    a send is unknown, and 5 when the time is over.
    """
    from bland_deploy.cli.wait import run

    return run(invocation, **options)
