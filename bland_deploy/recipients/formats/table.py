"""Rows of tables whose cells have types: Parquet, workbooks, the answers of databases.

What JSON has stays as it is. Dates and times become text in ISO 8601, decimals text with all their digits. A number in
the phone's column becomes its digits. What JSON cannot say is never sent: the row is left out as a mistake.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from bland_deploy.diagnostics import shown
from bland_deploy.model.json import Json
from bland_deploy.model.recipient import LeftOut, Row, full_row
from bland_deploy.recipients.formats.listing import Listing, make_row

_PLAIN = frozenset({str, int, bool, type(None)})
_NUMBERS = _PLAIN | {float}


class Unsendable(NamedTuple):
    """A cell that cannot be sent: of which column, and what it holds."""

    column: str
    what: str


# the line of a row, and its cells
Numbered: TypeAlias = tuple[int, Sequence[object] | Unsendable]


def make_rows(header: Sequence[str], rows: Iterable[Numbered], listing: Listing) -> Iterator[Row | LeftOut]:
    """The rows of a table with these columns. An object in a column `call` holds overrides for that one call."""
    clean, has_call, width = make_clean(header, listing.phone), "call" in header, len(header)
    for line, cells in rows:
        if not isinstance(cells, Unsendable) and len(cells) != width:
            yield _wrong_width(line, listing)
            continue
        values = cells if isinstance(cells, Unsendable) else clean(cells)
        if isinstance(values, Unsendable):
            yield _unsendable(values, line, listing)
        elif has_call:
            yield _with_call(line, dict(zip(header, values, strict=True)), listing)
        else:
            yield full_row((line, dict(zip(header, values)), None))  # noqa: B905 - the width is known; any `strict` costs


def make_clean(header: Sequence[str], phone: str) -> Callable[[Sequence[object]], Sequence[Json] | Unsendable]:
    """The function from the cells of a row to what is sent of them."""
    phone_at = header.index(phone) if phone in header else 0

    def clean(cells: Sequence[object]) -> Sequence[Json] | Unsendable:
        kinds = set(map(type, cells))
        if not (kinds <= _PLAIN or (kinds <= _NUMBERS and _all_finite(cells))):
            found = _converted(header, cells)
            if isinstance(found, Unsendable):
                return found
            cells = found
        number = cells[phone_at]
        if isinstance(number, int | float) and not isinstance(number, bool) and number == int(number):
            return [*cells[:phone_at], str(int(number)), *cells[phone_at + 1 :]]  # type: ignore[list-item]  # all are plain by now
        return cells  # type: ignore[return-value]  # all are plain by now

    return clean


def _all_finite(cells: Sequence[object]) -> bool:
    return all(cell - cell == 0.0 for cell in cells if type(cell) is float)


def _converted(header: Sequence[str], cells: Sequence[object]) -> list[Json] | Unsendable:
    values: list[Json] = []
    for column, cell in zip(header, cells, strict=True):
        try:
            values.append(_sendable(cell))
        except _NoJson as problem:
            return Unsendable(column, str(problem))
    return values


class _NoJson(ValueError):
    """What a cell holds, in words."""


def _sendable(cell: object) -> Json:
    """The value as JSON has it. Raises _NoJson."""
    for kinds, convert in _CONVERSIONS:
        if isinstance(cell, kinds):
            return convert(cell)
    raise _NoJson(f"a value of the type {type(cell).__name__}")


def _finite(number: float | Decimal) -> Json:
    if math.isfinite(number):
        return number if isinstance(number, float) else format(number, "f")
    raise _NoJson("an infinite number, or none (NaN)")


def _object(value: Mapping[object, object]) -> Json:
    return {_key(name): _sendable(item) for name, item in value.items()}


def _bytes(_value: object) -> Json:
    raise _NoJson("bytes")


# the first that fits: a moment is a date
_CONVERSIONS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Json]], ...] = (
    ((str, bool, int, type(None)), lambda cell: cell),
    ((float, Decimal), _finite),
    ((date, time), lambda cell: str(cell.isoformat())),
    (UUID, str),
    (Mapping, _object),
    ((list, tuple), lambda cell: [_sendable(item) for item in cell]),
    ((bytes, bytearray, memoryview), _bytes),
)


def _key(name: object) -> str:
    if isinstance(name, str):
        return name
    raise _NoJson("a map whose keys are no text")


def _with_call(line: int, values: dict[str, Json], listing: Listing) -> Row | LeftOut:
    """An object out of a column `call` is what it is in a JSON list, text is a cell, as in CSV, null is nothing."""
    if isinstance(values["call"], str | int | float):
        return Row(line, values)
    if values["call"] is None:
        return Row(line, {name: value for name, value in values.items() if name != "call"})
    return make_row(values, (line, None), listing)


def _wrong_width(line: int, listing: Listing) -> LeftOut:
    return listing.rejected(
        "row-width", "the row has a cell under no name", (line, None), "name the column, or clear the cell"
    )


def _unsendable(cell: Unsendable, line: int, listing: Listing) -> LeftOut:
    return listing.rejected(
        "cell-type",
        f'the cell in "{shown(cell.column)}" holds {cell.what}, which cannot be sent',
        (line, None),
        "leave the column out of the export, or export it as text",
    )
