"""`bland-deploy suppress`: people whom no campaign may call."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bland_deploy.archive import FILE, open_archive
from bland_deploy.cli.collecting import Told, write_file
from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import Session, ensure_state_key, open_provider, open_session, who
from bland_deploy.cli.show import tell
from bland_deploy.client.connection import Client
from bland_deploy.errors import AuthenticationFailed, ExitCode
from bland_deploy.events import FILE as EVENTS
from bland_deploy.events import open_events
from bland_deploy.model.heard import Added
from bland_deploy.operations.provider.results import sent_batches
from bland_deploy.operations.suppression.opted_out import hear, hear_webhooks
from bland_deploy.operations.suppression.provider_list import take_provider_list
from bland_deploy.operations.suppression.suppress import Ear, Said, hashed, read_identities, suppress
from bland_deploy.recipients.suppression import read_numbers
from bland_deploy.state.suppressed import open_suppressed
from bland_deploy.views import suppressed as views
from bland_deploy.views.words import count


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


def hash_command(invocation: Invocation, file: Path, phone: str, country: str | None, out: Path) -> ExitCode:
    """Write a list of numbers as one of keys, which says nothing without the state key."""
    identities = read_identities(file, phone, country)
    session = ensure_state_key(open_session(invocation))
    assert session.settings.state_key is not None
    write_file(hashed(identities, session.settings.state_key), out)
    people = count(len(identities), "person")
    invocation.say(f"Wrote {out.name}: keys of {people}. Name it in `suppression` with `keys: person_key`.")
    return ExitCode.DONE


def list_command(invocation: Invocation, format_: str) -> ExitCode:
    """Show who suppressed how many people, when, and why."""
    session = open_session(invocation)
    if session.settings.state_key is None:
        raise AuthenticationFailed(
            "who is suppressed cannot be read without the state key",
            help="set BLAND_DEPLOY_STATE_KEY, or put the key into .bland-deploy/state.key",
        )
    log = open_suppressed(session.store(), session.settings.state_key)
    entries, read = (log.additions, log.provider_list) if log else ((), None)
    environment = session.settings.environment
    if format_ == "json":
        write_document(views.render_list_document(environment, entries, read))
    else:
        write_document(views.render_list(entries, read))
    return ExitCode.DONE


def sync(invocation: Invocation, format_: str) -> ExitCode:
    """Suppress whom the provider's list names, and who asked not to be called again in calls that have ended."""
    session = _writable(open_session(invocation, needs_key=True))
    assert session.settings.state_key is not None
    ear = Ear(session.store(), session.settings.state_key, datetime.now(UTC), who(os.environ))
    with open_provider(session.settings) as client, open_archive(session.root / FILE) as archive:
        listed = take_provider_list(client, ear)
        told = _hear_webhooks(client, session.root / EVENTS, ear)
        heard = hear(client, sent_batches(logs_of(session, []), None), archive, ear, Told(invocation))
    heard = heard._replace(added=heard.added.plus(told))
    environment = session.settings.environment
    if format_ == "json":
        write_document(views.render_sync_document(environment, listed, heard))
    else:
        tell(invocation, session, listed.found)
        write_document(views.render_sync(environment, listed, heard))
    return ExitCode.DONE


def _hear_webhooks(client: Client, file: Path, ear: Ear) -> Added:
    if not file.exists():
        return Added()
    with open_events(file) as events:
        return hear_webhooks(client, events, ear)


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
