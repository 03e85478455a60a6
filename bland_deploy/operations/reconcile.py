"""Held sends: the evidence, and a person's decision with who and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bland_deploy.api.outcomes import Listed
from bland_deploy.errors import InvalidInput
from bland_deploy.model.entries import Resolve, instant
from bland_deploy.model.holds import Hold
from bland_deploy.operations.witness import by_attempt
from bland_deploy.state.log import Log, record
from bland_deploy.state.replay import UNFINISHED, Attempt, Phase


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of an attempt or a batch: its outcome, the batch id where it was sent, who and why."""

    outcome: str
    subject: str
    batch_id: str | None
    who: str
    reason: str


def holds(logs: Iterable[Log], batches: Iterable[Listed]) -> Iterator[Hold]:
    """Every open hold with its evidence."""
    listed = by_attempt(batches)
    for log in logs:
        for attempt in log.standing.in_phase(Phase.HELD, *UNFINISHED):
            yield _hold(log.campaign, attempt, listed)


def _hold(campaign: str, attempt: Attempt, listed: Mapping[str, list[Listed]]) -> Hold:
    batch = attempt.batch
    found = tuple(item.batch_id for item in listed.get(batch.attempt, []))
    return Hold(campaign, attempt.claim.round, batch.attempt, batch.calls, attempt.claim.at, attempt.reason, found)


def resolve(logs: Iterable[Log], decision: Decision, now: datetime) -> Log:
    """Record a decision. InvalidInput where it speaks of nothing that is known, or of nothing that is open."""
    for log in logs:
        for attempt in log.standing.attempts.values():
            if decision.subject in {attempt.batch.attempt, attempt.batch_id}:
                return _record(log, attempt, decision, now)
    raise InvalidInput(f"{decision.subject} is no send of these campaigns", help="`bland-deploy reconcile` lists them")


def _record(log: Log, attempt: Attempt, decision: Decision, now: datetime) -> Log:
    is_open = attempt.phase in {Phase.HELD, *UNFINISHED}
    if decision.outcome == "not_rung" and attempt.phase is not Phase.SENT:
        raise InvalidInput(f"{decision.subject} was not sent, so nothing is known of rings", help="use --not-sent")
    if decision.outcome != "not_rung" and not is_open:
        raise InvalidInput(f"{decision.subject} is not open: it is {attempt.phase}")
    entry = Resolve(
        at=instant(now),
        attempt=attempt.batch.attempt,
        outcome=decision.outcome,  # type: ignore[arg-type]  # one of the three by the callers' options
        batch_id=decision.batch_id,
        keys_sha256=None,
        who=decision.who,
        reason=decision.reason,
    )
    return record(log, entry)
