"""Calls as the provider told of them, kept in a file beside the workspace, so that nothing is asked twice.

Each page of a list is recorded in one transaction together with how far it reaches: whatever interrupts the asking, the
next run goes on from there. The file holds phone numbers and, where they were asked for, transcripts.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson

from bland_deploy.api.outcomes import ListedCall
from bland_deploy.errors import Unavailable
from bland_deploy.kept import open_kept

FILE = ".bland-deploy/calls.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS batches (batch_id TEXT PRIMARY KEY, reached INTEGER NOT NULL, whole INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS calls (
  call_id TEXT PRIMARY KEY, batch_id TEXT NOT NULL, place INTEGER NOT NULL, completed INTEGER NOT NULL,
  detailed INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS of_batch ON calls (batch_id, place);
"""
# what is told of a call later never makes it less detailed, nor a completed call incomplete again
_PUT = """
INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (call_id) DO UPDATE SET
  completed = excluded.completed, detailed = excluded.detailed, content = excluded.content
  WHERE excluded.detailed >= calls.detailed AND excluded.completed >= calls.completed
"""


class Reach(NamedTuple):
    """How far the list of a batch was read (calls), and whether all of it is known to its end."""

    calls: int = 0
    whole: bool = False


class Archive:
    """An open file of calls."""

    def __init__(self, books: sqlite3.Connection) -> None:
        self._books = books

    def reach(self, batch_id: str) -> Reach:
        """How far a batch was read."""
        row = self._books.execute("SELECT reached, whole FROM batches WHERE batch_id = ?", (batch_id,)).fetchone()
        return Reach(row[0], bool(row[1])) if row else Reach()

    def put(self, batch_id: str, calls: Iterable[ListedCall], reach: Reach) -> None:
        """Record a page of a list and how far the list is read with it, both or neither. Raises Unavailable."""
        rows = [self._row(batch_id, call, detailed=False) for call in calls]
        start = max(0, reach.calls - len(rows))
        with self._writing():
            self._books.executemany(_PUT, [(*row[:2], start + place, *row[2:]) for place, row in enumerate(rows)])
            self._books.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?)", (batch_id, reach.calls, reach.whole))

    def put_details(self, batch_id: str, calls: Iterable[ListedCall]) -> None:
        """Record calls with everything that is known of them. Raises Unavailable."""
        rows = [self._row(batch_id, call, detailed=call.completed) for call in calls]
        with self._writing():
            self._books.executemany(_PUT, [(*row[:2], 0, *row[2:]) for row in rows])

    def calls(self, batch_id: str) -> Iterator[ListedCall]:
        """The calls of a batch, in the order of the provider's list."""
        found = self._books.execute("SELECT content FROM calls WHERE batch_id = ? ORDER BY place, call_id", (batch_id,))
        return (ListedCall(**orjson.loads(row[0])) for row in found)

    def without_details(self, batch_id: str) -> list[str]:
        """The ids of calls of which only the list told."""
        found = self._books.execute(
            "SELECT call_id FROM calls WHERE batch_id = ? AND NOT detailed ORDER BY place", (batch_id,)
        )
        return [row[0] for row in found]

    def open_calls(self, batch_id: str) -> tuple[int, int]:
        """How many calls of a batch are known, and how many of them have not ended."""
        known, ended = self._books.execute(
            "SELECT count(*), coalesce(sum(completed), 0) FROM calls WHERE batch_id = ?", (batch_id,)
        ).fetchone()
        return known, known - ended

    @staticmethod
    def _row(batch_id: str, call: ListedCall, *, detailed: bool) -> tuple[str, str, bool, bool, str]:
        content = orjson.dumps(call._replace(stamp=None)._asdict()).decode()
        return call.call_id, batch_id, call.completed, detailed, content

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._books:
                yield
        except sqlite3.Error as problem:
            raise Unavailable(
                f"results cannot be kept: {problem}", help="free some space and run it again"
            ) from problem


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The calls in a file, which is made where there is none, for its owner alone.

    Raises InvalidInput for a file that is something else, and Unavailable where it cannot be opened.
    """
    with open_kept(path, _TABLES, "results") as books:
        yield Archive(books)
