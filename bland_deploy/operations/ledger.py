"""Logs as values to be shown."""

from collections.abc import Iterator

from bland_deploy.model.ledger import LogEntry, LogSummary
from bland_deploy.state.log import Log
from bland_deploy.state.replay import UNFINISHED, Phase


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
