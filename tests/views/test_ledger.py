"""How a log is shown in a terminal."""

from pathlib import Path

from bland_deploy.model.entries import Receipts, Sending, Taken, Voids
from bland_deploy.model.ledger import LogEntry
from bland_deploy.views.ledger import render_log

AT = "2026-03-02T15:00:00Z"
ATTEMPTS = tuple("abcdefghij234567"[number % 16] * 16 for number in range(20))


def entry(number, written):
    fields = written.model_dump(mode="json", exclude_none=True, exclude={"kind", "at", "by"})
    return LogEntry(number, written.kind, written.at, written.by, fields)


def test_entries_of_several_attempts_are_lines_that_can_be_read(golden):
    taken = tuple(Taken(at=AT, attempt=attempt, batch_id=f"batch-{attempt[0]}") for attempt in ATTEMPTS[:2])
    shown = render_log(
        [
            entry(2, Sending(at=AT, attempts=ATTEMPTS[:2])),
            entry(3, Receipts(at=AT, taken=taken)),
            entry(4, Voids(at=AT, by="someone@example", attempts=ATTEMPTS[2:18], reason="the run ended before it")),
            entry(5, Voids(at=AT, attempts=ATTEMPTS, reason="the run ended before it")),
            entry(6, Receipts(at=AT, taken=taken[:1], sending=ATTEMPTS[3:5])),
        ]
    )
    golden(Path(__file__).parent / "cases/several.txt", shown)
