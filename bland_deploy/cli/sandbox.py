"""`bland-deploy sandbox`: the simulator over HTTP, and its reset."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import BOOKS, Session, open_session
from bland_deploy.errors import Blocked, ExitCode, InvalidInput
from bland_deploy.sandbox.books import remove_books
from bland_deploy.sandbox.exchange import Handler
from bland_deploy.sandbox.server import Options, serve
from bland_deploy.sandbox.webhooks import signing_secret
from bland_deploy.settings.secrets import SANDBOX_KEY
from bland_deploy.state.backends.files import remove_logs

if TYPE_CHECKING:
    from bland_deploy.sandbox.faults import FaultPlan


def serve_command(
    host: str, port: int, db: Path | None, seed: int, speed: float, webhooks: str | None, faults: Path | None
) -> ExitCode:
    """Serve the simulator over HTTP until it is stopped. Any key that begins with sk- is an account of its own."""
    plan = _plan_in(faults) if faults is not None else None
    around = _around(plan) if plan is not None else None
    mends = plan is not None and plan.mends_cut_bodies
    serve(Options(host, port, db, seed, speed, webhooks, around, mends), _greet)
    return ExitCode.DONE


def _plan_in(file: Path) -> "FaultPlan":
    """The plan in a file. InvalidInput where it is none."""
    from bland_deploy.sandbox.faultfile import read_faults  # noqa: PLC0415 - only with a plan

    return read_faults(file)


def _around(plan: "FaultPlan") -> Callable[[Handler], Handler]:
    """What wraps the sandbox's handler so that a plan happens."""
    from bland_deploy.sandbox.faulty import Faulty  # noqa: PLC0415 - only with a plan

    return lambda handler: Faulty(handler, plan)


def _greet(address: str) -> None:
    """The address to stdout, for scripts; what a person needs to know to stderr."""
    click.echo(f"The sandbox listens on {address}")
    click.echo(f"Webhooks of the key {SANDBOX_KEY} are signed with {signing_secret(SANDBOX_KEY)}", err=True)
    click.echo("Ctrl-C stops it.", err=True)


def reset(invocation: Invocation, yes: bool) -> ExitCode:
    """Empty the embedded sandbox: its books, and the state of the environment that uses it."""
    session = open_session(invocation)
    if session.settings.provider != "sandbox":
        raise InvalidInput(
            f"{session.settings.environment} is no sandbox; its state is never emptied", help="name one with -e"
        )
    if "://" in session.settings.state:
        raise InvalidInput(
            f"the state of {session.settings.environment} is in a shared store, which is never emptied",
            help="give the sandbox a folder, or leave out `state`",
        )
    if not yes:
        _ask(session)
    remove_books(session.root / BOOKS)
    remove_logs(Path(session.settings.state))
    invocation.say("The sandbox is empty: no books, no state.")
    return ExitCode.DONE


def _ask(session: Session) -> None:
    if not sys.stdin.isatty():
        raise Blocked("the sandbox would be emptied, and nobody is here to agree", help="give --yes")
    if not click.confirm(f"Empty the sandbox of {session.settings.environment}?", err=True):
        raise Blocked("nothing was emptied", help="run it again and agree")
