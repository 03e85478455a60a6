"""What `results` and `report` share: how far the asking is, where people stand in their lists, and files as results."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bland_deploy.archive import Archive
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import Session, who
from bland_deploy.errors import InvalidInput, Unavailable
from bland_deploy.operations.calls.prepare import prepare
from bland_deploy.operations.provider.results import Person, Sent, find_rows
from bland_deploy.operations.suppression.opted_out import heed
from bland_deploy.operations.suppression.suppress import Ear
from bland_deploy.state.log import Log
from bland_deploy.views.words import count

_TOLD_EVERY = 10_000


class Told:
    """Counts what came in, and says so now and then."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._calls = 0

    def __call__(self, calls: int) -> None:
        """So many more calls."""
        before, self._calls = self._calls, self._calls + calls
        if before // _TOLD_EVERY < self._calls // _TOLD_EVERY:
            self._invocation.say(f"{count(self._calls, 'call')} so far …")


def heed_calls(invocation: Invocation, session: Session, batches: Sequence[Sent], archive: Archive) -> None:
    """Suppress who asked in these calls not to be called again, where the state may be written to from here."""
    key = session.settings.state_key
    if key is None:
        return
    try:
        session.check_store()
    except InvalidInput:
        return
    added = heed(batches, archive, Ear(session.store(), key, datetime.now(UTC), who(os.environ)))
    if added.added:
        some = count(added.added, "person")
        invocation.say(f"Suppressed {some} who asked in a call not to be called again: no campaign calls them.")


def people_of_lists(session: Session, logs: Sequence[Log], columns: Sequence[str]) -> dict[bytes, Person]:
    """Where people stand in the lists of the campaigns that still have files, by recipient key."""
    key = session.settings.state_key
    wanted = {log.campaign: log.standing.rounds() for log in logs}
    found: dict[bytes, Person] = {}
    for loaded in session.campaigns([]) if key else ():
        prepared, _ = prepare(loaded, session.reach, session.settings.environment, session.variables)
        if prepared is not None and key is not None and prepared.campaign.campaign in wanted:
            found |= find_rows(prepared, wanted[prepared.campaign.campaign], key, columns)
    return found


def write_file(lines: Iterable[bytes], out: Path) -> int:
    """Bytes into a file for its owner alone, which is there whole or not at all. Raises Unavailable."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            written = sum(file.write(line) for line in lines)
        partial.replace(out)
    except OSError as problem:
        raise Unavailable(f"{out.name} cannot be written: {problem.strerror}", help="name another file") from problem
    finally:
        partial.unlink(missing_ok=True)
    return written
