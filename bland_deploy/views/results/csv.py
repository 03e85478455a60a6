"""Results as CSV that a spreadsheet opens without running anything."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from bland_deploy.model.json import Json, JsonObject

# what a spreadsheet takes for a formula (OWASP, CSV injection); a signed number, masked or not, is none
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-][\d.•]+")


class _Pieces(list[str]):
    """Takes what the csv module writes."""

    def write(self, text: str) -> None:
        """One line."""
        self.append(text)


def lines(records: Iterable[JsonObject], names: Sequence[str]) -> Iterator[bytes]:
    """The file piece by piece: UTF-8, RFC 4180, a header first."""
    written = _Pieces()
    writer = csv.writer(written)
    writer.writerow([harmless(name) for name in names])
    for record in records:
        writer.writerow([_cell(record[name]) for name in names])
        yield "".join(written).encode()
        written.clear()
    yield "".join(written).encode()


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe goes before what would be a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _cell(value: Json) -> str | int | float | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return harmless(value)
        case dict() | list():
            return harmless(json.dumps(value, ensure_ascii=False, sort_keys=True))
        case _:
            return value
