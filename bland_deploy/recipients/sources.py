"""Where lists live: files of the workspace, rows in the campaign itself, objects elsewhere, databases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bland_deploy.diagnostics import NOWHERE, Diagnostic, Place, has_errors, note
from bland_deploy.documents.files import Unreadable, resolve
from bland_deploy.model.json import Json
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.address import check_address
from bland_deploy.recipients.answers import ask, read_query
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.bytes import LocalFile
from bland_deploy.recipients.databases import check_database
from bland_deploy.recipients.fetch import fetch
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.query import check_query
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.row_source import RowSource, Unread
from bland_deploy.recipients.stored import check_ending, stored_rows


def read_rows(listed: ListFormat, reach: Reach, named_at: Place = NOWHERE) -> RowSource:
    """The list, wherever it lives. A list that cannot be read gives diagnostics and no rows.

    `named_at` is where the campaign names it, for mistakes that lie there. What is elsewhere is fetched at once, and
    not at all where the reach has no `reveal`. Raises AuthenticationFailed, Unavailable and InvalidInput for what is
    elsewhere and cannot be had.
    """
    try:
        match listed.lives_in:
            case "sql":
                return _answer(listed, reach, named_at)
            case "url":
                return _object(listed, reach, named_at)
            case _:
                return _file(listed, reach, named_at)
    except BrokenList as problem:
        return Unread(listed.name, (replace(problem.diagnostic, place=named_at),))


def _file(listed: ListFormat, reach: Reach, named_at: Place) -> RowSource:
    path = resolve(reach.root, listed.name)
    if isinstance(path, Unreadable):
        return Unread(listed.name, (path.diagnostic(named_at),))
    if reach.lists is None:
        return stored_rows(LocalFile(path, listed.name), listed, named_at)
    return reach.lists.read(path, listed, lambda: stored_rows(LocalFile(path, listed.name), listed, named_at))


def _object(listed: ListFormat, reach: Reach, named_at: Place) -> RowSource:
    found = (*check_address(listed, named_at),) or (*check_ending(listed, named_at),)
    if has_errors(found) or reach.reveal is None:
        return Unread(listed.name, (*found, *_not_fetched(found, "the list lies elsewhere", named_at)))
    return stored_rows(fetch(listed, reach), listed, named_at)


def _answer(listed: ListFormat, reach: Reach, named_at: Place) -> RowSource:
    assert listed.sql is not None
    text = read_query(listed.sql, reach)
    if isinstance(text, Unreadable):
        return Unread(listed.name, (text.diagnostic(named_at),))
    found = (*check_database(listed.sql, named_at), *check_query(text, named_at))
    if has_errors(found) or reach.reveal is None:
        return Unread(listed.name, (*found, *_not_fetched(found, "the list is in a database", named_at)))
    return _Doubted(ask(listed, text, reach), found)


def _not_fetched(found: Sequence[Diagnostic], where: str, named_at: Place) -> Iterator[Diagnostic]:
    if not has_errors(found):
        yield note("list-elsewhere", f"{where}, and is not read here", named_at, "`plan` and `apply` read it")


@dataclass(slots=True)
class _Doubted:
    """A list, and what is to be said before its rows."""

    source: RowSource
    doubts: tuple[Diagnostic, ...]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def columns(self) -> tuple[str, ...] | None:
        return self.source.columns

    def rows(self) -> Iterator[Read]:
        yield from self.doubts
        yield from self.source.rows()

    def pieces(self) -> Iterator[Lump | Read]:
        yield from self.doubts
        yield from self.source.pieces()

    def sha256(self) -> str | None:
        return self.source.sha256()


class InlineRow(NamedTuple):
    """A row written into a campaign file, and where it stands there (from 1)."""

    line: int
    column: int
    value: Json


def inline_rows(rows: Sequence[InlineRow], name: str) -> RowSource:
    """The rows written into a campaign file of that name."""
    return _Inline(name, tuple(rows))


@dataclass(slots=True)
class _Inline:
    name: str
    written: tuple[InlineRow, ...]
    columns: tuple[str, ...] | None = None

    def rows(self) -> Iterator[Read]:
        listing = Listing(self.name, "")
        return (make_row(row.value, (row.line, row.column), listing) for row in self.written)

    pieces = rows

    def sha256(self) -> None:
        return None
