"""`bland-deploy rules`: everything that lint, plan and apply check."""

import click

from bland_deploy.cli.options import format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("rules")
@format_option("text", "json", "markdown")
@global_options()
def command(format_: str) -> ExitCode:
    """List the rules that lint, plan and apply check. `explain RULE` tells more of one."""
    from bland_deploy.cli.rules import run

    return run(format_)
