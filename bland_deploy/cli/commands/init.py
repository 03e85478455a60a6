"""`bland-deploy init`: a workspace that lints and applies to the sandbox at once."""

from pathlib import Path

import click

from bland_deploy.cli.options import Invocation, global_options
from bland_deploy.errors import ExitCode


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), required=False)
@global_options()
@click.pass_obj
def command(invocation: Invocation, directory: Path | None) -> ExitCode:
    """Write a workspace into DIRECTORY (here, when none is named) that lints and applies to the sandbox at once."""
    from bland_deploy.cli.init import run

    return run(invocation, directory)
