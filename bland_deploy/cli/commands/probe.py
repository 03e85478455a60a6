"""`bland-deploy probe`: settle what the provider's documents leave open."""

from pathlib import Path
from typing import Any

import click

from bland_deploy.cli.options import Invocation, format_option, global_options
from bland_deploy.errors import ExitCode


@click.command("probe")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    metavar="NUMBER",
    help="A number of your own that may ring, such as +14155550100; may be given again.",
)
@click.option(
    "--numbers", "file", type=click.Path(path_type=Path), metavar="FILE", help="A text file of them, one a line."
)
@format_option("text", "json")
@global_options()
@click.pass_obj
def command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Settle what the provider's documents leave open, with at most 20 calls to numbers of your own.

    Each call is given a start time many hours ahead and stopped again, so that no phone should ring. Shows what it will
    send, and sends nothing before somebody at a terminal has typed how many calls that are. What it found is written to
    capabilities/ENVIRONMENT.json, which plan and apply read.
    """
    from bland_deploy.cli.probe import run

    return run(invocation, **options)
