"""`bland-deploy apply`: plan, ask, send, record."""

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


@click.command("apply")
@click.argument("campaigns", nargs=-1, metavar="[CAMPAIGN…|PLANFILE]", shell_complete=completing("campaigns"))
@format_option("text", "json")
@click.option("--auto-approve", "-y", is_flag=True, help="Do not ask. Not enough in a protected environment.")
@click.option("--approved", metavar="DIGEST", help="Apply only the plan with this digest, the one that was reviewed.")
@click.option(
    "--dry-run", is_flag=True, envvar="BLAND_DEPLOY_DRY_RUN", help="Show the plan with payloads; send nothing."
)
@click.option(
    "--parallelism",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    envvar="BLAND_DEPLOY_PARALLELISM",
    help="How many batches may be on their way at a time.",
)
@click.option(
    "--promote",
    metavar="REASON",
    help="Send the next wave of a campaign whatever the figures of the one before. Recorded, with who and why.",
)
@round_option
@at_option
@show_pii_option
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Plan, ask, send, record. Running it again sends nothing twice.

    Given the file of a saved plan (`plan --out FILE`) it sends that plan and asks nobody: the file is the approval.
    """
    from bland_deploy.cli.apply import run

    return run(invocation, **options)
