"""Held sends: the evidence, and a person's decision with who and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bland_deploy.api.outcomes import Listed
from bland_deploy.errors import InvalidInput
from bland_deploy.model.entries import Resolve, instant
from bland_deploy.model.holds import Hold
from bland_deploy.operations.provider.evidence import Seen, Unrung
from bland_deploy.operations.provider.witness import by_attempt
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.log import Log, claimed_keys, record
from bland_deploy.state.replay import OPEN, Attempt, Phase


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of an attempt or a batch: its outcome, the batch id where it was sent, who and why."""

    outcome: str
    subject: str
    batch_id: str | None
    who: str
    reason: str


def holds(log: Log, batches: Iterable[Listed], seen: Mapping[str, Seen]) -> Iterator[Hold]:
    """Every open hold with its evidence."""
    listed = by_attempt(batches)
    for attempt in log.standing.in_phase(*OPEN):
        yield _hold(log.campaign, attempt, listed, seen.get(attempt.batch.attempt))


def _hold(campaign: str, attempt: Attempt, listed: Mapping[str, list[Listed]], seen: Seen | None) -> Hold:
    batch = attempt.batch
    return Hold(
        campaign,
        attempt.claim.round,
        batch.attempt,
        batch.calls,
        attempt.claim.at,
        attempt.reason,
        tuple(item.batch_id for item in listed.get(batch.attempt, [])),
        seen.people if seen else None,
    )


def subjects(log: Log, decision: Decision) -> tuple[Attempt, ...]:
    """The sends that a decision is about: an attempt, or all with that batch id."""
    attempts = log.standing.attempts.values()
    return tuple(attempt for attempt in attempts if decision.subject in {attempt.batch.attempt, attempt.batch_id})


def resolve(log: Log, attempt: Attempt, decision: Decision, seen: Seen | None, now: datetime) -> Log:
    """Record that a send went through, or that it did not.

    InvalidInput where it is not open, or where people would be freed whom this campaign called for certain.
    """
    if attempt.phase not in OPEN:
        raise InvalidInput(f"{decision.subject} is not open: it is {attempt.phase}")
    if decision.outcome == "not_sent" and seen and seen.certain:
        raise InvalidInput(
            f"the provider lists calls of this campaign and round to {seen.certain} of its people",
            help="record it as sent: `--sent ATTEMPT BATCH_ID`; then `--not-rung BATCH_ID` frees whoever was not rung",
        )
    return record(log, _entry(attempt, decision, now))


def refuse_unsent(attempts: Iterable[Attempt], decision: Decision) -> None:
    """InvalidInput where one of them was not sent: then nothing is known of rings."""
    if any(attempt.phase is not Phase.SENT for attempt in attempts):
        raise InvalidInput(f"{decision.subject} was not sent, so nothing is known of rings", help="use --not-sent")


def free(log: Log, unrung: Unrung, decision: Decision, now: datetime) -> Log:
    """Record that these people were not rung, so that they may be called."""
    for id_, keys in unrung.people.items():
        attempt = log.standing.attempts[id_]
        if not keys:
            continue
        name, packed = pack_keys(keys)
        everybody = packed == claimed_keys(log, attempt)
        entry = _entry(attempt, decision, now)
        log = record(log, entry if everybody else entry.model_copy(update={"keys_sha256": name}), {name: packed})
    return log


def _entry(attempt: Attempt, decision: Decision, now: datetime) -> Resolve:
    return Resolve(
        at=instant(now),
        attempt=attempt.batch.attempt,
        outcome=decision.outcome,  # type: ignore[arg-type]  # one of the three by the callers' options
        batch_id=decision.batch_id,
        keys_sha256=None,
        who=decision.who,
        reason=decision.reason,
    )
