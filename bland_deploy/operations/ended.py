"""How the calls of batches that are over ended, for the log: a later round may be a retry of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bland_deploy.api.outcomes import OUTCOMES, ListedCall
from bland_deploy.archive import Archive
from bland_deploy.model.entries import Ended, EndedPeople, instant
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.recorded import RecordedBatch
from bland_deploy.operations.provider.dialled import identities
from bland_deploy.operations.provider.tally import moment_of
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.log import Log, people_of, record
from bland_deploy.state.replay import Attempt, Phase

_OPEN = frozenset({"queued", "running", "unknown"})
_REACHED = ("answered", "voicemail")


def record_ended(
    logs: Iterable[Log], archive: Archive, state_key: bytes, now: datetime, by: str
) -> list[RecordedBatch]:
    """Record of each batch that is known to its end how its calls ended, where the log does not say so yet.

    `now` is aware. What is known is what `collect` has kept. Raises as `record` does.
    """
    told = []
    for opened in logs:
        log = opened
        for attempt in log.standing.in_phase(Phase.SENT):
            groups, keys = _groups(log, attempt, archive, state_key, now)
            new = {_content(group) for group in groups} - {_content(group) for group in attempt.ended}
            if new:
                entry = Ended(at=instant(now), by=by, attempt=attempt.batch.attempt, groups=tuple(groups))
                log = record(log, entry, keys)
            told.append(_told(log, attempt, groups, new=bool(new)))
    return told


def _told(log: Log, attempt: Attempt, groups: Sequence[EndedPeople], *, new: bool) -> RecordedBatch:
    known = groups or attempt.ended
    outcomes = {group.outcome: group.people for group in known}
    left = attempt.batch.calls - sum(outcomes.values())
    return RecordedBatch(log.campaign, attempt.claim.round, str(attempt.batch_id), outcomes, max(0, left), new)


def _groups(
    log: Log, attempt: Attempt, archive: Archive, state_key: bytes, now: datetime
) -> tuple[list[EndedPeople], dict[str, bytes]]:
    """The people of a batch by how their calls ended, with the files of their keys; nothing while it is not over."""
    if attempt.batch_id is None or not archive.reach(attempt.batch_id).whole:
        return [], {}
    members = _members(log, attempt, archive, state_key, now)
    files = {outcome: pack_keys(people) for outcome, people in members.items()}
    groups = [
        EndedPeople(
            outcome=outcome,
            people=len(members[outcome]),
            keys_sha256=files[outcome][0],
            ended=instant(max(members[outcome].values())),
        )
        for outcome in sorted(members, key=OUTCOMES.index)
    ]
    return groups, dict(files.values())


def _members(
    log: Log, attempt: Attempt, archive: Archive, state_key: bytes, now: datetime
) -> dict[str, dict[bytes, datetime]]:
    """By outcome, the recipient keys of people whose calls ended so, and when."""
    assert attempt.batch_id is not None
    people, key_of = people_of(log, attempt), recipient_keys(state_key, log.campaign, attempt.claim.round)
    calls_of: defaultdict[bytes, list[ListedCall]] = defaultdict(list)
    for call in archive.calls(attempt.batch_id):
        for key in {key_of(identity) for identity in identities(call.to)} & people:
            calls_of[key].append(call)
    members: defaultdict[str, dict[bytes, datetime]] = defaultdict(dict)
    for key, calls in calls_of.items():
        outcome = _outcome(calls)
        if outcome is not None:
            members[outcome][key] = max(_end(call, now) for call in calls)
    return dict(members)


def _content(group: EndedPeople) -> tuple[str, str]:
    return group.outcome, group.keys_sha256


def _outcome(calls: Sequence[ListedCall]) -> str | None:
    """How the calls of a batch to one person ended together: reached once is reached; None while one may go on."""
    outcomes = [call.outcome for call in calls]
    if _OPEN.intersection(outcomes):
        return None
    reached = [outcome for outcome in _REACHED if outcome in outcomes]
    return reached[0] if reached else outcomes[-1]


def _end(call: ListedCall, now: datetime) -> datetime:
    """When a call that is over ended: by now, whatever the provider's clock says, and where it says nothing."""
    ended = moment_of(call.ended_at) if call.ended_at else None
    started = moment_of(call.started_at) if call.started_at else None
    if ended is None and started is not None and call.minutes is not None:
        ended = started + timedelta(minutes=call.minutes)
    return min(ended, now).astimezone(UTC) if ended is not None else now
