"""`bland-deploy plan`: what apply would send, and why the rest is left out."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import (
    Invocation,
    at_option,
    campaigns_argument,
    format_option,
    global_options,
    round_option,
    show_pii_option,
)
from bland_deploy.errors import ExitCode


@click.command("plan")
@campaigns_argument
@format_option("text", "json", "markdown", "html")
@click.option("--payloads", is_flag=True, envvar="BLAND_DEPLOY_PAYLOADS", help="Show every request, masked.")
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    envvar="BLAND_DEPLOY_DETAILED_EXITCODE",
    help="Exit with 2 when there is something to send.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="BLAND_DEPLOY_OUT",
    help="Save the plan for `apply FILE`. The file holds phone numbers, and whoever has it needs no other approval.",
)
@click.option(
    "--expires-in",
    default="24h",
    metavar="DURATION",
    envvar="BLAND_DEPLOY_EXPIRES_IN",
    help="How long the saved plan is valid.",
    show_default=True,
)
@round_option
@at_option
@show_pii_option
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show what apply would send, and why the rest is left out. Needs no API key."""
    from bland_deploy.cli.plan import run

    return run(invocation, **options)
