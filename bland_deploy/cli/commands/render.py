"""`bland-deploy render`: the exact requests, whatever the state."""

from typing import Any

import click

from bland_deploy.cli.options import (
    Invocation,
    at_option,
    completing,
    format_option,
    global_options,
    round_option,
    show_pii_option,
)
from bland_deploy.errors import ExitCode


@click.command("render")
@click.argument("campaign", shell_complete=completing("campaigns"))
@click.option(
    "--recipient",
    type=int,
    metavar="N",
    envvar="BLAND_DEPLOY_RECIPIENT",
    help="Preview the call of recipient N (from 1), with placeholders filled.",
)
@format_option("text", "json")
@round_option
@at_option
@show_pii_option
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show the exact requests of a campaign, ignoring state."""
    from bland_deploy.cli.render import run

    return run(invocation, **options)
