"""The log of a campaign: opened whole and checked, and only ever added to.

An entry takes the next number if nobody else has taken it. Whoever loses that race reads what the others wrote and
decides again: the log, and no lock, says who may send.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import takewhile

from bland_deploy.errors import AuthenticationFailed, StateProblem
from bland_deploy.model.entries import Claim, Entry, Link, Manifest
from bland_deploy.model.keys import key_check, key_id, unpack_keys
from bland_deploy.model.text import SharedText
from bland_deploy.state.layout import SUPPRESSION, entry_name, keys_name, manifest_name, text_name
from bland_deploy.state.reading import Reading, check_keys, key_files, read_link, read_log
from bland_deploy.state.replay import Attempt, Known, Standing, follow, keys_of, known
from bland_deploy.state.sealed import WAY_OUT, Damaged, seal
from bland_deploy.state.store import Store, StoreFailed

_TRIES = 100
_CHANGES = 256
"""So many attempts that have changed are copied for an entry; the rest only when they are more."""


class LostRace(StateProblem):
    """Somebody else wrote the next entry. Nothing was written: read the log again and decide again."""

    rule = "lost-race"


class Contradiction(StateProblem):
    """An entry that cannot follow what the log holds, such as sending what was declared void. Nothing was written."""

    rule = "state-contradiction"


@dataclass(frozen=True, slots=True)
class Log:
    """A log up to some entry, and what it says. `head` is the digest of its last file's bytes."""

    store: Store
    manifest: Manifest
    entries: tuple[Entry, ...]
    head: str
    standing: Standing

    @property
    def campaign(self) -> str:
        """The campaign it belongs to."""
        return self.manifest.campaign

    @property
    def number(self) -> int:
        """The number of its last entry; 0 when there is none."""
        return len(self.entries)


def find_logs(store: Store) -> tuple[str, ...]:
    """The campaigns of which the store holds anything."""
    found = dict.fromkeys(name.partition("/")[0] for name in store.names("") if "/" in name)
    return tuple(name for name in found if name != SUPPRESSION)


def open_log(store: Store, campaign: str) -> Log | None:
    """The log of a campaign, checked whole, or None where none was begun. StateProblem when anything is wrong."""
    reading = read_log(store, campaign)
    if reading is None:
        return None
    _refuse_problems(store, reading)
    assert reading.manifest is not None
    return Log(store, reading.manifest, tuple(reading.entries), reading.head, Standing(reading.attempts))


def begin_log(store: Store, manifest: Manifest) -> Log:
    """Begin a log, and test that the store keeps the one promise that matters: a second create must fail.

    LostRace when somebody else began it; StoreFailed when the store would let an entry be overwritten.
    """
    name, data = manifest_name(manifest.campaign), seal(manifest)
    if store.names(f"{manifest.campaign}/") or not store.create(name, data):
        raise LostRace(
            f"the log of {manifest.campaign} exists already",
            help="run it again; should that log know less than the provider, `bland-deploy state adopt` completes it",
        )
    if store.create(name, data) or store.read(name) != data:
        raise StoreFailed(
            f"{store.location} is no store for state: it creates again what exists already",
            help="choose a store that can create a name only if it is absent",
        )
    return Log(store, manifest, (), sha256(data).hexdigest(), Standing({}))


def check_key(log: Log, state_key: bytes) -> None:
    """AuthenticationFailed unless the log was written under this state key: with another, everybody looks new."""
    if key_check(state_key) != log.manifest.key_check:
        raise AuthenticationFailed(
            f"the state key is not the one of the log of {log.campaign} in {log.store.location}: "
            f"it needs key {log.manifest.key_id}, and was given {key_id(state_key)}",
            help="set BLAND_DEPLOY_STATE_KEY, or .bland-deploy/state.key, to the key the state was made with",
        )


def append(log: Log, entry: Entry) -> Log:
    """Write the next entry, durably, and give the log with it.

    LostRace when somebody else has written one; Contradiction when the entry cannot follow what the log holds; Damaged
    when what it follows is gone.
    """
    return append_in_turn(log, [entry])


def append_in_turn(log: Log, entries: Sequence[Entry]) -> Log:
    """Write the next entries, all of them durable when this returns, and give the log with them.

    Raises as `append` does. LostRace and Contradiction are raised before anything is written, but where others write at
    the same time and the store cannot create several names as one: then the first of the entries may be there.
    """
    attempts, head = _to_be_changed(log.standing.attempts), log.head
    files: list[tuple[str, bytes]] = []
    for number, entry in enumerate(entries, start=log.number + 1):
        for contradiction in follow(attempts, number, entry):
            raise Contradiction(f"entry {number} of the log of {log.campaign} {contradiction}")
        data = seal(Link(previous=head, entry=entry))
        files.append((entry_name(log.campaign, number), data))
        head = sha256(data).hexdigest()
    created = log.store.create_in_turn(files)
    if created < len(files):
        taken = log.number + created + 1
        raise LostRace(f"somebody else wrote entry {taken} of the log of {log.campaign}", help="plan again")
    _refuse_rollback(log)
    return Log(log.store, log.manifest, (*log.entries, *entries), head, Standing(attempts))


def append_claim(log: Log, claim: Claim, keys: Mapping[str, bytes], text: SharedText | None = None) -> Log:
    """Write a claim, and before it the files of recipient keys that it names (name to content, from `pack_keys`).

    `text` is what its calls say, kept to be compared with later ones.

    LostRace when somebody else has written an entry: the difference must then be taken again.
    """
    texts = {text_name(log.campaign, text.sha256): text.encoded} if text else {}
    log.store.put({keys_name(log.campaign, name): packed for name, packed in keys.items()} | texts)
    _refuse_bad_keys(log, [claim])
    return append(log, claim)


def record(log: Log, entry: Entry, keys: Mapping[str, bytes] | None = None) -> Log:
    """Write an entry after whatever others have written meanwhile, and before it the files of keys that it names.

    Contradiction when what others wrote leaves no place for it. Not for claims: what others claimed changes what is
    left to claim.
    """
    if keys:
        log.store.put({keys_name(log.campaign, name): packed for name, packed in keys.items()})
    return record_in_turn(log, [entry])


def record_in_turn(log: Log, entries: Sequence[Entry]) -> Log:
    """Write entries after whatever others have written meanwhile. Raises as `record` does."""
    assert not any(isinstance(entry, Claim) for entry in entries)
    for _ in range(_TRIES):
        try:
            return append_in_turn(log, entries) if entries else log
        except LostRace:
            before, log = log.number, refresh(log)
            ours = takewhile(lambda pair: pair[0] == pair[1], zip(log.entries[before:], entries, strict=False))
            entries = entries[sum(1 for _ in ours) :]
    raise LostRace(f"others wrote {_TRIES} entries of the log of {log.campaign} before us", help="run again")


def refresh(log: Log) -> Log:
    """The log with what others have written since. StateProblem when that does not follow from what we have."""
    reading = Reading(log.manifest, list(log.entries), dict(log.standing.attempts), log.head)
    while True:
        name = entry_name(log.campaign, len(reading.entries) + 1)
        data = log.store.read(name)
        if data is None:
            break
        read_link(reading, name, data)
    _refuse_problems(log.store, reading)
    _refuse_rollback(log)
    _refuse_bad_keys(log, reading.entries[log.number :])
    return Log(log.store, log.manifest, tuple(reading.entries), reading.head, Standing(reading.attempts))


def read_keys(log: Log, name: str) -> bytes:
    """The content of a file of recipient keys. Damaged when it is missing or altered."""
    return _content_of(log.store, keys_name(log.campaign, name), name)


@lru_cache(2)
def _content_of(store: Store, file: str, digest: str) -> bytes:
    """A file of keys, whose content never changes: those of batches that follow each other share one."""
    packed = store.read(file)
    if packed is None or sha256(packed).hexdigest() != digest:
        raise Damaged(f"{file} is missing or was altered", help=WAY_OUT)
    return packed


def claimed_keys(log: Log, attempt: Attempt) -> bytes:
    """The packed recipient keys of all for whom an attempt was claimed, whatever became of it."""
    return attempt.batch.keys_in(read_keys(log, attempt.batch.keys_sha256))


def text_sent_before(log: Log, now: SharedText) -> SharedText | None:
    """The text that was sent last, where it is another one than now. None also where it is not known any more.

    It serves for show alone, so what is missing or altered of it stops nobody; `state verify` names it.
    """
    name = log.standing.last_text()
    if name is None or name == now.sha256:
        return None
    encoded = log.store.read(text_name(log.campaign, name))
    return SharedText(encoded) if encoded is not None and sha256(encoded).hexdigest() == name else None


def people_of(log: Log, attempt: Attempt) -> frozenset[bytes]:
    """The recipient keys of an attempt's people, less those who were freed."""
    if not attempt.counts:
        return frozenset()
    return frozenset(unpack_keys(keys_of(attempt, lambda name: read_keys(log, name))))


def known_in(log: Log, round_: str) -> Known:
    """Who is not to be called again in a round."""
    return known(log.standing, round_, lambda name: read_keys(log, name))


def head_at(log: Log, number: int) -> str | None:
    """The digest of an entry's file, of the manifest's for 0; None where there is no such entry."""
    data = log.store.read(entry_name(log.campaign, number) if number else manifest_name(log.campaign))
    return sha256(data).hexdigest() if data is not None else None


# ----------------------------------------------------------------------


def _to_be_changed(attempts: Mapping[str, Attempt]) -> ChainMap[str, Attempt]:
    """Attempts of which some may be replaced without a change to the given ones, and seldom at the cost of a copy."""
    if not isinstance(attempts, ChainMap):
        return ChainMap({}, dict(attempts))
    changed, rest = attempts.maps
    if len(changed) < _CHANGES:
        return ChainMap(dict(changed), rest)
    return ChainMap({}, {**rest, **changed})  # dict(attempts) would look up each by itself


def _refuse_rollback(log: Log) -> None:
    """Damaged where the last entry that we know is not in the store any more."""
    name = entry_name(log.campaign, log.number) if log.number else manifest_name(log.campaign)
    data = log.store.read(name)
    if data is None or sha256(data).hexdigest() != log.head:
        raise Damaged(f"{name} is gone or another: the state was rolled back during this run", help=WAY_OUT)


def _refuse_problems(store: Store, reading: Reading) -> None:
    if reading.problems:
        first, *others = reading.problems
        more = f" ({len(others)} more: bland-deploy state verify)" if others else ""
        raise StateProblem(f"the state in {store.location} cannot be relied on: {first.message}{more}", help=first.help)


def _refuse_bad_keys(log: Log, entries: list[Entry]) -> None:
    for name, needed in key_files(entries).items():
        for problem in check_keys(log.store, log.campaign, name, needed):
            raise Damaged(f"{keys_name(log.campaign, name)}: {problem}", help=WAY_OUT)
