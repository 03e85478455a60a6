"""Lists that are bytes: what their names' endings say, how they are opened, and their digests."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias, TypeVar
from urllib.parse import urlsplit

from bland_deploy.diagnostics import NOWHERE, Diagnostic, Place, error, nearest, shown, warning
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.broken import MISSING, BrokenList
from bland_deploy.recipients.bytes import Digested, Origin, explain
from bland_deploy.recipients.formats import FORMATS, Table, Text
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.packing import PACKINGS, Unpack
from bland_deploy.recipients.row_source import RowSource, Unread
from bland_deploy.recipients.text import open_text

T = TypeVar("T")
Digest: TypeAlias = Callable[[str], None]


def stored_rows(origin: Origin, listed: ListFormat, named_at: Place = NOWHERE) -> RowSource:
    """The list in some bytes, in the format that its name ends in or that it is said to have."""
    name = origin.name
    ending = _ending(listed)
    form = _form(ending)
    if form is None:
        return Unread(name, tuple(check_ending(listed, named_at)))
    usual = form.delimiter if isinstance(form, Text) else None
    if listed.delimiter in ('"', "\r", "\n"):
        return Unread(name, (error("bad-delimiter", "cells cannot be separated by this character", named_at),))
    listing = Listing(name, listed.phone, listed.delimiter or usual, listed.sheet)
    opening = _text(form, origin, ending) if isinstance(form, Text) else _table(form, origin)
    source = _Stored(opening, listing, tuple(_doubts(listed, form, named_at)), named_at)
    with suppress(BrokenList):  # reading the rows will say what is wrong
        source.columns = source.read_columns()
    return source


def check_ending(listed: ListFormat, named_at: Place) -> Iterator[Diagnostic]:
    """An error where the list is in no format that can be read."""
    if _form(_ending(listed)) is None:
        yield _unknown_format(_ending(listed), named_at if named_at != NOWHERE else Place(listed.name))


def _ending(listed: ListFormat) -> "Ending":
    if listed.format is not None:
        return find_ending(f"list.{listed.format.removeprefix('.')}")
    return find_ending(urlsplit(listed.url).path if listed.url is not None else listed.name)


def _form(ending: "Ending") -> Text | Table | None:
    form = FORMATS.get(ending.format)
    return None if isinstance(form, Table) and ending.packing else form


def _doubts(listed: ListFormat, form: Text | Table, named_at: Place) -> Iterator[Diagnostic]:
    if listed.delimiter is not None and not (isinstance(form, Text) and form.delimiter):
        yield _without_use("delimiter-unused", "delimiter", "CSV", named_at)
    if listed.sheet is not None and not (isinstance(form, Table) and form.has_sheets):
        yield _without_use("sheet-unused", "sheet", "workbooks (.xlsx)", named_at)


class Ending(NamedTuple):
    """What a list's name ends in: the format, and how that is packed ("" where it is not)."""

    format: str
    packing: str


def find_ending(name: str) -> Ending:
    """The ending of a name: `.csv` and `.gz` of `people.csv.gz`."""
    path = PurePosixPath(name)
    last = path.suffix.lower()
    return Ending(PurePosixPath(path.stem).suffix.lower(), last) if last in PACKINGS else Ending(last, "")


class _Reader(NamedTuple):
    """What can be had from a list that is open."""

    columns: Callable[[Listing], tuple[str, ...] | None]
    rows: Callable[[Listing], Iterator[Read]]
    pieces: Callable[[Listing], Iterator[Lump | Read]]


# the list, opened; its digest goes to the function given once it was read to the end
_Opening: TypeAlias = Callable[[Digest], AbstractContextManager[_Reader]]


def _text(form: Text, origin: Origin, ending: Ending) -> _Opening:
    unpack: Unpack | None = PACKINGS.get(ending.packing)

    @contextmanager
    def open_(digested: Digest) -> Iterator[_Reader]:
        with open_text(
            (lambda raw: unpack(raw, origin.name)) if unpack else lambda raw: raw,
            lambda: Digested(origin.open(), digested),
            origin.name,
            form.longest_line,
        ) as text:
            yield _Reader(
                partial(form.columns, text), partial(form.rows, text), partial(form.pieces or form.rows, text)
            )

    return open_


def _table(form: Table, origin: Origin) -> _Opening:
    @contextmanager
    def open_(digested: Digest) -> Iterator[_Reader]:
        try:
            with io.BufferedReader(origin.open()) as file:
                digest = file_digest(file, "sha256").hexdigest()
                file.seek(0)
                rows = partial(form.rows, file)
                yield _Reader(partial(form.columns, file), rows, rows)
                digested(digest)
        except OSError as problem:
            raise BrokenList(explain(origin.name, problem)) from problem

    return open_


@dataclass(slots=True)
class _Stored:
    opening: _Opening
    listing: Listing
    doubts: tuple[Diagnostic, ...]
    named_at: Place
    columns: tuple[str, ...] | None = None
    digest: str | None = None

    @property
    def name(self) -> str:
        return self.listing.name

    def rows(self) -> Iterator[Read]:
        return self._read(lambda reader: reader.rows(self.listing))

    def pieces(self) -> Iterator[Lump | Read]:
        return self._read(lambda reader: reader.pieces(self.listing))

    def _read(self, read: Callable[[_Reader], Iterator[T]]) -> Iterator[T | Diagnostic]:
        yield from self.doubts
        self.digest = None
        try:
            with self.opening(self._digested) as reader:
                yield from read(reader)
        except BrokenList as problem:
            yield self._where_named(problem.diagnostic)

    def sha256(self) -> str | None:
        return self.digest

    def read_columns(self) -> tuple[str, ...] | None:
        with self.opening(lambda _digest: None) as reader:
            return reader.columns(self.listing)

    def _where_named(self, problem: Diagnostic) -> Diagnostic:
        """A file that is not there has no place of its own: the mistake is where the campaign names it."""
        return replace(problem, place=self.named_at) if problem.rule == MISSING and self.named_at.file else problem

    def _digested(self, digest: str) -> None:
        self.digest = digest


def _unknown_format(ending: Ending, named_at: Place) -> Diagnostic:
    whole = ending.format + ending.packing
    if ending.packing and ending.format in FORMATS:
        way_out = f"keep it as {ending.format}, which is packed already"
    else:
        meant = nearest(ending.format, FORMATS) if ending.format else None
        known = ", ".join(FORMATS)
        way_out = f"did you mean {meant}?" if meant else f"export it as one of {known}"
    return error(
        "list-format-unknown",
        f'lists ending in "{shown(whole)}" cannot be read' if whole else "the list's name has no ending",
        named_at,
        way_out,
    )


def _without_use(rule: str, key: str, what: str, named_at: Place) -> Diagnostic:
    return warning(rule, f"`{key}` is for {what}; this list has none", named_at, f"remove `{key}`")
