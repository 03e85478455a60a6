"""What every format is told about a list, and what it makes of it."""

from typing import NamedTuple, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.model.json import Json
from bland_deploy.model.recipient import LeftOut, Outcome, Row

# a row, a row that cannot be used, or something about the whole list
Read: TypeAlias = Row | LeftOut | Diagnostic


class Listing(NamedTuple):
    """A list: its name in diagnostics, the column of the number, the separator of cells or the sheet."""

    name: str
    phone: str
    delimiter: str | None = None
    sheet: str | None = None

    def rejected(self, rule: str, message: str, place: tuple[int, int | None], help: str | None = None) -> LeftOut:  # noqa: A002 - the word of the output format
        """A row that cannot be used, at (line, column)."""
        return LeftOut(place[0], Outcome.INVALID, error(rule, message, Place(self.name, *place), help))


def make_row(value: Json, place: tuple[int, int | None], listing: Listing) -> Row | LeftOut:
    """The row of an inline, JSON or JSONL list: an object, whose `call` holds overrides for that one call."""
    if not isinstance(value, dict):
        return listing.rejected(
            "row-not-object", "a row must be an object", place, 'write rows like {"phone_number": "+14155550100"}'
        )
    if "call" not in value:
        return Row(place[0], value)
    call = value["call"]
    if not isinstance(call, dict):
        return listing.rejected(
            "row-call-not-object", "`call` of a row must be an object of call parameters", place, "remove it, or {…}"
        )
    return Row(place[0], {name: cell for name, cell in value.items() if name != "call"}, call)
