"""Entries to what they mean: where each claimed batch stands, and who counts as called. Pure.

A batch goes from claimed to sending to sent; or it ends as void (provably not sent) or held (unknown). One that was
adopted begins as held, since it was sent before or may have been. Whatever is not provably unsent counts as called:
claimed, sending, sent and held people are never sent to again by themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import (
    Claim,
    ClaimedBatch,
    Ended,
    EndedPeople,
    Entry,
    Held,
    Receipt,
    Resolve,
    Sending,
    Verified,
    Void,
)
from bland_deploy.model.keys import unpack_keys
from bland_deploy.state.keyset import KeySet, key_set, pack_keys
from bland_deploy.state.several import one_by_one

OfAttempts: TypeAlias = Sending | Receipt | Void | Held | Resolve | Verified | Ended
"""Entries that say of attempts what became of them, and the same of each."""


class Phase(StrEnum):
    """Where a claimed batch stands."""

    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    VOID = "void"
    HELD = "held"


UNFINISHED = frozenset({Phase.CLAIMED, Phase.SENDING})
OPEN = UNFINISHED | {Phase.HELD}

# After which phases an entry (of a kind, or deciding an outcome) makes sense. That a batch was sent may follow
# everything, since it is a fact, and errs on the safe side.
_MAY_FOLLOW: Mapping[str, frozenset[Phase]] = {
    "sending": frozenset({Phase.CLAIMED}),
    "receipt": frozenset(Phase),
    "void": UNFINISHED | {Phase.VOID},
    "held": UNFINISHED | {Phase.HELD},
    "verified": frozenset({Phase.SENT}),
    "ended": frozenset({Phase.SENT}),
    "sent": frozenset(Phase),
    "not_sent": UNFINISHED | {Phase.HELD, Phase.VOID},
    "not_rung": frozenset({Phase.SENT}),
}
_RESOLVED = {"sent": Phase.SENT, "not_sent": Phase.VOID, "not_rung": Phase.SENT}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claimed batch and what became of it.

    `number` is the number of its claim in the log. `freed` names files of keys of people who were not rung although the
    batch was sent; `all_freed` says so of everybody. `ended` is what was recorded of how calls ended, perhaps twice.
    """

    batch: ClaimedBatch
    claim: Claim
    number: int
    phase: Phase = Phase.CLAIMED
    batch_id: str | None = None
    reason: str | None = None
    resolved: Resolve | None = None
    freed: tuple[str, ...] = ()
    all_freed: bool = False
    verified: bool = False
    ended: tuple[EndedPeople, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether its people count as called."""
        return self.phase is not Phase.VOID and not self.all_freed


class Known(NamedTuple):
    """Recipient keys that are not to be called again in a round: sent, held, or claimed without an end."""

    sent: KeySet
    held: KeySet
    unfinished: KeySet


@dataclass(frozen=True, slots=True)
class Standing:
    """Every attempt of the log by its id, in the order of the claims."""

    attempts: Mapping[str, Attempt]

    def rounds(self) -> tuple[str, ...]:
        """The rounds in which somebody counts as called, in the order of their first claim."""
        return tuple(dict.fromkeys(attempt.claim.round for attempt in self.attempts.values() if attempt.counts))

    def in_phase(self, *phases: Phase) -> tuple[Attempt, ...]:
        """The attempts that stand there."""
        return tuple(attempt for attempt in self.attempts.values() if attempt.phase in phases)

    def eligible(self, round_: str) -> int | None:
        """How many people the list had for a round when it was claimed last; None where that was not recorded."""
        recorded = [attempt.claim.compliance for attempt in self.attempts.values() if attempt.claim.round == round_]
        counts = [guards.eligible for guards in recorded if guards is not None and guards.eligible is not None]
        return counts[-1] if counts else None

    def last_text(self) -> str | None:
        """The digest of the text that was sent last, or may have been; None where that is not known."""
        texts = [attempt.batch.prompt_sha256 for attempt in self.attempts.values() if attempt.counts]
        return texts[-1] if texts else None

    def earlier_text(self, round_: str, prompt_sha256: str) -> int:
        """How many calls of a round were sent, or may have been, with a text that is known and another than this."""
        return sum(
            attempt.batch.calls
            for attempt in self.attempts.values()
            if attempt.counts
            and attempt.claim.round == round_
            and attempt.batch.prompt_sha256 not in {None, prompt_sha256}
        )


def replay(entries: Iterable[Entry]) -> Standing:
    """What the entries of a log say together. StateProblem where they contradict each other."""
    attempts: dict[str, Attempt] = {}
    for number, entry in enumerate(entries, start=1):
        for contradiction in follow(attempts, number, entry):
            raise StateProblem(f"entry {number} of the log {contradiction}", help="bland-deploy state verify")
    return Standing(attempts)


def follow(attempts: MutableMapping[str, Attempt], number: int, entry: Entry) -> Iterator[str]:
    """Carry an entry into the attempts, and yield each way in which it contradicts them (and is not carried)."""
    for one in one_by_one([entry]):
        if isinstance(one, Claim):
            yield from _follow_claim(attempts, number, one)
        elif isinstance(one, OfAttempts):
            yield from _follow_attempts(attempts, one)


def _follow_attempts(attempts: MutableMapping[str, Attempt], entry: OfAttempts) -> Iterator[str]:
    for id_ in entry.attempts if isinstance(entry, Sending | Verified) else (entry.attempt,):
        attempt = attempts.get(id_)
        if attempt is None:
            yield f"({entry.kind}) speaks of {id_}, which was never claimed"
        elif attempt.phase not in _MAY_FOLLOW[_word(entry)] or _another_batch(attempt, entry):
            yield f"({_word(entry)}) cannot be, since {id_} is {attempt.phase}"
        else:
            attempts[id_] = _after(attempt, entry)


def _follow_claim(attempts: MutableMapping[str, Attempt], number: int, claim: Claim) -> Iterator[str]:
    for batch in claim.batches:
        if batch.attempt in attempts:
            yield f"claims {batch.attempt}, which was claimed before"
        else:
            phase = Phase.HELD if claim.adopted else Phase.CLAIMED
            attempts[batch.attempt] = Attempt(batch, claim, number, phase)


def known(standing: Standing, round_: str, read_keys: Callable[[str], bytes]) -> Known:
    """Who is not to be called again in a round; `read_keys` gives the content of a file of keys by its name."""

    def keys(phases: Iterable[Phase]) -> KeySet:
        return key_set(
            keys_of(attempt, read_keys)
            for attempt in standing.in_phase(*phases)
            if attempt.counts and attempt.claim.round == round_
        )

    return Known(sent=keys([Phase.SENT]), held=keys([Phase.HELD]), unfinished=keys(UNFINISHED))


def keys_of(attempt: Attempt, read_keys: Callable[[str], bytes]) -> bytes:
    """The packed recipient keys of an attempt, less those who were freed one by one."""
    packed = attempt.batch.keys_in(read_keys(attempt.batch.keys_sha256))
    if not attempt.freed:
        return packed
    freed = {key for name in attempt.freed for key in unpack_keys(read_keys(name))}
    return pack_keys(key for key in unpack_keys(packed) if key not in freed)[1]


def _word(entry: OfAttempts) -> str:
    return entry.outcome if isinstance(entry, Resolve) else entry.kind


def _another_batch(attempt: Attempt, entry: OfAttempts) -> bool:
    """Whether an entry gives a batch id to an attempt that has another one."""
    return (
        isinstance(entry, Receipt | Resolve)
        and None not in {attempt.batch_id, entry.batch_id}
        and entry.batch_id != attempt.batch_id
    )


def _after(attempt: Attempt, entry: OfAttempts) -> Attempt:
    match entry:
        case Resolve():
            return _resolved(attempt, entry)
        case Receipt():
            return replace(attempt, phase=Phase.SENT, batch_id=entry.batch_id)
        case Void() | Held():
            return replace(attempt, phase=Phase(entry.kind), reason=entry.reason)
        case Verified() | Ended():
            groups = entry.groups if isinstance(entry, Ended) else ()
            verified = attempt.verified or isinstance(entry, Verified)
            return replace(attempt, verified=verified, ended=(*attempt.ended, *groups))
        case _:
            return replace(attempt, phase=Phase.SENDING)


def _resolved(attempt: Attempt, entry: Resolve) -> Attempt:
    freed = (*attempt.freed, entry.keys_sha256) if entry.keys_sha256 else attempt.freed
    return replace(
        attempt,
        phase=_RESOLVED[entry.outcome],
        batch_id=entry.batch_id or attempt.batch_id,
        reason=entry.reason,
        resolved=entry,
        freed=freed,
        all_freed=attempt.all_freed or (entry.outcome == "not_rung" and not entry.keys_sha256),
    )
