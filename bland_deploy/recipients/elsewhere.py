"""Lists that are no files of the workspace: objects at an address, and answers of databases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bland_deploy.diagnostics import Diagnostic, Place, has_errors, note
from bland_deploy.documents.files import Unreadable
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.address import check_address
from bland_deploy.recipients.answers import ask, read_query
from bland_deploy.recipients.databases import check_database
from bland_deploy.recipients.fetch import fetch
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.query import check_query
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.row_source import RowSource, Unread
from bland_deploy.recipients.stored import check_ending, stored_rows


def read_elsewhere(listed: ListFormat, reach: Reach, named_at: Place) -> RowSource:
    """As `read_rows`; raises BrokenList."""
    read = _answer if listed.lives_in == "sql" else _object
    return read(listed, reach, named_at)


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
