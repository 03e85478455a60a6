"""What webhooks told, kept in a file of its own: each event once, durable before it is acknowledged.

An event that nobody vouches for is no event but a hint that asking may be worth while: of such there are only so many.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bland_deploy.api.outcomes import FINAL, OPTED_OUT
from bland_deploy.errors import Unavailable
from bland_deploy.kept import open_kept
from bland_deploy.model.events import Event

FILE = ".bland-deploy/events.sqlite"
MOST_HINTS = 10_000
"""Batches of which hints are kept; the oldest go first."""

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, received REAL NOT NULL, kind TEXT NOT NULL, batch_id TEXT,
  call_id TEXT, status TEXT, at TEXT, calls INTEGER, successful INTEGER, failed INTEGER, reason TEXT) STRICT;
CREATE INDEX IF NOT EXISTS of_batch ON events (batch_id) WHERE kind = 'batch';
CREATE TABLE IF NOT EXISTS hints (batch_id TEXT PRIMARY KEY, received REAL NOT NULL) STRICT;
"""
_COLUMNS = ", ".join(Event._fields)
_ADD = f"INSERT OR IGNORE INTO events (received, {_COLUMNS}) VALUES (?{', ?' * len(Event._fields)})"  # noqa: S608 - our own names
_OF_BATCHES = f"SELECT {_COLUMNS} FROM events WHERE kind = 'batch' ORDER BY at, number"  # noqa: S608 - our own names


class Events:
    """An open file of events. One thread uses it."""

    def __init__(self, books: sqlite3.Connection) -> None:
        self._books = books

    def add(self, events: Sequence[Event], hints: Iterable[str], now: float) -> None:
        """Record all of it durably, or nothing; what is known already stays as it is. `now` is in seconds.

        Raises Unavailable where the disk does not take it.
        """
        try:
            with self._books:
                self._books.executemany(_ADD, [(now, *event) for event in events])
                self._books.executemany(
                    "INSERT OR REPLACE INTO hints VALUES (?, ?)", [(batch_id, now) for batch_id in hints]
                )
                self._books.execute(
                    "DELETE FROM hints WHERE batch_id IN (SELECT batch_id FROM hints ORDER BY received DESC, batch_id"
                    " LIMIT -1 OFFSET ?)",
                    (MOST_HINTS,),
                )
        except sqlite3.Error as problem:
            raise Unavailable(f"events cannot be recorded: {problem}", outcome="nothing was acknowledged") from problem

    def of_batches(self) -> Iterator[Event]:
        """Every event of a batch, in the order of the provider's time, which need not be that of delivery."""
        return (Event(*row) for row in self._books.execute(_OF_BATCHES))

    def opted_out(self) -> tuple[str, ...]:
        """The calls in which somebody asked not to be called again, less those that were heeded."""
        found = self._books.execute(
            "SELECT DISTINCT call_id FROM events WHERE kind = 'call' AND reason = ? ORDER BY number", (OPTED_OUT,)
        )
        return tuple(row[0] for row in found)

    def heeded(self, calls: Iterable[str]) -> None:
        """These calls need not be heeded again. Raises Unavailable where the disk does not take it."""
        try:
            with self._books:
                self._books.executemany(
                    "UPDATE events SET reason = NULL WHERE kind = 'call' AND call_id = ?", [(call,) for call in calls]
                )
        except sqlite3.Error as problem:
            raise Unavailable(f"events cannot be recorded: {problem}", help="run it again") from problem

    def amount(self) -> tuple[int, int]:
        """How many events and hints there are."""
        (events,) = self._books.execute("SELECT count(*) FROM events").fetchone()
        (hints,) = self._books.execute("SELECT count(*) FROM hints").fetchone()
        return events, hints

    def news(self) -> tuple[int, float]:
        """Something that differs as soon as anything came in."""
        (events,) = self._books.execute("SELECT coalesce(max(number), 0) FROM events").fetchone()
        (hint,) = self._books.execute("SELECT coalesce(max(received), 0) FROM hints").fetchone()
        return events, hint


@contextmanager
def open_events(path: Path) -> Iterator[Events]:
    """The events in a file, which is made where there is none, for its owner alone.

    Raises InvalidInput for a file that is something else, and Unavailable where it cannot be opened.
    """
    with open_kept(path, _TABLES, "events", settings="PRAGMA synchronous = FULL;") as books:
        yield Events(books)


def told_of_batches(path: Path) -> dict[str, Event]:
    """The last event of each batch that the provider vouched for, its end before all; nothing where no file is."""
    if not path.exists():
        return {}
    told: dict[str, Event] = {}
    with open_events(path) as events:
        for event in events.of_batches():
            assert event.batch_id is not None
            if event.status in FINAL or told.get(event.batch_id, event).status not in FINAL:
                told[event.batch_id] = event
    return told
