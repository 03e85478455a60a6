"""People into the log of those whom no campaign may call, and what that log says."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import has_errors
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Suppression as ListOfPeople
from bland_deploy.model.entries import Suppression, SuppressionManifest, instant
from bland_deploy.model.keys import key_check, key_id, person_keys
from bland_deploy.recipients.phone import NORMALISATION_VERSION
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import read_suppressed
from bland_deploy.state.store import Store
from bland_deploy.state.suppressed import add_suppressed, new_suppression, open_suppressed


class Said(NamedTuple):
    """When (aware) and by whom something is recorded, who says so, and why."""

    at: datetime
    by: str
    who: str
    reason: str


class Added(NamedTuple):
    """How many people were suppressed, and how many were before."""

    added: int
    known: int


def read_identities(file: Path, phone: str, country: str | None) -> frozenset[str]:
    """Everybody on a list. InvalidInput with its diagnostics where a row names nobody."""
    listed = ListOfPeople(file=file.name, phone=phone, default_country=country)
    read = read_suppressed([listed], Reach(file.absolute().parent))
    if has_errors(read.diagnostics):
        raise InvalidInput("the list has errors: nobody was suppressed", diagnostics=read.diagnostics)
    return read.suppressed.numbers


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
        entry, packed = new_suppression(instant(said.at), said.by, said.who, said.reason, new)
        add_suppressed(store, state_key, lambda: _manifest(state_key, said), entry, packed)
    return Added(len(new), len(keys) - len(new))


def suppressed_so_far(store: Store, state_key: bytes) -> tuple[Suppression, ...]:
    """Every entry of the log, the oldest first. Raises as `open_suppressed` does."""
    log = open_suppressed(store, state_key)
    return log.entries if log else ()


def _manifest(state_key: bytes, said: Said) -> SuppressionManifest:
    return SuppressionManifest(
        format=1,
        key_id=key_id(state_key),
        key_check=key_check(state_key),
        normalisation=NORMALISATION_VERSION,
        at=instant(said.at),
        by=said.by,
    )
