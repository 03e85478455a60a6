"""Where lists live: files of the workspace, and rows written into the campaign itself."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from bland_deploy.diagnostics import NOWHERE, Diagnostic, Place, error, nearest, shown, warning
from bland_deploy.documents.files import Unreadable, resolve
from bland_deploy.model.campaign import ListFormat
from bland_deploy.model.json import Json
from bland_deploy.recipients.formats import FORMATS, Format
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.text import MISSING, BrokenList, open_text


class RowSource(Protocol):
    """A list. `name` is what diagnostics call it; `columns` are the names of its header, None where it has none."""

    columns: tuple[str, ...] | None

    @property
    def name(self) -> str: ...

    def rows(self) -> Iterator[Read]:
        """Rows in order, rows that cannot be used (LeftOut) and what is wrong with the list itself (Diagnostic)."""

    def sha256(self) -> str | None:
        """Digest (hex) of the list's bytes once its rows were read to the end; None before, and for inline rows."""


def read_rows(listed: ListFormat, root: Path, named_at: Place = NOWHERE) -> RowSource:
    """The list in a file of the workspace. A list that cannot be read gives one diagnostic and no rows.

    `named_at` is where the campaign names the file, for mistakes that lie there.
    """
    name = listed.file or ""
    form = FORMATS.get(PurePosixPath(name).suffix.lower())
    path = resolve(root, name)
    if isinstance(path, Unreadable):
        return _Unread(name, path.diagnostic(named_at))
    if form is None:
        return _Unread(name, _unknown_format(name, named_at))
    delimiter = listed.delimiter or form.delimiter
    if delimiter in ('"', "\r", "\n"):
        return _Unread(name, error("bad-delimiter", "cells cannot be separated by this character", named_at))
    listing = Listing(name, listed.phone, delimiter)
    ignored = listed.delimiter is not None and form.delimiter is None
    source = _File(path, form, listing, _ignored_delimiter(named_at) if ignored else None, named_at)
    with suppress(BrokenList):  # reading the rows will say what is wrong
        source.columns = source.read_columns()
    return source


class InlineRow(NamedTuple):
    """A row written into a campaign file, and where it stands there (from 1)."""

    line: int
    column: int
    value: Json


def inline_rows(rows: Sequence[InlineRow], name: str) -> RowSource:
    """The rows written into a campaign file of that name."""
    return _Inline(name, tuple(rows))


@dataclass(slots=True)
class _Unread:
    name: str
    problem: Diagnostic
    columns: tuple[str, ...] | None = None

    def rows(self) -> Iterator[Read]:
        yield self.problem

    def sha256(self) -> None:
        return None


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


@dataclass(slots=True)
class _File:
    path: Path
    form: Format
    listing: Listing
    doubt: Diagnostic | None
    named_at: Place
    columns: tuple[str, ...] | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        return self.listing.name

    def rows(self) -> Iterator[Read]:
        if self.doubt is not None:
            yield self.doubt
        self.digest = None
        try:
            with open_text(self.path, self.name, self._digested, self.form.longest_line) as text:
                yield from self.form.rows(text, self.listing)
        except BrokenList as problem:
            yield self._where_named(problem.diagnostic)

    def sha256(self) -> str | None:
        return self.digest

    def _where_named(self, problem: Diagnostic) -> Diagnostic:
        """A file that is not there has no place of its own: the mistake is where the campaign names it."""
        return replace(problem, place=self.named_at) if problem.rule == MISSING and self.named_at.file else problem

    def read_columns(self) -> tuple[str, ...] | None:
        with open_text(self.path, self.name, lambda _digest: None, self.form.longest_line) as text:
            return self.form.columns(text, self.listing)

    def _digested(self, digest: str) -> None:
        self.digest = digest


def _unknown_format(name: str, named_at: Place) -> Diagnostic:
    suffix = PurePosixPath(name).suffix.lower()
    meant = nearest(suffix, FORMATS) if suffix else None
    return error(
        "list-format-unknown",
        f'lists ending in "{shown(suffix)}" cannot be read' if suffix else "the list's name has no ending",
        named_at if named_at != NOWHERE else Place(name),
        f"did you mean {meant}?" if meant else f"export it as one of {', '.join(FORMATS)}",
    )


def _ignored_delimiter(named_at: Place) -> Diagnostic:
    return warning("delimiter-unused", "`delimiter` is for CSV; this list has none", named_at, "remove `delimiter`")
