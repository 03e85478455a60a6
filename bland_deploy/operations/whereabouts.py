"""Where the people of a list may be: by their numbers, and by what their rows say."""

from collections.abc import Collection

from bland_deploy.model.json import Json
from bland_deploy.model.place import Place
from bland_deploy.model.recipient import Recipient
from bland_deploy.operations.chunks import PlaceOf
from bland_deploy.windows.zones import NOTHING, Columns, place_reader


def whereabouts_reader(columns: Collection[str] | None) -> PlaceOf:
    """The function from a person to where they may be.

    `columns` are those of the list, None where rows have keys of their own. Whatever the case of its name, a column
    `timezone`, `state` or `zip` counts; where rows have keys of their own it is in small letters.
    """
    read = place_reader()
    by_name = {column.casefold(): column for column in reversed(list(columns or ()))}
    timezone, state, zip_ = (by_name.get(name, name) for name in Columns._fields)
    if columns is not None and not by_name.keys() & set(Columns._fields):
        return lambda person: read(person[1].identity, person[1].country, NOTHING)

    def place_of(person: Recipient) -> Place:
        row, number = person
        cells = row.values
        said = (_text(cells.get(timezone)), _text(cells.get(state)), _text(cells.get(zip_)))
        return read(number.identity, number.country, said)

    return place_of


def _text(cell: Json) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)
