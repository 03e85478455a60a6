"""`bland-deploy schema`: the JSON Schema of a file format, or the list of those there are."""

import click

from bland_deploy.cli.options import global_options
from bland_deploy.errors import ExitCode


@click.command("schema")
@click.argument("kind", required=False)
@global_options()
def command(kind: str | None) -> ExitCode:
    """Print the JSON Schema (draft 07) of a file format or of a document. Without KIND: list them."""
    from bland_deploy.cli.schema import run

    return run(kind)
