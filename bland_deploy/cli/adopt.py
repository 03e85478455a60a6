"""`bland-deploy state adopt`: take batches that the provider lists into a log that does not know them."""

import os
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from bland_deploy.cli.asking import can_ask, type_number
from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.session import Session, ensure_state_key, open_provider, open_session, who
from bland_deploy.cli.show import tell
from bland_deploy.client.connection import Client
from bland_deploy.diagnostics import in_order
from bland_deploy.errors import Blocked, ExitCode, InvalidInput
from bland_deploy.operations.adopting.adopt import Survey, Terms, adopt, survey
from bland_deploy.operations.calls.prepare import Prepared, prepare
from bland_deploy.operations.guards.gates import refuse_errors
from bland_deploy.operations.provider.listed import account_fingerprint
from bland_deploy.operations.sending.world import World
from bland_deploy.views import adoption as views
from bland_deploy.views.words import count

_LINEAGE = re.compile(r"[0-9a-f]{32}")


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    foreign: tuple[str, ...],
    replace: bool,
    yes: bool,
    format_: str,
) -> ExitCode:
    """Take over what the provider lists and the state does not know, after a loss or a rollback.

    Shows it, and writes nothing before you agree. Whoever may have been called without being listed is held.
    """
    if not all(_LINEAGE.fullmatch(lineage) for lineage in foreign):
        raise InvalidInput("--foreign is not a lineage", help="32 digits, as `bland-deploy apply` shows them")
    session = open_session(invocation, needs_key=True)
    session.check_store()
    session = ensure_state_key(session)
    prepared = _prepare(session, campaigns)
    with ExitStack() as held, open_provider(session.settings) as client:
        world = _world(session, client)
        for item in prepared:
            held.enter_context(world.store.lock(item.campaign.campaign, 0.0))
        assert session.settings.state_key is not None
        terms = Terms(
            environment=session.settings.environment,
            state_key=session.settings.state_key,
            account=account_fingerprint(client),
            foreign=foreign,
            replace=replace,
        )
        found = [survey(world, item, terms) for item in prepared]
        wanted = [one for one in found if not one.shown.is_empty]
        if format_ == "text":
            tell(invocation, session, in_order(item for one in found for item in one.shown.diagnostics))
            write_document(views.render([one.shown for one in found]))
        if wanted and not yes:
            _ask(wanted)
        kept = [str(place) for one in wanted if (place := adopt(world, one, terms)) is not None]
    _conclude(found, kept, format_)
    return ExitCode.UNKNOWN if any(one.suspects for one in found) else ExitCode.DONE


def _prepare(session: Session, wanted: Sequence[str]) -> tuple[Prepared, ...]:
    """The named campaigns with their lists. Mistakes in templates do not matter here, those in the files do."""
    prepared = []
    for loaded in session.campaigns(wanted):
        if loaded.campaign is None:
            refuse_errors(loaded.diagnostics)
        ready, _ = prepare(loaded, session.reach, session.settings.environment, session.variables)
        if ready is not None:
            prepared.append(ready)
    return tuple(prepared)


def _world(session: Session, client: Client) -> World:
    return World(
        client=client,
        store=session.store(),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        settle=session.settings.settle,
        by=who(os.environ),
    )


def _ask(wanted: Sequence[Survey]) -> None:
    number = sum(len(one.strays) for one in wanted)
    batches = count(number, "batch")
    if not can_ask():
        raise Blocked(f"{batches} would be taken over, and nobody is here to agree", help="give --yes")
    if not type_number(f"Type the number of batches ({number}) to take them over", number):
        raise Blocked("not adopted: the number of batches was not typed", help="run it again")


def _conclude(found: Sequence[Survey], kept: Sequence[str], format_: str) -> None:
    shown = [one.shown for one in found]
    if format_ == "json":
        write_document(views.render_document(shown, kept))
    elif any(not one.is_empty for one in shown):
        write_document(views.render_done(shown, kept))
