"""What the provider's list of calls says about sends whose outcome is unknown, and about who was not dialled."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from bland_deploy.api.outcomes import Listed, ListedCall
from bland_deploy.client.connection import Client
from bland_deploy.errors import Unavailable
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.stamp import Stamp
from bland_deploy.operations.provider.dialled import dialled_keys, identities
from bland_deploy.operations.provider.listed import batch_status, list_calls, list_calls_since
from bland_deploy.state.log import Log, people_of
from bland_deploy.state.replay import OPEN, Attempt

_PAGES = 200
_CLOCKS_DIFFER = timedelta(minutes=15)


class Seen(NamedTuple):
    """How many people of a send the provider lists calls to since it was claimed.

    Calls to the `certain` ones are stamped with this campaign and round; those to the others carry no stamp.
    """

    people: int
    certain: int


class _Call(NamedTuple):
    meant: tuple[str, ...]
    stamp: Stamp | None
    created: datetime | None


def seen_of_open(client: Client, log: Log, batches: Iterable[Listed], state_key: bytes) -> Mapping[str, Seen]:
    """What is seen of each open send, by its attempt; nothing where the provider cannot tell."""
    open_ = log.standing.in_phase(*OPEN)
    if not open_:
        return {}
    moments = [_claimed(attempt) for attempt in open_]
    since = None if None in moments else min(moment for moment in moments if moment).date().isoformat()
    calls = None
    with suppress(Unavailable):
        calls = list_calls_since(client, since, _PAGES)
    if calls is None:
        return {}
    known = list(_calls(calls, {batch.batch_id: batch.stamp for batch in batches}))
    return {attempt.batch.attempt: _seen(log, attempt, known, state_key) for attempt in open_}


def _claimed(attempt: Attempt) -> datetime | None:
    """When it was claimed at the earliest, by whatever clock; None where it was adopted, and may be of any time."""
    return None if attempt.claim.adopted else datetime.fromisoformat(attempt.claim.at) - _CLOCKS_DIFFER


def _calls(calls: Iterable[ListedCall], stamps: Mapping[str, Stamp | None]) -> Iterator[_Call]:
    for call in calls:
        created = None
        with suppress(ValueError, TypeError):
            moment = datetime.fromisoformat(call.created_at or "")
            created = moment if moment.tzinfo else None
        yield _Call(identities(call.to), call.stamp or stamps.get(call.batch_id or ""), created)


def _seen(log: Log, attempt: Attempt, calls: Iterable[_Call], state_key: bytes) -> Seen:
    people, since = people_of(log, attempt), _claimed(attempt)
    key_of = recipient_keys(state_key, log.campaign, attempt.claim.round)
    found: set[bytes] = set()
    certain: set[bytes] = set()
    for call in calls:
        early = since is not None and call.created is not None and call.created < since
        if early or not _may_be_of(call.stamp, log.campaign, attempt.claim.round):
            continue
        theirs = people.intersection(map(key_of, call.meant))
        found |= theirs
        certain |= theirs if call.stamp else frozenset()
    return Seen(len(found), len(certain))


def _may_be_of(stamp: Stamp | None, campaign: str, round_: str) -> bool:
    return stamp is None or (stamp.campaign, stamp.round) == (campaign, round_)


# ---------------------------------------------------------------------- batches that were sent


class Unrung(NamedTuple):
    """The people of a batch's attempts for whom no dial is listed; `doubt` says why that may still change."""

    people: Mapping[str, frozenset[bytes]]
    doubt: str | None = None


def find_unrung(client: Client, log: Log, attempts: Iterable[Attempt], state_key: bytes) -> Unrung:
    """Who of a batch was not rung, as far as the provider can tell: where it cannot, everybody, and in doubt."""
    people = {attempt.batch.attempt: people_of(log, attempt) for attempt in attempts}
    (first, *_) = attempts
    assert first.batch_id is not None
    try:
        status = batch_status(client, first.claim.api, first.batch_id)
        calls = list_calls(client, first.batch_id)
    except Unavailable as problem:
        return Unrung(people, problem.message)
    key_of = recipient_keys(state_key, log.campaign, first.claim.round)
    unrung = {id_: keys - dialled_keys(calls, keys, key_of) for id_, keys in people.items()}
    return Unrung(unrung, None if status.final else f"the batch is {status.status}, so they may still be rung")
