"""`bland-deploy init`: a workspace that lints and applies to the sandbox at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bland_deploy.cli.options import Invocation, global_options
from bland_deploy.errors import ExitCode

if TYPE_CHECKING:
    from bland_deploy.cli.init import Chosen


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), required=False)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "none"]),
    envvar="BLAND_DEPLOY_CI",
    help="Whose jobs to write; without it the remote or the folder says it, and else it is GitHub.",
)
@global_options()
@click.pass_obj
def command(invocation: Invocation, directory: Path | None, ci: "Chosen") -> ExitCode:
    """Write a workspace into DIRECTORY (here, when none is named) that lints and applies to the sandbox at once.

    With it come jobs for CI and hooks for pre-commit, unless the folder lies below the top of a git repository.
    """
    from bland_deploy.cli.init import run

    return run(invocation, directory, ci)
