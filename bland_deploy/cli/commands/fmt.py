"""`bland-deploy fmt`: campaign and workspace files in one form."""

from typing import Any

import click

from bland_deploy.cli.options import Invocation, completing, global_options
from bland_deploy.errors import ExitCode


@click.command("fmt")
@click.argument("files", nargs=-1, shell_complete=completing("campaigns"))
@click.option("--check", is_flag=True, envvar="BLAND_DEPLOY_CHECK", help="Write nothing; name the files that differ.")
@click.option("--diff", is_flag=True, envvar="BLAND_DEPLOY_DIFF", help="Write nothing; show what would change.")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Bring campaign and workspace files into one form: order of keys, indentation, quotes. Comments stay.

    FILES are paths or ids of campaigns; none named means the whole workspace, and `-` is stdin. A file that cannot be
    read as YAML is left alone. With --check it ends with 3 where a file would change.
    """
    from bland_deploy.cli.fmt import run

    return run(invocation, **options)
