"""The sandbox's books: one SQLite file that survives a kill, and what an oracle may read from it.

Times are seconds since the epoch. `starts` and `ends` are when the books show it; `dialled` and `ended` are what the
API says, in sandbox time: `created` plus `speed` sandbox seconds for each real one.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, NamedTuple, TypeAlias

import orjson

from bland_deploy.errors import Unavailable
from bland_deploy.model.json import Json, JsonObject

Where: TypeAlias = "Path | Literal[':memory:']"

VERSION = 1
_SCHEMA = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, org TEXT NOT NULL UNIQUE, secret TEXT NOT NULL);
CREATE TABLE batches (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, batch_id TEXT NOT NULL, api TEXT NOT NULL,
  created REAL NOT NULL, speed REAL NOT NULL, label TEXT, campaign_id TEXT, shared BLOB NOT NULL,
  preview BLOB NOT NULL, webhook TEXT, requested INTEGER NOT NULL, stopped REAL, UNIQUE (account, batch_id));
CREATE INDEX batches_by_time ON batches (account, created);
CREATE TABLE calls (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, batch INTEGER, position INTEGER NOT NULL,
  call_id TEXT NOT NULL UNIQUE, number TEXT NOT NULL, digits TEXT NOT NULL, sender TEXT NOT NULL,
  created REAL NOT NULL, speed REAL NOT NULL, starts REAL NOT NULL, ends REAL NOT NULL,
  dialled REAL NOT NULL, ended REAL NOT NULL,
  scheduled INTEGER NOT NULL, kind TEXT NOT NULL, talk INTEGER NOT NULL, tag TEXT NOT NULL, price REAL NOT NULL,
  entry BLOB NOT NULL);
CREATE INDEX calls_by_batch ON calls (batch);
CREATE INDEX calls_by_number ON calls (digits, account);
CREATE INDEX calls_by_time ON calls (account, created);
CREATE TABLE dropped (batch INTEGER NOT NULL, position INTEGER NOT NULL, number TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE events (
  id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, at REAL NOT NULL, stamp REAL NOT NULL,
  kind TEXT NOT NULL, payload BLOB NOT NULL);
CREATE INDEX events_by_batch ON events (batch);
CREATE TABLE do_not_call (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, entry_id TEXT NOT NULL, digits TEXT NOT NULL,
  number TEXT NOT NULL, reason TEXT, created REAL NOT NULL, UNIQUE (account, digits));
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, batch INTEGER, call INTEGER, kind TEXT NOT NULL,
  url TEXT NOT NULL, due REAL NOT NULL, body BLOB, state TEXT NOT NULL DEFAULT 'waiting',
  attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX webhooks_waiting ON webhooks (due) WHERE state = 'waiting';
CREATE INDEX webhooks_by_call ON webhooks (call);
CREATE TABLE attempts (webhook INTEGER NOT NULL, at REAL NOT NULL, status INTEGER, error TEXT);
"""
_PATIENCE = 30.0


def open_books(where: Where) -> sqlite3.Connection:
    """The books, made if they are not there, private to their owner; a kill loses nothing that was committed.

    Raises Unavailable where the file cannot be used.
    """
    try:
        if isinstance(where, Path):
            where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # only a new file: closing a descriptor of one that is in use would drop SQLite's locks on it
            with suppress(FileExistsError):
                os.close(os.open(where, os.O_CREAT | os.O_EXCL, 0o600))
        books = sqlite3.connect(where, isolation_level=None, check_same_thread=False)
        try:
            _prepare(books)
        except BaseException:
            books.close()
            raise
    except (OSError, sqlite3.Error) as reason:
        raise Unavailable(
            f"the sandbox's books cannot be opened: {reason}", help="`bland-deploy sandbox reset` empties them"
        ) from reason
    return books


def _prepare(books: sqlite3.Connection) -> None:
    books.row_factory = sqlite3.Row
    books.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}")
    _write_ahead(books)
    # a kill loses nothing that was answered; a power cut may, of a simulator
    books.execute("PRAGMA synchronous = NORMAL")
    with transaction(books, write=True):
        found = books.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            for statement in _SCHEMA.split(";\n"):
                books.execute(statement)
            books.execute(f"PRAGMA user_version = {VERSION}")
        elif found != VERSION:
            raise sqlite3.DatabaseError(f"they are of format {found}, this version reads format {VERSION}")


def _write_ahead(books: sqlite3.Connection) -> None:
    # SQLite does not wait by itself here where several processes make the books at once
    until = monotonic() + _PATIENCE
    while True:
        try:
            books.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


@contextmanager
def transaction(books: sqlite3.Connection, *, write: bool) -> Iterator[None]:
    """All of it or nothing; no kill loses it once the block is left."""
    books.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
    except BaseException:
        books.execute("ROLLBACK")
        raise
    books.execute("COMMIT")


def remove_books(path: Path) -> None:
    """Remove the books and what SQLite keeps beside them; nothing happens where there are none."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Ring(NamedTuple):
    """A person whom the sandbox accepted to ring: one row, one ring. Dropped duplicates and listed people have none.

    `canceled` says that it was stopped before it was dialled; it counts as a ring all the same.
    """

    account: str
    batch_id: str | None
    number: str
    call_id: str
    created_at: float
    stamp: JsonObject | None
    canceled: bool


_RINGS = """
SELECT accounts.org, batches.batch_id, batches.shared, calls.* FROM calls
JOIN accounts ON accounts.id = calls.account LEFT JOIN batches ON batches.id = calls.batch ORDER BY calls.id
"""


def rings(path: Path) -> list[Ring]:
    """Every ring in the books, in the order of acceptance, read with a connection of its own.

    `number` is + and digits; `stamp` is `metadata.bland_deploy` of what all calls of the batch have.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as books:
        books.row_factory = sqlite3.Row
        return [
            Ring(
                row["org"],
                row["batch_id"],
                f"+{row['digits']}",
                row["call_id"],
                row["created"],
                _stamp(row["shared"]),
                row["kind"] == "canceled",
            )
            for row in books.execute(_RINGS)
        ]


def _stamp(shared: bytes | None) -> JsonObject | None:
    metadata: Json = orjson.loads(shared).get("metadata") if shared else None
    stamp = metadata.get("bland_deploy") if isinstance(metadata, dict) else None
    return stamp if isinstance(stamp, dict) else None
