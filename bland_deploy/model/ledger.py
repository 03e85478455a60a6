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
