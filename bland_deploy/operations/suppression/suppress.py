"""People into the log of those whom no campaign may call, and what that log says."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from bland_deploy.diagnostics import has_errors
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Suppression as ListOfPeople
from bland_deploy.model.entries import instant
from bland_deploy.model.heard import Added
from bland_deploy.model.keys import key_check, key_id, person_keys, written_key
from bland_deploy.model.suppressions import OfSuppression, Suppression, SuppressionManifest
from bland_deploy.recipients.phone import NORMALISATION_VERSION
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import read_suppressed
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.store import Store
from bland_deploy.state.suppressed import add_suppressed, open_suppressed


class Said(NamedTuple):
    """When (aware) and by whom something is recorded, who says so, and why; `source` where nobody said it by hand."""

    at: datetime
    by: str
    who: str
    reason: str
    source: Literal["provider_list", "calls"] | None = None

    @property
    def written_at(self) -> str:
        """When, as entries write it."""
        return instant(self.at)


@dataclass(frozen=True, slots=True)
class Ear:
    """Where it is recorded who does not want to be called: the state and its key, when (aware), and by whom."""

    store: Store
    state_key: bytes
    at: datetime
    by: str

    def said(self, reason: str, source: Literal["provider_list", "calls"]) -> Said:
        """What is recorded of people of whom the provider told."""
        return Said(self.at, self.by, "the provider", reason, source)


def read_identities(file: Path, phone: str, country: str | None) -> frozenset[str]:
    """Everybody on a list. InvalidInput with its diagnostics where a row names nobody."""
    listed = ListOfPeople(file=file.name, phone=phone, default_country=country)
    read = read_suppressed([listed], Reach(file.absolute().parent))
    if has_errors(read.diagnostics):
        raise InvalidInput("the list has errors: nobody was suppressed", diagnostics=read.diagnostics)
    return read.suppressed.numbers


def hashed(identities: Collection[str], state_key: bytes) -> Iterator[bytes]:
    """The lines of a list that holds keys of these people in place of numbers."""
    key_of = person_keys(state_key)
    yield b"person_key\n"
    for key in sorted(key_of(identity) for identity in identities):
        yield f"{written_key(state_key, key)}\n".encode()


def suppress(store: Store, state_key: bytes, identities: Collection[str], said: Said) -> Added:
    """Suppress these people for good; those who were before are not recorded again.

    InvalidInput where nobody is named or no reason is given; else raises as `add_suppressed` does.
    """
    if not said.reason.strip() or not said.who.strip():
        raise InvalidInput("the record needs a reason, and who says so", help='--reason "asked by mail on 2 March"')
    if not identities:
        raise InvalidInput("nobody is named: nobody was suppressed", help="give at least one phone number")
    log, key_of = open_suppressed(store, state_key), person_keys(state_key)
    keys = {key_of(identity) for identity in identities}
    new = keys - log.keys.intersection(keys) if log else keys
    if new:
        name, packed = pack_keys(new)
        entry = Suppression(
            at=said.written_at,
            by=said.by,
            people=len(new),
            keys_sha256=name,
            who=said.who,
            reason=said.reason,
            source=said.source,
        )
        record(store, state_key, entry, packed)
    return Added(len(new), len(keys) - len(new))


def record(store: Store, state_key: bytes, entry: OfSuppression, packed: bytes = b"") -> None:
    """Write an entry of the log of suppressed people, which is begun with it. Raises as `add_suppressed` does."""
    add_suppressed(store, state_key, lambda: _manifest(state_key, entry), entry, packed)


def _manifest(state_key: bytes, entry: OfSuppression) -> SuppressionManifest:
    return SuppressionManifest(
        format=1,
        key_id=key_id(state_key),
        key_check=key_check(state_key),
        normalisation=NORMALISATION_VERSION,
        at=entry.at,
        by=entry.by,
    )
