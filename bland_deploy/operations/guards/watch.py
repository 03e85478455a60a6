"""Who must not be called by now: looked at when planning, when claiming, and before the last byte of each batch.

Lists in files are read again where they have changed, and the state is asked who was added. People only drop out: who
was suppressed when a campaign was read stays out of it.
"""

from collections.abc import Container, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from hashlib import file_digest
from itertools import count
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from bland_deploy.diagnostics import has_errors
from bland_deploy.documents.nodes import Mapping, data, find
from bland_deploy.errors import Blocked
from bland_deploy.model.campaign import Campaign, Suppression
from bland_deploy.model.entries import Compliance
from bland_deploy.model.json import JsonObject
from bland_deploy.model.keys import person_keys
from bland_deploy.model.plan import Request
from bland_deploy.operations.guards.care import Care, profile_of
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import read_suppressed
from bland_deploy.rules.pack import load_pack
from bland_deploy.state.store import Store
from bland_deploy.state.suppressed import SuppressionLog, open_suppressed, refresh_suppressed


@dataclass(frozen=True, slots=True)
class Together:
    """Everybody in any of these; false where there is nobody in any."""

    parts: Sequence[Container[str]]

    def __contains__(self, identity: object) -> bool:
        return any(identity in part for part in self.parts)

    def __bool__(self) -> bool:
        return any(self.parts)


class InState:
    """Who is suppressed in a state: a set of identities that grows whenever somebody looks."""

    def __init__(self, store: Store, state_key: bytes) -> None:
        self._store, self._state_key, self._key_of = store, state_key, person_keys(state_key)
        self.log: SuppressionLog | None = None

    def look(self) -> None:
        """Ask the state. Raises as `open_suppressed` does."""
        log = self.log
        self.log = refresh_suppressed(log) if log else open_suppressed(self._store, self._state_key)

    def __contains__(self, identity: object) -> bool:
        return self.log is not None and isinstance(identity, str) and self._key_of(identity) in self.log.keys

    def __bool__(self) -> bool:
        return self.log is not None and bool(self.log.keys)


class Stated(NamedTuple):
    """What guards people beside suppression: the profile of calling hours, and what the campaign's file declares."""

    profile: str
    declared: JsonObject


def stated(campaign: Campaign, node: Mapping, care: Care) -> Stated:
    """What is stated of a campaign, in its file as it was read, for an environment."""
    written = {name: data(found) for name in ("purpose", "consent", "waivers") if (found := find(node, (name,)))}
    return Stated(profile_of(campaign, care), {name: value for name, value in written.items() if value})


@dataclass(slots=True)
class Lists:
    """A campaign's suppression lists as they were read, by the digests that they had (hex), and who they suppressed.

    `known` holds nobody where those people were left out already.
    """

    stated: Stated
    lists: Sequence[Suppression]
    reach: Reach
    digests: dict[str, str]
    known: Container[str]
    _seen: dict[str, object] = field(default_factory=dict)
    _later: dict[str, Container[str]] = field(default_factory=dict)

    def look(self) -> None:
        """Read the files again that have changed. Raises Blocked where one cannot be read any more."""
        for listed in self.lists:
            if listed.file is None:
                continue
            seen = _signature(self.reach.root / listed.file)
            if seen != self._seen.get(listed.file):
                self._read(listed, listed.file)
                self._seen[listed.file] = seen

    def people(self) -> Sequence[Container[str]]:
        """Everybody on them, as they were read and as they are now."""
        return (self.known, *self._later.values())

    def _read(self, listed: Suppression, file: str) -> None:
        if file_sha256(self.reach.root / file) == self.digests.get(listed.name):
            return
        read = read_suppressed([listed], self.reach)
        if has_errors(read.diagnostics):
            raise Blocked(f"{listed.name} has changed, and cannot be read any more")
        self._later[file] = Together((read.suppressed, read.keyed))
        self.digests |= read.digests


class Watch:
    """The suppression lists of campaigns (by their names), and the state, if it can be read.

    Threads may share it. Those who ask while somebody looks wait, and share one look that began after all had asked.
    """

    def __init__(self, lists: MappingOf[str, Lists], in_state: InState | None) -> None:
        self._lists, self._in_state = lists, in_state
        self._turn, self._tickets = Lock(), count(1)
        self._looked: dict[str, int] = {}

    def look(self, campaign: str) -> Together:
        """Who must not be called in a campaign by now. Raises where that cannot be told."""
        asked = next(self._tickets)
        lists = self._lists[campaign]
        with self._turn:
            if self._looked.get(campaign, 0) < asked:
                began = next(self._tickets)
                lists.look()
                if self._in_state is not None:
                    self._in_state.look()
                self._looked[campaign] = began
            return Together((*lists.people(), *((self._in_state,) if self._in_state else ())))

    def dropped(self, request: Request) -> frozenset[str]:
        """The people of a request (identities) who must not be called by now."""
        suppressed = self.look(request.campaign)
        if not suppressed:
            return frozenset()
        return frozenset(number for number in request.read().numbers if number in suppressed)

    def purposes(self) -> dict[str, str | None]:
        """What the calls of each campaign are for, as far as their files say."""
        declared = {name: lists.stated.declared.get("purpose") for name, lists in self._lists.items()}
        return {name: purpose if isinstance(purpose, str) else None for name, purpose in declared.items()}

    def compliance(self, campaign: str) -> Compliance:
        """What is recorded of how the people of a campaign are guarded, as it was when somebody looked last."""
        lists, log = self._lists[campaign], self._in_state.log if self._in_state else None
        return Compliance(
            rules_sha256=load_pack().digest,
            profile=lists.stated.profile,
            declared=lists.stated.declared,
            lists=lists.digests,
            suppressions=log.number if log else 0,
            suppressions_head=log.head if log else None,
        )


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def file_sha256(path: Path) -> str | None:
    """The digest of a file; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
