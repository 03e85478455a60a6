"""A log as it lies in its store, checked: density, chain, digests, key files, contradictions.

Reading goes on after a problem, so that one look shows them all. What is unreadable, missing or foreign is a problem
and never an empty log.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise

from bland_deploy.diagnostics import Diagnostic, Place, error, note
from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import Claim, ClaimedBatch, Ended, Entry, Link, Manifest, Resolve
from bland_deploy.model.keys import KEY_SIZE, unpack_keys
from bland_deploy.state.layout import entry_number, keys_name, manifest_name, text_name
from bland_deploy.state.replay import Attempt, follow
from bland_deploy.state.sealed import WAY_OUT, unseal
from bland_deploy.state.store import Store


@dataclass(slots=True)
class Reading:
    """What could be read of a log, and what is wrong with it. `head` is the digest of the last file's bytes."""

    manifest: Manifest | None = None
    entries: list[Entry] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    head: str = ""
    problems: list[Diagnostic] = field(default_factory=list)

    def report(self, rule: str, message: str, file: str) -> None:
        """Note a problem with a file."""
        self.problems.append(error(rule, message, Place(file), WAY_OUT))


def read_log(store: Store, campaign: str) -> Reading | None:
    """Everything of a campaign's log, or None where none was begun. StoreFailed when the store cannot be read."""
    names = store.names(f"{campaign}/")
    if not names:
        return None
    data = store.read(manifest_name(campaign))
    reading = Reading()
    if data is None:
        reading.report("state-missing", f"the log of {campaign} has lost its beginning", manifest_name(campaign))
    else:
        _read_manifest(reading, campaign, data)
    _read_entries(reading, store, [name for name in names if name.startswith(f"{campaign}/log/")])
    for name, needed in key_files(reading.entries).items():
        for problem in check_keys(store, campaign, name, needed):
            reading.report("state-keys", problem, keys_name(campaign, name))
    return reading


def examine(store: Store, campaign: str) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a campaign's log, and notes about what is odd; nothing where none was begun."""
    reading = read_log(store, campaign)
    if reading is None:
        return ()
    named = key_files(reading.entries)
    lying_there = set(store.names(f"{campaign}/keys/"))
    for name in store.names(f"{campaign}/texts/"):
        if text_name(campaign, sha256(store.read(name) or b"").hexdigest()) != name:
            reading.report("state-text", "a text that was sent was altered: what has changed since is not shown", name)
    unused = set() if reading.problems else lying_there - {keys_name(campaign, name) for name in named}
    for name, needed in named.items():
        packed = store.read(keys_name(campaign, name)) or b""
        if not all(map(_are_sorted, needed.parts(packed))):
            reading.report("state-keys", "a file of recipient keys is not sorted", keys_name(campaign, name))
    notes = [
        note(
            "state-unused-keys",
            "no entry names this file of keys: a claim was interrupted, or entries are lost",
            Place(name),
        )
        for name in sorted(unused)
    ]
    return (*reading.problems, *notes)


def read_link(reading: Reading, name: str, data: bytes) -> None:
    """Carry the next file of a log into the reading; problems are noted."""
    number = len(reading.entries) + 1
    link = unseal(name, data, Link)
    if reading.head and link.previous != reading.head:
        reading.report("state-chain", f"{name} does not follow from the entry before it: the log was altered", name)
    reading.entries.append(link.entry)
    reading.head = sha256(data).hexdigest()
    for contradiction in follow(reading.attempts, number, link.entry):
        if not reading.problems:  # else it follows from what could not be read
            reading.report("state-contradiction", f"{name} {contradiction}", name)


@dataclass(slots=True)
class Needed:
    """What entries say of a file of recipient keys: that it has exactly so many, and where batches share it, which."""

    keys: int | None = None
    shares: list[ClaimedBatch] = field(default_factory=list)

    def calls_unlike(self, keys: int) -> int | None:
        """For how many calls it is to have keys, where so many cannot be right."""
        if self.keys not in {None, keys}:
            return self.keys
        shared = max((batch.keys_end for batch in self.shares), default=0)
        return shared if shared > keys else None

    def parts(self, packed: bytes) -> Iterator[bytes]:
        """The content, cut into what each is sorted."""
        if not self.shares:
            yield packed
        for batch in self.shares:
            yield batch.keys_in(packed)


def check_keys(store: Store, campaign: str, name: str, needed: Needed) -> Iterator[str]:
    """What is wrong with a file of recipient keys: it is missing, altered, or not of the claimed number of people."""
    packed = store.read(keys_name(campaign, name))
    if packed is None:
        yield "a file of recipient keys is missing: who was called cannot be told"
    elif sha256(packed).hexdigest() != name or len(packed) % KEY_SIZE:
        yield f"a file of recipient keys was altered or cut off ({len(packed)} bytes)"
    elif (calls := needed.calls_unlike(len(packed) // KEY_SIZE)) is not None:
        yield f"a file of recipient keys has {len(packed) // KEY_SIZE} keys for {calls} calls"


def key_files(entries: Iterable[Entry]) -> dict[str, Needed]:
    """The names of the key files that entries speak of, with what they say of each."""
    named: dict[str, Needed] = {}
    for entry in entries:
        if isinstance(entry, Claim):
            for batch in entry.batches:
                needed = named.setdefault(batch.keys_sha256, Needed())
                if batch.keys_at is None:
                    needed.keys = batch.calls
                else:
                    needed.shares.append(batch)
        elif isinstance(entry, Resolve) and entry.keys_sha256:
            named.setdefault(entry.keys_sha256, Needed())
        elif isinstance(entry, Ended):
            for group in entry.groups:
                named.setdefault(group.keys_sha256, Needed()).keys = group.people
    return named


# ----------------------------------------------------------------------


def _are_sorted(packed: bytes) -> bool:
    return all(one < other for one, other in pairwise(unpack_keys(packed)))


def _read_manifest(reading: Reading, campaign: str, data: bytes) -> None:
    name = manifest_name(campaign)
    reading.head = sha256(data).hexdigest()
    try:
        manifest = unseal(name, data, Manifest)
    except StateProblem as problem:
        reading.report(problem.rule, problem.message, name)
        return
    if manifest.campaign != campaign:
        reading.report("state-foreign", f"{name} belongs to the campaign {manifest.campaign}", name)
    reading.manifest = manifest


def _read_entries(reading: Reading, store: Store, names: list[str]) -> None:
    expected = 1
    for name in names:
        number = entry_number(name)
        if number is None:
            reading.report("state-unexpected-file", f"{name} does not belong into the log: a copy of an entry?", name)
            continue
        if number > expected:
            some = f"entry {expected} is" if number == expected + 1 else f"entries {expected} to {number - 1} are"
            reading.report("state-missing", f"{some} missing before {name}", name)
            reading.head = ""
        expected = number + 1
        _read_entry(reading, name, store.read(name) or b"")


def _read_entry(reading: Reading, name: str, data: bytes) -> None:
    try:
        read_link(reading, name, data)
    except StateProblem as problem:
        reading.report(problem.rule, problem.message, name)
        reading.head = ""
