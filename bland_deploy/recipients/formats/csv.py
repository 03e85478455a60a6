"""CSV and TSV: RFC 4180 quoting, headers verbatim, cells are strings, always."""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, shown
from bland_deploy.model.recipient import LeftOut, Outcome, Row
from bland_deploy.recipients.formats.listing import Listing, Read

if TYPE_CHECKING:
    from _csv import Reader

LARGEST_CELL = 1024 * 1024  # characters
# the limit belongs to the whole process; nothing else here reads CSV
csv.field_size_limit(LARGEST_CELL)

_PHONE_WORDS = re.compile(r"phone|mobile|\btel\b|\bcell\b", re.IGNORECASE)
_PHONE_OR_MAIL = re.compile(r"(?!\d{4}-\d\d-\d\d)\s*[+(]?(?:\d[ ().-]{0,2}){7,}|[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST_MISTAKES = 20
_MOST_COLUMNS_SHOWN = 20
_SEPARATORS = {";": '";"', "\t": '"\\t"', "|": '"|"', ",": '","'}


def columns(text: io.TextIOWrapper, listing: Listing) -> tuple[str, ...] | None:
    """The header, or None where `rows` will find fault with it."""
    try:
        header = next(_reader(text, listing), None)
    except csv.Error:
        return None
    return tuple(header) if header and not any(_mistakes(header, listing)) else None


def rows(text: io.TextIOWrapper, listing: Listing) -> Iterator[Read]:
    """The rows below the header; blank lines are no rows. `line` is where a row starts."""
    reader = _reader(text, listing)
    try:
        header = next(reader, None)
    except csv.Error as problem:
        yield _broken(problem, 1, listing)
        return
    mistakes = tuple(islice(_mistakes(header, listing), _MOST_MISTAKES))
    if header is None or mistakes:
        yield from mistakes
        return
    yield from _rows(reader, tuple(header), listing)


def _reader(text: io.TextIOWrapper, listing: Listing) -> "Reader":
    return csv.reader(text, strict=True, delimiter=listing.delimiter or ",")


def _rows(reader: "Reader", header: tuple[str, ...], listing: Listing) -> Iterator[Row | LeftOut]:
    make = partial(tuple.__new__, Row)  # half the time of Row(…), which counts here
    width = len(header)
    line = reader.line_num + 1
    while True:
        try:
            for cells in reader:
                if len(cells) == width:
                    yield make((line, dict(zip(header, cells)), None))  # noqa: B905 - the width is known; any `strict` costs
                elif cells:
                    yield _wrong_width(len(cells), width, line, listing)
                line = reader.line_num + 1
        except csv.Error as problem:
            yield LeftOut(line, Outcome.INVALID, _broken(problem, line, listing))
            if "expected after" not in str(problem):
                return
            line = reader.line_num + 1
        else:
            return


def _mistakes(header: list[str] | None, listing: Listing) -> Iterator[Diagnostic]:
    if not header:
        yield _empty(listing)
        return
    place = Place(listing.name, 1)
    if listing.phone not in header and any(_PHONE_OR_MAIL.fullmatch(name) for name in header):
        yield error(
            "list-without-header",
            "the first line looks like a row, not like the names of the columns",
            place,
            f"begin the list with a line of column names, one of them {shown(listing.phone)}",
        )
        return
    yield from _mistakes_in_names(header, place)
    if listing.phone not in header:
        yield _phone_missing(header, listing)


def _mistakes_in_names(header: list[str], place: Place) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        first = seen.setdefault(name, number)
        if not name.strip():
            yield error("column-without-name", f"column {number} has no name", place, "name it, or remove the column")
        elif first != number:
            message = f'columns {first} and {number} are both named "{shown(name)}"'
            yield error("duplicate-column", message, place, "rename one of them")


def _phone_missing(header: list[str], listing: Listing) -> Diagnostic:
    used = next((mark for mark in _SEPARATORS if len(header) == 1 and mark in header[0]), None)
    likely = nearest(listing.phone, header) or next((name for name in header if _PHONE_WORDS.search(name)), None)
    if used is not None:
        way_out = f"the cells seem to be separated by {_SEPARATORS[used]}: set `delimiter: {_SEPARATORS[used]}`"
    else:
        names = ", ".join(shown(name) for name in header[:_MOST_COLUMNS_SHOWN])
        meant = f'set `phone: "{shown(likely)}"`' if likely else "set `phone` to the column that holds the number"
        way_out = f"{meant}; the columns are: {names}{', …' if len(header) > _MOST_COLUMNS_SHOWN else ''}"
    message = f'the list has no column "{shown(listing.phone)}", where the phone number is expected'
    return error("phone-column-missing", message, Place(listing.name, 1), way_out)


def _empty(listing: Listing) -> Diagnostic:
    return error(
        "list-empty",
        "the list is empty: it does not even have a header",
        Place(listing.name, 1),
        f"begin it with a line of column names, one of them {listing.phone}",
    )


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
