"""Where lists live: files of the workspace, rows in the campaign itself, objects elsewhere, databases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bland_deploy.diagnostics import NOWHERE, Place
from bland_deploy.documents.files import Unreadable, resolve
from bland_deploy.model.json import Json
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.bytes import LocalFile
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.row_source import RowSource, Unread
from bland_deploy.recipients.stored import stored_rows


def read_rows(listed: ListFormat, reach: Reach, named_at: Place = NOWHERE) -> RowSource:
    """The list, wherever it lives. A list that cannot be read gives diagnostics and no rows.

    `named_at` is where the campaign names it, for mistakes that lie there. What is elsewhere is fetched at once, and
    not at all where the reach has no `reveal`. Raises AuthenticationFailed, Unavailable and InvalidInput for what is
    elsewhere and cannot be had.
    """
    try:
        if not listed.is_elsewhere:
            return _file(listed, reach, named_at)
        from bland_deploy.recipients.elsewhere import read_elsewhere  # noqa: PLC0415 - most lists are files

        return read_elsewhere(listed, reach, named_at)
    except BrokenList as problem:
        return Unread(listed.name, (replace(problem.diagnostic, place=named_at),))


def _file(listed: ListFormat, reach: Reach, named_at: Place) -> RowSource:
    path = resolve(reach.root, listed.name)
    if isinstance(path, Unreadable):
        return Unread(listed.name, (path.diagnostic(named_at),))
    if reach.lists is None:
        return stored_rows(LocalFile(path, listed.name), listed, named_at)
    return reach.lists.read(path, listed, lambda: stored_rows(LocalFile(path, listed.name), listed, named_at))


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
