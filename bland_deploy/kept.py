"""Files of SQLite beside the workspace, each safe to lose: opened for their owner alone, or refused in plain words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bland_deploy.errors import InvalidInput, Unavailable

_FORMAT = 1
_PATIENCE = 30.0


@contextmanager
def open_kept(path: Path, tables: str, what: str, *, settings: str = "") -> Iterator[sqlite3.Connection]:
    """A file with these tables, made where there is none; a connection whose `with` is one transaction.

    `what` it holds is said where it cannot be opened; `settings` are further statements for the connection. Raises
    InvalidInput for a file that is something else, and Unavailable where it cannot be opened.
    """
    with _complaining(path, what):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        kept = sqlite3.connect(path, timeout=_PATIENCE, isolation_level="IMMEDIATE", check_same_thread=False)
    with closing(kept):
        with _complaining(path, what):
            kept.execute("PRAGMA journal_mode = WAL")
            (found,) = kept.execute("PRAGMA user_version").fetchone()
            if found not in {0, _FORMAT}:
                raise InvalidInput(
                    f"{path.name} was written by a newer version (format {found})", help="update bland-deploy"
                )
            kept.executescript(f"{settings}{tables}PRAGMA user_version = {_FORMAT};")
        yield kept


@contextmanager
def _complaining(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as problem:
        raise Unavailable(f"the {what} in {path.name} cannot be opened: {problem}") from problem
    except sqlite3.DatabaseError as problem:
        raise InvalidInput(
            f"{path.name} holds no {what} of bland-deploy", help="remove it, or name another"
        ) from problem
