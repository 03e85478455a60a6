"""`bland-deploy status`: how the batches that were sent are doing."""

from typing import Any

import click

from bland_deploy.cli.duration import interval_option
from bland_deploy.cli.options import Invocation, calls_option, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("status")
@campaigns_argument
@calls_option
@click.option("--watch", is_flag=True, envvar="BLAND_DEPLOY_WATCH", help="Draw the table anew until all is final.")
@interval_option
@format_option("text", "json")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show how the batches that were sent are doing."""
    from bland_deploy.cli.status import run

    return run(invocation, **options)
