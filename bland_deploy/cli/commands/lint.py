"""`bland-deploy lint`: every problem, each with its place."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, campaigns_argument, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("lint")
@campaigns_argument
@format_option("text", "json", "github", "sarif", "junit")
@click.option(
    "--fail-level",
    type=click.Choice(["error", "warning"]),
    default="error",
    envvar="BLAND_DEPLOY_FAIL_LEVEL",
    help="From what on the command ends with 3.",
)
@click.option(
    "--changed-since",
    metavar="REF",
    envvar="BLAND_DEPLOY_CHANGED_SINCE",
    help="Only campaigns with a file that changed since the branch left this commit of git.",
)
@click.option(
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BLAND_DEPLOY_OUTPUT_FILE",
    help="Write the document into a file, and one line for people to stderr.",
)
@click.option("--no-cache", is_flag=True, envvar="BLAND_DEPLOY_NO_CACHE", help="Look at every file anew.")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show every problem of the campaign files in one run. Needs no key, no clock and no network."""
    from bland_deploy.cli.lint import run

    return run(invocation, **options)
