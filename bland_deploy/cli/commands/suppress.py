"""`bland-deploy suppress`: people whom no campaign may call."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, format_option, global_options
from bland_deploy.errors import ExitCode

_reason = click.option("--reason", metavar="TEXT", required=True, help="Why, for the record: how they asked, and when.")
_country = click.option("--country", metavar="XX", help="Country (ISO 3166) of numbers without a leading +.")
_by = click.option("--by", metavar="WHO", help="Who says so, for the record; you by default.")


@click.group("suppress")
@global_options()
def command() -> None:
    """Keep people from being called by any campaign of the environment, from now on; nothing takes it back.

    The state keeps keys of them under the state key, and no numbers.
    """


@command.command("add")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@_country
@_reason
@_by
@format_option("text", "json")
@global_options()
@click.pass_obj
def add(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Suppress people by their phone numbers."""
    from bland_deploy.cli.suppress import add

    return add(invocation, **options)


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--phone", metavar="COLUMN", default="phone_number", help="The column that holds the number.")
@_country
@_reason
@_by
@format_option("text", "json")
@global_options()
@click.pass_obj
def import_(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Suppress everybody on a list, in any format of lists. Nobody is where one row of it names nobody."""
    from bland_deploy.cli.suppress import import_

    return import_(invocation, **options)


@command.command("hash")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--phone", metavar="COLUMN", default="phone_number", help="The column that holds the number.")
@_country
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), required=True, help="The list to write.")
@global_options()
@click.pass_obj
def hash_command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Write a list as keys of people under the state key, for `suppression` to read without holding numbers."""
    from bland_deploy.cli.suppress import hash_command

    return hash_command(invocation, **options)


@command.command("sync")
@format_option("text", "json")
@global_options()
@click.pass_obj
def sync(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Suppress who is on the provider's do-not-call list, and who asked in a call not to be called again.

    Of earlier batches each that has ended is looked at once. Run it before apply.
    """
    from bland_deploy.cli.suppress import sync

    return sync(invocation, **options)


@command.command("list")
@format_option("text", "json")
@global_options()
@click.pass_obj
def list_command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show who suppressed how many people, when, and why."""
    from bland_deploy.cli.suppress import list_command

    return list_command(invocation, **options)
