"""`bland-deploy lint`: every problem, each with its place."""

from typing import Any

import click

from bland_deploy.cli.options import Invocation, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode
from bland_deploy.views.diagnostics import FORMATS


@click.command("lint")
@campaigns_argument
@format_option(*FORMATS)
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show every problem of the campaign files in one run. Needs no key, no clock and no network."""
    from bland_deploy.cli.lint import run

    return run(invocation, **options)
