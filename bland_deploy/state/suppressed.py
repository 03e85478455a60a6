"""Who is not to be called in any campaign: a log of its own beside those of the campaigns, and only ever added to.

It holds keys of people and no numbers. What is unreadable, missing or foreign in it is a problem, never an empty log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from bland_deploy.errors import AuthenticationFailed
from bland_deploy.model.keys import KEY_SIZE, key_check, key_id
from bland_deploy.model.suppressions import (
    LookedAt,
    OfSuppression,
    ProviderList,
    Suppression,
    SuppressionLink,
    SuppressionManifest,
)
from bland_deploy.state.keyset import KeySet, key_set
from bland_deploy.state.layout import SUPPRESSION, entry_name, keys_name, manifest_name
from bland_deploy.state.log import LostRace
from bland_deploy.state.sealed import Damaged, seal, unseal
from bland_deploy.state.store import Store

_TRIES = 100
_WAY_OUT = (
    f"bring back the folder {SUPPRESSION} of the state as it was, from git or a backup; until then nothing is sent"
)


@dataclass(frozen=True, slots=True)
class SuppressionLog:
    """The log up to some entry, and the person keys of everybody in it. `head` is the digest of its last file."""

    store: Store
    manifest: SuppressionManifest
    entries: tuple[OfSuppression, ...]
    head: str
    keys: KeySet

    @property
    def number(self) -> int:
        """The number of its last entry; 0 when there is none."""
        return len(self.entries)

    @property
    def additions(self) -> tuple[Suppression, ...]:
        """The entries that suppress people, the oldest first."""
        return tuple(entry for entry in self.entries if isinstance(entry, Suppression))

    @property
    def provider_list(self) -> ProviderList | None:
        """When the provider's list was read last; None where it never was."""
        return next((entry for entry in reversed(self.entries) if isinstance(entry, ProviderList)), None)

    @property
    def looked_at(self) -> frozenset[str]:
        """The attempts whose calls were looked at to their end."""
        return frozenset(attempt for entry in self.entries if isinstance(entry, LookedAt) for attempt in entry.attempts)


def has_suppressed(store: Store) -> bool:
    """Whether anybody was ever suppressed in a store."""
    return bool(store.names(f"{SUPPRESSION}/"))


def open_suppressed(store: Store, state_key: bytes) -> SuppressionLog | None:
    """The log, checked whole, or None where none was begun.

    Raises AuthenticationFailed for another state key, StateProblem where anything is wrong with it.
    """
    if not has_suppressed(store):
        return None
    data = store.read(manifest_name(SUPPRESSION))
    if data is None:
        raise Damaged("the log of suppressed people has lost its beginning", help=_WAY_OUT)
    manifest = unseal(manifest_name(SUPPRESSION), data, SuppressionManifest)
    _check_key(store, manifest, state_key)
    log = refresh_suppressed(SuppressionLog(store, manifest, (), sha256(data).hexdigest(), frozenset()))
    lying_there = store.names(f"{SUPPRESSION}/log/")
    if len(lying_there) > log.number and lying_there[-1] > entry_name(SUPPRESSION, log.number + 1):
        raise Damaged(f"{entry_name(SUPPRESSION, log.number + 1)} is missing", help=_WAY_OUT)
    return log


def refresh_suppressed(log: SuppressionLog) -> SuppressionLog:
    """The log with what others have added since; the same one where that is nothing. Raises Damaged."""
    entries, head = list(log.entries), log.head
    while (data := log.store.read(name := entry_name(SUPPRESSION, len(entries) + 1))) is not None:
        link = unseal(name, data, SuppressionLink)
        if link.previous != head:
            raise Damaged(f"{name} does not follow from the entry before it: the log was altered", help=_WAY_OUT)
        entries.append(link.entry)
        head = sha256(data).hexdigest()
    if len(entries) == log.number:
        return log
    keys = key_set(_read_keys(log.store, entry) for entry in entries if isinstance(entry, Suppression))
    return SuppressionLog(log.store, log.manifest, tuple(entries), head, keys)


def add_suppressed(
    store: Store, state_key: bytes, manifest: Callable[[], SuppressionManifest], entry: OfSuppression, packed: bytes
) -> SuppressionLog:
    """Add an entry after whatever others have added meanwhile; `packed` are the keys of the people whom it names.

    Where there is no log yet one is begun with this manifest. Raises as `open_suppressed` does.
    """
    log = open_suppressed(store, state_key)
    if log is None:
        store.create(manifest_name(SUPPRESSION), seal(manifest()))  # or somebody else has begun it meanwhile
        log = open_suppressed(store, state_key)
    assert log is not None
    if isinstance(entry, Suppression):
        store.put({keys_name(SUPPRESSION, entry.keys_sha256): packed})
    for _ in range(_TRIES):
        name = entry_name(SUPPRESSION, log.number + 1)
        created = store.create(name, seal(SuppressionLink(previous=log.head, entry=entry)))
        log = refresh_suppressed(log)
        if created:
            return log
    raise LostRace(f"others suppressed people {_TRIES} times before us", help="run it again")


def _check_key(store: Store, manifest: SuppressionManifest, state_key: bytes) -> None:
    if key_check(state_key) != manifest.key_check:
        raise AuthenticationFailed(
            f"the state key is not the one under which people are suppressed in {store.location}: "
            f"it needs key {manifest.key_id}, and was given {key_id(state_key)}",
            help="set BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key, to the key the state was made with",
        )


def _read_keys(store: Store, entry: Suppression) -> bytes:
    name = keys_name(SUPPRESSION, entry.keys_sha256)
    packed = store.read(name)
    if packed is None or sha256(packed).hexdigest() != entry.keys_sha256 or len(packed) != entry.people * KEY_SIZE:
        raise Damaged(f"{name} is missing or was altered: who is suppressed cannot be told", help=_WAY_OUT)
    return packed
