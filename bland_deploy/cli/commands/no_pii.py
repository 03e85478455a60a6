"""`bland-deploy no-pii`: nothing of real people in files that others can read."""

from typing import Any

import click

from bland_deploy.cli.options import Invocation, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("no-pii")
@click.argument("files", nargs=-1)
@click.option(
    "--country",
    default="US",
    show_default=True,
    envvar="BLAND_DEPLOY_COUNTRY",
    help="The country (ISO 3166) of numbers without a plus.",
)
@format_option("text", "json", "github", "sarif", "junit")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Refuse lists of people and phone numbers in FILES; none named means all that git tracks here.

    Numbers set aside for fiction pass. `bland-deploy: allow-phone REASON` in a comment allows those of its line and of
    the next one.
    """
    from bland_deploy.cli.no_pii import run

    return run(invocation, **options)
