"""CSV and TSV: RFC 4180 quoting, headers verbatim, cells are strings, always."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.model.recipient import LeftOut, Outcome, Row, full_row
from bland_deploy.recipients.formats.cuts import Cuts
from bland_deploy.recipients.formats.header import check_header
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.formats.sheet import Sheet

if TYPE_CHECKING:
    from _csv import Reader

LARGEST_CELL = 1024 * 1024  # characters
# the limit belongs to the whole process; nothing else here reads CSV
csv.field_size_limit(LARGEST_CELL)


def columns(text: io.TextIOWrapper, listing: Listing) -> tuple[str, ...] | None:
    """The header, or None where `rows` will find fault with it."""
    try:
        header = next(_reader(text, listing), None)
    except csv.Error:
        return None
    return tuple(header) if header and not check_header(header, listing) else None


def rows(text: io.TextIOWrapper, listing: Listing) -> Iterator[Read]:
    """The rows below the header; blank lines are no rows. `line` is where a row starts."""
    reader = _reader(text, listing)
    try:
        header = next(reader, None)
    except csv.Error as problem:
        yield _broken(problem, 1, listing)
        return
    mistakes = check_header(header, listing)
    if header is None or mistakes:
        yield from mistakes
        return
    yield from _rows(reader, tuple(header), listing)


class Lump(NamedTuple):
    """Rows as they were written (UTF-8), under a header, from a line on: to be read by whoever has them."""

    data: bytes
    line: int
    header: tuple[str, ...]
    listing: Listing

    def rows(self) -> Iterable[Row | LeftOut]:
        """The rows, as `rows` gives them."""
        read = self.read()
        return read.rows() if isinstance(read, Sheet) else read

    def read(self) -> Sheet | Iterator[Row | LeftOut]:
        """The rows as a sheet, where each is a line and as wide as it should be; else one by one."""
        text = self.data.decode()
        reader = _reader(io.StringIO(text, newline=""), self.listing)
        try:
            cells = [*reader]
        except csv.Error:
            cells = []
        if reader.line_num == len(cells) and set(map(len, cells)) == {len(self.header)}:
            return Sheet(self.header, range(self.line, self.line + len(cells)), [*zip(*cells, strict=True)])
        reader = _reader(io.StringIO(text, newline=""), self.listing)
        return _rows(reader, self.header, self.listing, self.line - 1)


def pieces(text: io.TextIOWrapper, listing: Listing) -> Iterator[Lump | Read]:
    """What `rows` gives: in lumps as far as it is sure where rows end, which takes a tenth of the time here."""
    delimiter = listing.delimiter or ","
    if not delimiter.isascii() or not isinstance(text.buffer, io.BufferedReader):
        yield from rows(text, listing)
        return
    cuts = Cuts(text.buffer, delimiter)
    first = [*_reader(io.StringIO(cuts.first_line(), newline=""), listing)]
    if len(first) != 1 or check_header(first[0], listing):
        yield from rows(cuts.rest(whole=True), listing)
        return
    header, line = tuple(first[0]), 2
    for data in cuts:
        yield Lump(data, line, header, listing)
        line += data.count(b"\n")
        if b"\r" in data:
            line += data.count(b"\r") - data.count(b"\r\n")
    yield from _rows(_reader(cuts.rest(), listing), header, listing, line - 1)


def _reader(text: io.TextIOBase, listing: Listing) -> "Reader":
    return csv.reader(text, strict=True, delimiter=listing.delimiter or ",")


def _rows(reader: "Reader", header: tuple[str, ...], listing: Listing, before: int = 0) -> Iterator[Row | LeftOut]:
    """The rows; so many lines were read `before` by another reader."""
    width = len(header)
    line = before + reader.line_num + 1
    while True:
        try:
            for cells in reader:
                if len(cells) == width:
                    yield full_row((line, dict(zip(header, cells)), None))  # noqa: B905 - the width is known; any `strict` costs
                elif cells:
                    yield _wrong_width(len(cells), width, line, listing)
                line = before + reader.line_num + 1
        except csv.Error as problem:
            yield LeftOut(line, Outcome.INVALID, _broken(problem, line, listing))
            if "expected after" not in str(problem):
                return
            line = before + reader.line_num + 1
        else:
            return


def _wrong_width(cells: int, width: int, line: int, listing: Listing) -> LeftOut:
    return listing.rejected(
        "row-width",
        f"the row has {cells} cell{'s' if cells > 1 else ''}, the header {width}",
        (line, None),
        'add or remove separators; a cell that holds a separator or a line break needs quotes: "a, b"',
    )


def _broken(problem: csv.Error, line: int, listing: Listing) -> Diagnostic:
    place = Place(listing.name, line)
    text = str(problem)
    if "field larger" in text:
        message = f"a cell is longer than {LARGEST_CELL:,} characters, or a quote before it is not closed"
        return error("cell-too-large", message, place, 'close the quote; inside of quotes write "" for "')
    if "unexpected end" in text:
        message = "the list ends inside a quoted cell of this row"
        return error("quote-not-closed", message, place, 'close the quote; inside of quotes write "" for "')
    message = "text follows the closing quote of a cell"
    return error("csv-syntax", message, place, 'write "" for a quote inside of quotes')
