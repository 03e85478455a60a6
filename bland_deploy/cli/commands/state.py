"""`bland-deploy state`: the log of what was sent."""

from typing import Any

import click

from bland_deploy.cli.options import (
    Invocation,
    campaigns_argument,
    completing,
    format_option,
    global_options,
)
from bland_deploy.errors import ExitCode


@click.group("state")
@global_options()
def command() -> None:
    """Look at the log of what was sent, check it, and complete it from what the provider lists."""


@command.command("list")
@campaigns_argument
@format_option("text", "json")
@global_options()
@click.pass_obj
def list_command(invocation: Invocation, /, **options: Any) -> ExitCode:
    """List the campaigns that the state knows, with counts."""
    from bland_deploy.cli.state import list_command

    return list_command(invocation, **options)


@command.command("show")
@click.argument("campaign", shell_complete=completing("campaigns"))
@click.option(
    "--compliance",
    is_flag=True,
    help="Show as evidence, for each apply, who applied it, by which rules and lists people were guarded, and when.",
)
@format_option("text", "json")
@global_options()
@click.pass_obj
def show(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Show the entries of a campaign's log, the oldest first."""
    from bland_deploy.cli.state import show

    return show(invocation, **options)


@command.command("verify")
@campaigns_argument
@format_option("text", "json")
@global_options()
@click.pass_obj
def verify(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Check the logs whole: chain, density, digests, files of keys."""
    from bland_deploy.cli.state import verify

    return verify(invocation, **options)


@command.command("ended")
@campaigns_argument
@format_option("text", "json")
@global_options()
@click.pass_obj
def ended(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Ask how calls ended, and record it of batches that are over: a later round may be a `retry` of them.

    Asks as `results` does, and writes keys of people, no numbers. Running it again records only what is new.
    """
    from bland_deploy.cli.ended import run

    return run(invocation, **options)


@command.command("adopt")
@campaigns_argument
@click.option(
    "--foreign", multiple=True, metavar="LINEAGE", help="Take over the batches of another state too; may be repeated."
)
@click.option("--replace", is_flag=True, help="Put a new log in the place of a damaged one, which is kept.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@global_options()
@click.pass_obj
def adopt(invocation: Invocation, /, **options: Any) -> ExitCode:
    """Take over batches that the provider lists and the state does not know, after a loss or a rollback.

    They are shown, and nothing is written before you agree. Whoever may have been called without being listed is held.
    """
    from bland_deploy.cli.adopt import run

    return run(invocation, **options)


@command.command("key")
@global_options()
@click.pass_obj
def key(invocation: Invocation) -> ExitCode:
    """Make the state key where there is none yet, in .bland-deploy/state.key. It is never shown."""
    from bland_deploy.cli.state import key

    return key(invocation)
