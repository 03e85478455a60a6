"""Lists that are the answers of databases: asked once, and kept until they were read.

A driver's message is shown for mistakes in the query alone: others quote cells, or say how to connect.
"""

import importlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO

import orjson

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_text
from bland_deploy.documents.files import Unreadable, read_text
from bland_deploy.errors import AuthenticationFailed, DeployError, Unavailable
from bland_deploy.model.lists import ListFormat, Query
from bland_deploy.model.references import FileText
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.bytes import NamelessFile
from bland_deploy.recipients.databases import Opened, named, open_engine
from bland_deploy.recipients.formats.header import check_header
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.formats.table import Numbered, Unsendable, make_clean, make_rows
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.row_source import RowSource

_ROWS = 2000  # that are in memory at a time
_MOST_SHOWN = 200
_REFUSALS = ("authentication", "access denied", "password", "permission denied", "not allowed")


def read_query(query: Query, reach: Reach) -> str | Unreadable:
    """The text of a query."""
    return read_text(reach.root, query.query.file) if isinstance(query.query, FileText) else query.query


def ask(listed: ListFormat, text: str, reach: Reach) -> RowSource:
    """The answer to a query, in the order in which it came.

    Raises BrokenList for a query that cannot be answered, AuthenticationFailed where we may not ask, and Unavailable.
    """
    assert listed.sql is not None
    opened = open_engine(listed.name, listed.sql, reach)
    try:
        return _ask(opened, listed, text)
    finally:
        opened.engine.dispose()


def _ask(opened: Opened, listed: ListFormat, text: str) -> RowSource:
    sqlalchemy = importlib.import_module("sqlalchemy")
    query = listed.sql
    assert query is not None
    try:
        connection = opened.engine.connect()
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as problem:
        raise _unconnected(query, problem) from None
    with connection:
        try:
            if opened.first is not None:
                connection.exec_driver_sql(opened.first)
                connection.commit()
            options = {"stream_results": True, "max_row_buffer": _ROWS}
            result = connection.execution_options(**options).execute(sqlalchemy.text(text), query.parameters)
            return _kept(result, listed, text)
        except sqlalchemy.exc.DBAPIError as problem:
            if problem.connection_invalidated:
                raise Unavailable(f"{named(query)} broke off", help="try again") from None
            raise BrokenList(_failed(listed, problem, problem.orig)) from None
        except sqlalchemy.exc.SQLAlchemyError as problem:
            raise BrokenList(_failed(listed, problem, problem)) from None


def _kept(result: Any, listed: ListFormat, text: str) -> "_Answer":
    assert listed.sql is not None
    columns = tuple(map(str, result.keys()))
    digest = sha256(_dumps([text, listed.sql.parameters, list(columns)]))
    clean = make_clean(columns, listed.phone)

    def write(file: BinaryIO) -> None:
        for part in result.partitions(_ROWS):
            for row in part:
                values = clean(tuple(row))
                line = _dumps(values._asdict() if isinstance(values, Unsendable) else list(values)) + b"\n"
                digest.update(line)
                file.write(line)

    kept = NamelessFile(write)
    listing = Listing(listed.name, listed.phone)
    return _Answer(listing, columns, kept, digest.hexdigest(), check_header(columns, listing))


@dataclass(slots=True)
class _Answer:
    listing: Listing
    header: tuple[str, ...]
    kept: NamelessFile
    digest: str
    mistakes: tuple[Diagnostic, ...]
    was_read: bool = False

    @property
    def name(self) -> str:
        return self.listing.name

    @property
    def columns(self) -> tuple[str, ...] | None:
        return None if self.mistakes else self.header

    def rows(self) -> Iterator[Read]:
        if self.mistakes:
            yield from self.mistakes
            return
        with io.BufferedReader(self.kept.open()) as file:
            yield from make_rows(self.header, _numbered(file), self.listing)
        self.was_read = True

    pieces = rows

    def sha256(self) -> str | None:
        return self.digest if self.was_read else None


def _numbered(file: Iterable[bytes]) -> Iterator[Numbered]:
    for number, line in enumerate(file, 1):
        row = _loads(line)
        yield number, Unsendable(**row) if isinstance(row, dict) else row


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer of more than 64 bits; the blank says so to whoever reads the line
        return b" " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _loads(line: bytes) -> Any:
    return json.loads(line) if line.startswith(b" ") else orjson.loads(line)


def _unconnected(query: Query, problem: Exception) -> DeployError:
    if any(word in str(problem).lower() for word in _REFUSALS):
        return AuthenticationFailed(f"{named(query)} does not let us in", help="correct the user or the password in it")
    return Unavailable(f"{named(query)} cannot be reached", help="check its address, and whether it runs; try again")


def _failed(listed: ListFormat, problem: Exception, cause: BaseException | None) -> Diagnostic:
    """What the database says of a query that is wrong; of what went wrong in the rows, the kind alone."""
    exceptions = importlib.import_module("sqlalchemy.exc")
    in_rows = isinstance(problem, exceptions.DBAPIError) and not isinstance(
        problem, exceptions.ProgrammingError | exceptions.OperationalError
    )
    said = type(cause).__name__ if in_rows else mask_text(" ".join(str(cause).split()))[:_MOST_SHOWN]
    return error("query-failed", f"the query cannot be answered: {said}", Place(listed.name), "try it in the database")
