"""`bland-deploy sandbox`: the simulator over HTTP, and its reset."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from bland_deploy.cli.options import Invocation, global_options
from bland_deploy.cli.session import BOOKS, Session, open_session
from bland_deploy.errors import Blocked, ExitCode, InvalidInput
from bland_deploy.sandbox.books import remove_books
from bland_deploy.sandbox.exchange import Handler
from bland_deploy.sandbox.server import USUAL_PORT, Options, serve
from bland_deploy.sandbox.webhooks import signing_secret
from bland_deploy.sandbox.world import USUAL_SPEED
from bland_deploy.settings.secrets import SANDBOX_KEY
from bland_deploy.state.backends.files import remove_logs


@click.group("sandbox")
@global_options()
def command() -> None:
    """Run the simulator of the API."""


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="BLAND_DEPLOY_HOST", help="Where to listen.")
@click.option(
    "--port", default=USUAL_PORT, show_default=True, envvar="BLAND_DEPLOY_PORT", help="Port; 0 takes a free one."
)
@click.option(
    "--db", type=click.Path(path_type=Path), envvar="BLAND_DEPLOY_DB", help="File of the books; in memory without it."
)
@click.option("--seed", default=0, show_default=True, envvar="BLAND_DEPLOY_SEED", help="Which outcomes calls have.")
@click.option(
    "--speed", default=USUAL_SPEED, show_default=True, envvar="BLAND_DEPLOY_SPEED", help="Sandbox seconds a second."
)
@click.option(
    "--webhooks", metavar="URL", envvar="BLAND_DEPLOY_WEBHOOKS", help="Deliver every webhook to this address."
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path),
    envvar="BLAND_DEPLOY_FAULTS",
    help="A plan of what goes wrong on purpose (docs/faults.md).",
)
def serve_command(
    host: str, port: int, db: Path | None, seed: int, speed: float, webhooks: str | None, faults: Path | None
) -> ExitCode:
    """Serve the simulator over HTTP until it is stopped. Any key that begins with sk- is an account of its own."""
    serve(Options(host, port, db, seed, speed, webhooks, _around(faults) if faults else None), _greet)
    return ExitCode.DONE


def _around(faults: Path) -> Callable[[Handler], Handler]:
    """What wraps the sandbox's handler so that the plan in a file happens. InvalidInput where it is none."""
    from bland_deploy.sandbox.faultfile import read_faults  # noqa: PLC0415 - only with a plan
    from bland_deploy.sandbox.faulty import Faulty  # noqa: PLC0415 - only with a plan

    plan = read_faults(faults)
    return lambda handler: Faulty(handler, plan)


def _greet(address: str) -> None:
    """The address to stdout, for scripts; what a person needs to know to stderr."""
    click.echo(f"The sandbox listens on {address}")
    click.echo(f"Webhooks of the key {SANDBOX_KEY} are signed with {signing_secret(SANDBOX_KEY)}", err=True)
    click.echo("Ctrl-C stops it.", err=True)


@command.command("reset")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@global_options()
@click.pass_obj
def reset(invocation: Invocation, yes: bool) -> ExitCode:
    """Empty the embedded sandbox: its books, and the state of the environment that uses it."""
    session = open_session(invocation)
    if session.settings.provider != "sandbox":
        raise InvalidInput(
            f"{session.settings.environment} is no sandbox; its state is never emptied", help="name one with -e"
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
