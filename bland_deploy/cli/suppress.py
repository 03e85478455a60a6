"""`bland-deploy suppress`: people whom no campaign may call."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import Session, ensure_state_key, open_session, who
from bland_deploy.errors import AuthenticationFailed, ExitCode
from bland_deploy.operations.suppress import Said, read_identities, suppress, suppressed_so_far
from bland_deploy.recipients.suppression import read_numbers
from bland_deploy.views import suppressed as views


class Why(NamedTuple):
    """The reason, and who says so, as the command line gives them."""

    reason: str
    by: str | None


def add(
    invocation: Invocation, numbers: Sequence[str], country: str | None, reason: str, by: str | None, format_: str
) -> ExitCode:
    """Suppress people by their phone numbers."""
    return _suppress(invocation, read_numbers(numbers, country), Why(reason, by), format_)


def import_(
    invocation: Invocation, file: Path, phone: str, country: str | None, reason: str, by: str | None, format_: str
) -> ExitCode:
    """Suppress everybody on a list."""
    return _suppress(invocation, read_identities(file, phone, country), Why(reason, by), format_)


def list_command(invocation: Invocation, format_: str) -> ExitCode:
    """Show who suppressed how many people, when, and why."""
    session = open_session(invocation)
    if session.settings.state_key is None:
        raise AuthenticationFailed(
            "who is suppressed cannot be read without the state key",
            help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
        )
    entries = suppressed_so_far(session.store(), session.settings.state_key)
    environment = session.settings.environment
    write_document(
        views.render_list_document(environment, entries) if format_ == "json" else views.render_list(entries)
    )
    return ExitCode.DONE


def _suppress(invocation: Invocation, identities: Collection[str], why: Why, format_: str) -> ExitCode:
    session = _writable(open_session(invocation))
    assert session.settings.state_key is not None
    name = who(os.environ)
    said = Said(datetime.now(UTC), name, why.by or name, why.reason)
    done = suppress(session.store(), session.settings.state_key, identities, said)
    environment = session.settings.environment
    write_document(views.render_document(environment, done) if format_ == "json" else views.render(environment, done))
    return ExitCode.DONE


def _writable(session: Session) -> Session:
    session.check_store()
    return ensure_state_key(session)
