"""`bland-deploy listen`: the receiver of webhooks, wired to the environment's secrets."""

import os
from pathlib import Path

import click

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import Session, open_session
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.events import FILE
from bland_deploy.settings import choose_environment, read_secret


def run(invocation: Invocation, host: str, port: int, path: str, db: Path | None, most_bytes: int) -> ExitCode:
    """Receive webhooks until a signal comes in."""
    try:
        from bland_deploy.listener.app import Bounds  # noqa: PLC0415 - an extra
        from bland_deploy.listener.proof import Trust  # noqa: PLC0415 - an extra
        from bland_deploy.listener.server import Address, listen  # noqa: PLC0415 - an extra
        from bland_deploy.listener.tokens import check_tokens  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        raise InvalidInput(
            f"`listen` needs {missing.name}, which is not installed", help='pip install "bland-deploy[listen]"'
        ) from missing
    session = open_session(invocation)
    _, environment = choose_environment(session.workspace, session.settings.environment)
    secret, tokens = environment.webhooks.secret, environment.webhooks.tokens
    trust = Trust(
        read_secret(secret, session.root, os.environ).reveal() if secret else None,
        check_tokens(tokens, session.root) if tokens else None,
    )
    if trust == Trust():
        invocation.say(
            f"warning: {session.settings.environment} has no `webhooks` secret or tokens, so nobody vouches for what "
            "comes in: events of batches are hints only, and those of calls are refused"
        )
    listen(
        Address(host, port),
        _file(session, db),
        trust,
        Bounds(path if path.startswith("/") else f"/{path}", most_bytes),
        lambda address: _greet(invocation, address),
    )
    return ExitCode.DONE


def _file(session: Session, db: Path | None) -> Path:
    return session.root / FILE if db is None else db


def _greet(invocation: Invocation, address: str) -> None:
    """The address to stdout, for scripts; what a person needs to know to stderr."""
    click.echo(f"Webhooks are received on {address}")
    invocation.say("Ctrl-C stops it.")
