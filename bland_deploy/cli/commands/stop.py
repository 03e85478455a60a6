"""`bland-deploy stop`: stop what was sent, in an emergency."""

from typing import Any

import click

from bland_deploy.cli.options import Invocation, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("stop")
@campaigns_argument
@click.option("--batch", "batches", multiple=True, metavar="ID", help="Stop only this batch; may be given again.")
@click.option(
    "--without-state",
    is_flag=True,
    envvar="BLAND_DEPLOY_WITHOUT_STATE",
    help="Find the batches by their stamp in the provider's list, where the state is lost or cannot be read.",
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Stop batches that were sent: of the named campaigns, or all. Calls that are being talked go on."""
    from bland_deploy.cli.stop import run

    return run(invocation, **options)
