"""Where lists live: files of the workspace, and rows written into the campaign itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import NOWHERE, Place
from bland_deploy.documents.files import Unreadable, resolve
from bland_deploy.model.campaign import ListFormat
from bland_deploy.model.json import Json
from bland_deploy.recipients.bytes import LocalFile
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.row_source import RowSource, Unread
from bland_deploy.recipients.stored import stored_rows


def read_rows(listed: ListFormat, root: Path, named_at: Place = NOWHERE) -> RowSource:
    """The list in a file of the workspace. A list that cannot be read gives one diagnostic and no rows.

    `named_at` is where the campaign names the file, for mistakes that lie there.
    """
    name = listed.file or ""
    path = resolve(root, name)
    if isinstance(path, Unreadable):
        return Unread(name, path.diagnostic(named_at))
    return stored_rows(LocalFile(path, name), listed, named_at)


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

    def sha256(self) -> None:
        return None
