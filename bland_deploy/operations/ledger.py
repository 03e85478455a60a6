"""Logs as values to be shown."""

from collections.abc import Iterator

from bland_deploy.model.entries import Claim, ClaimedWindow
from bland_deploy.model.ledger import Guarded, GuardedBatch, LogEntry, LogSummary
from bland_deploy.state.log import Log
from bland_deploy.state.replay import UNFINISHED, Attempt, Phase


def summarise(log: Log) -> LogSummary:
    """What a log adds up to."""

    def calls(*phases: Phase) -> int:
        return sum(attempt.batch.calls for attempt in log.standing.in_phase(*phases))

    return LogSummary(
        campaign=log.campaign,
        lineage=log.manifest.lineage,
        entries=log.number,
        rounds=log.standing.rounds(),
        sent=calls(Phase.SENT),
        held=calls(Phase.HELD),
        unfinished=calls(*UNFINISHED),
    )


def entries(log: Log) -> Iterator[LogEntry]:
    """Every entry, the oldest first."""
    for number, entry in enumerate(log.entries, start=1):
        fields = entry.model_dump(mode="json", exclude_none=True, exclude={"kind", "at", "by"})
        yield LogEntry(number, entry.kind, entry.at, entry.by, fields)


def guarded(log: Log) -> Iterator[Guarded]:
    """Every claim that was made to send, the oldest first, as evidence of how its people were guarded."""
    attempts = log.standing.attempts
    for number, entry in enumerate(log.entries, start=1):
        if not isinstance(entry, Claim) or entry.adopted:
            continue
        yield Guarded(
            number=number,
            at=entry.at,
            by=entry.by,
            round=entry.round,
            environment=entry.environment,
            plan_digest=entry.plan_digest,
            guards=entry.compliance.model_dump(mode="json") if entry.compliance else None,
            batches=tuple(_guarded_batch(attempts[batch.attempt]) for batch in entry.batches),
        )


def _guarded_batch(attempt: Attempt) -> GuardedBatch:
    batch, window = attempt.batch, attempt.batch.window or ClaimedWindow()
    return GuardedBatch(
        attempt=batch.attempt,
        calls=batch.calls,
        status=attempt.phase.value,
        batch_id=attempt.batch_id,
        payload_sha256=batch.payload_sha256,
        closes=window.closes,
        first_dial=window.first_dial,
        last_dial=window.last_dial,
    )
