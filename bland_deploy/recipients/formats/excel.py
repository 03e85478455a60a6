"""Excel workbooks (.xlsx): one sheet, whose first row that is not blank names the columns.

Excel knows no whole numbers: a number without a fraction is taken for one. The values of formulas are those that were
calculated when the workbook was saved; one that failed (#N/A) is a blank cell.
"""

import importlib
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, shown, warning
from bland_deploy.recipients.broken import BrokenList, damaged, needs_extra
from bland_deploy.recipients.formats.header import check_header
from bland_deploy.recipients.formats.listing import Listing, Read
from bland_deploy.recipients.formats.table import Numbered, make_rows

LARGEST = 1024 * 1024 * 1024  # bytes of what is packed into the workbook; the sheet is held in memory


def columns(file: BinaryIO, listing: Listing) -> tuple[str, ...] | None:
    """The header of the sheet, or None where `rows` will find fault with it."""
    sheet = _open(file, listing)
    found = None if isinstance(sheet, Diagnostic) else next(_numbered(sheet), None)
    header = _header(found[1]) if found else ()
    return None if check_header(header, listing) else header


def rows(file: BinaryIO, listing: Listing) -> Iterator[Read]:
    """The rows below the header, by their numbers in the sheet; blank rows are none."""
    sheet = _open(file, listing)
    if isinstance(sheet, Diagnostic):
        yield sheet
        return
    yield from _doubts(sheet, listing)
    numbered = _numbered(sheet)
    first = next(numbered, None)
    header = _header(first[1]) if first else ()
    mistakes = check_header(header, listing)
    if mistakes:
        yield from mistakes
        return
    yield from make_rows(header, _within(len(header), numbered), listing)


def _within(width: int, numbered: Iterator[Numbered]) -> Iterator[Numbered]:
    """The rows without what is blank behind the last named column."""
    for line, cells in numbered:
        yield line, cells if any(cell != "" for cell in cells[width:]) else cells[:width]


class _Sheet:
    """A sheet, and the workbook that it is one of."""

    def __init__(self, workbook: Any, name: str) -> None:
        self.workbook = workbook
        self.opened = workbook.get_sheet_by_name(name)


def _open(file: BinaryIO, listing: Listing) -> _Sheet | Diagnostic:
    import zipfile  # noqa: PLC0415 - few lists are workbooks

    try:
        calamine = importlib.import_module("python_calamine")
    except ImportError:
        raise needs_extra(listing.name, "Excel workbooks", "excel") from None
    try:
        _refuse_bomb(file, listing)
        workbook = calamine.CalamineWorkbook.from_object(file)
        names = workbook.sheet_names
        if listing.sheet is not None and listing.sheet not in names:
            return _no_sheet(listing, names)
        return _Sheet(workbook, listing.sheet or names[0])
    except (calamine.CalamineError, zipfile.BadZipFile, IndexError) as problem:
        raise damaged(listing.name, "the workbook") from problem


def _refuse_bomb(file: BinaryIO, listing: Listing) -> None:
    """BrokenList for more than fits the memory. The size of an archive says nothing about its contents."""
    import zipfile  # noqa: PLC0415 - few lists are workbooks

    with zipfile.ZipFile(file) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST:
        message = f"the workbook holds more than {LARGEST:,} bytes"
        raise BrokenList(error("list-too-large", message, Place(listing.name), "save the sheet as CSV"))
    file.seek(0, io.SEEK_SET)


def _no_sheet(listing: Listing, names: Sequence[str]) -> Diagnostic:
    wanted = listing.sheet or ""
    meant = nearest(wanted, names)
    way_out = f'did you mean "{shown(meant)}"?' if meant else f"its sheets are: {', '.join(map(shown, names))}"
    return error("sheet-missing", f'the workbook has no sheet "{shown(wanted)}"', Place(listing.name), way_out)


def _doubts(sheet: _Sheet, listing: Listing) -> Iterator[Diagnostic]:
    names = sheet.workbook.sheet_names
    if listing.sheet is None and len(names) > 1:
        message = f'the workbook has {len(names)} sheets, and the first is read: "{shown(names[0])}"'
        yield warning("sheet-unsaid", message, Place(listing.name), f'say which: sheet: "{shown(names[0])}"')


def _numbered(sheet: _Sheet) -> Iterator[Numbered]:
    """The rows that are not blank, each with its number in the sheet."""
    for line, cells in enumerate(sheet.opened.iter_rows(), 1):
        if any(cell != "" for cell in cells):
            yield line, [_whole(cell) for cell in cells]


def _whole(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _header(cells: Sequence[object]) -> tuple[str, ...]:
    """The names of the columns; columns behind the last name are none."""
    names = [str(cell) for cell in cells]
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)
