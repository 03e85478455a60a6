"""`bland-deploy reconcile`: settle held and unfinished sends against the provider."""

from typing import Any

import click

from bland_deploy.cli.options import Invocation, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("reconcile")
@campaigns_argument
@click.option("--sent", nargs=2, metavar="ATTEMPT BATCH_ID", help="The send went through, as this batch.")
@click.option("--not-sent", metavar="ATTEMPT", help="The send did not go through: its people may be called.")
@click.option(
    "--not-rung", metavar="BATCH_ID", help="The batch did not ring them: people without a listed dial may be called."
)
@click.option("--reason", metavar="TEXT", help="Why; needed with each of the three.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask where the provider cannot tell who was dialled.")
@format_option("text", "json")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Settle held and unfinished sends: by the provider's list where it can, else by your decision."""
    from bland_deploy.cli.reconcile import run

    return run(invocation, **options)
