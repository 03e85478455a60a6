"""A log as it is shown: what each campaign's state adds up to."""

from typing import Any, NamedTuple


class LogSummary(NamedTuple):
    """One campaign's log: counts of calls by where they stand, and of entries."""

    campaign: str
    lineage: str
    entries: int
    rounds: tuple[str, ...]
    sent: int
    held: int
    unfinished: int


class LogEntry(NamedTuple):
    """One entry: its number from 1, and its fields."""

    number: int
    kind: str
    at: str
    by: str | None
    fields: dict[str, Any]


class GuardedBatch(NamedTuple):
    """A claimed batch, where it stands, and its times (ISO 8601; see `ClaimedWindow`)."""

    attempt: str
    calls: int
    status: str
    batch_id: str | None
    payload_sha256: str | None
    closes: str | None
    first_dial: str | None
    last_dial: str | None


class Guarded(NamedTuple):
    """One claim as evidence: who applied what plan, by what its people were guarded, and what became of it.

    `guards` are the fields of `Compliance`, None where it was not recorded.
    """

    number: int
    at: str
    by: str | None
    round: str
    environment: str
    plan_digest: str | None
    guards: dict[str, Any] | None
    batches: tuple[GuardedBatch, ...]
