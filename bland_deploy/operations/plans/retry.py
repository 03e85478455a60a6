"""Whom a round calls that is a retry: people of an earlier one, by what the log has recorded of how their calls ended.

Whoever is not known to have ended so, and only so, is not called: nothing here is a guess.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bland_deploy.model.campaign import Campaign
from bland_deploy.model.entries import EndedPeople
from bland_deploy.model.keys import recipient_keys, unpack_keys
from bland_deploy.model.retry import Retried, Retry
from bland_deploy.operations.calls.everybody import Put
from bland_deploy.operations.calls.requests import Pieces
from bland_deploy.planning.split import Piece
from bland_deploy.state.keyset import KeySet, key_set, pack_keys
from bland_deploy.state.log import Log, people_of, read_keys
from bland_deploy.state.replay import Attempt

NOT_CALLED, NOT_KNOWN, SINCE, TOO_SOON, ENOUGH = "not-called", "not-known", "called-since", "too-soon", "at-most"
"""Why somebody is left out, beside how their call ended."""

KeyOf = Callable[[str], bytes]


class _Since(NamedTuple):
    """People whom a later round called and did not plainly fail to reach long enough ago, and their keys there."""

    key_of: KeyOf
    people: KeySet


class Due(NamedTuple):
    """The people of an earlier round: all `called`, those of whom no end is recorded, and the others by outcome.

    `early` are those whose call ended too short a time ago. `since` is who was called after it.
    """

    retry: Retry
    key_of: KeyOf
    called: KeySet
    not_known: KeySet
    ended: Mapping[str, KeySet]
    early: KeySet
    since: Sequence[_Since]

    def choose(self, new: Pieces, room: int | None) -> tuple[Pieces, Retried]:
        """Those of these calls that are due, `room` at most; and what became of all of them."""
        calls: Counter[str] = Counter()
        left_out: Counter[str] = Counter()
        left = list[Piece[Put]]()
        for put, places in new:
            numbers, some = put.numbers(), array("H")
            for at in places:
                ended, against = self._judge(numbers[at])
                if against is None and room is not None and calls.total() >= room:
                    against = ENOUGH
                if against is None:
                    some.append(at)
                    calls[ended] += 1
                else:
                    left_out[against] += 1
            left += [Piece(put, some)] if some else []
        return left, Retried(self.retry.of, dict(sorted(calls.items())), dict(sorted(left_out.items())))

    def _judge(self, number: str) -> tuple[str, str | None]:
        """How the call to a person ended, and what speaks against another one, if anything does."""
        key = self.key_of(number)
        if key not in self.called:
            return "", NOT_CALLED
        met = [outcome for outcome, people in self.ended.items() if key in people]
        if not met or key in self.not_known:
            return "", NOT_KNOWN
        others = [outcome for outcome in met if outcome not in self.retry.outcomes]
        if others:
            return others[0], others[0]
        if any(since.key_of(number) in since.people for since in self.since):
            return met[0], SINCE
        return met[0], TOO_SOON if key in self.early else None


def find_due(log: Log | None, campaign: Campaign, state_key: bytes, now: datetime) -> Due:
    """Who is due in a campaign's round, which is a retry, at a time (aware). Without a log nobody is.

    Raises as `read_keys` does.
    """
    retry, round_ = campaign.retry, campaign.round
    assert retry is not None
    attempts = [attempt for attempt in log.standing.attempts.values() if attempt.counts] if log is not None else []
    earlier = [attempt for attempt in attempts if attempt.claim.round == retry.of]
    begun = min((attempt.number for attempt in earlier), default=0)
    later = [
        attempt for attempt in attempts if attempt.number > begun and attempt.claim.round not in {retry.of, round_}
    ]
    groups = [group for attempt in earlier for group in attempt.ended]
    early = [group for group in groups if not _ripe(group, retry, now)]

    def files(some: Iterable[EndedPeople]) -> KeySet:
        return key_set(read_keys(log, group.keys_sha256) for group in some) if log is not None else frozenset()

    def people(some: Iterable[Attempt], less: Callable[[EndedPeople], bool]) -> KeySet:
        return key_set(_less(log, attempt, less) for attempt in some) if log is not None else frozenset()

    return Due(
        retry=retry,
        key_of=recipient_keys(state_key, campaign.campaign, retry.of),
        called=people(earlier, lambda _group: False),
        not_known=people(earlier, lambda _group: True),
        ended={
            outcome: files(group for group in groups if group.outcome == outcome)
            for outcome in sorted({group.outcome for group in groups})
        },
        early=files(early),
        since=[
            _Since(
                recipient_keys(state_key, campaign.campaign, name),
                people(
                    (attempt for attempt in later if attempt.claim.round == name),
                    lambda group: group.outcome in retry.outcomes and _ripe(group, retry, now),
                ),
            )
            for name in dict.fromkeys(attempt.claim.round for attempt in later)
        ],
    )


def _ripe(group: EndedPeople, retry: Retry, now: datetime) -> bool:
    return datetime.fromisoformat(group.ended) + timedelta(seconds=retry.after) <= now


def _less(log: Log, attempt: Attempt, less: Callable[[EndedPeople], bool]) -> bytes:
    """The packed keys of an attempt's people, less those in some groups and in no other."""
    keys = set(people_of(log, attempt))
    some = {key for group in attempt.ended if less(group) for key in unpack_keys(read_keys(log, group.keys_sha256))}
    others = {
        key for group in attempt.ended if not less(group) for key in unpack_keys(read_keys(log, group.keys_sha256))
    }
    return pack_keys(keys - (some - others))[1]
