"""Where the people of a list may be: by their numbers, and by what their rows say."""

from collections.abc import Collection
from itertools import repeat

from bland_deploy.model.json import Json
from bland_deploy.model.place import Place
from bland_deploy.operations.calls.chunks import PlacesOf
from bland_deploy.recipients.crowd import Crowd
from bland_deploy.windows.zones import NOTHING, Columns, place_reader


def whereabouts_reader(columns: Collection[str] | None) -> PlacesOf:
    """The function from people to where they may be.

    `columns` are those of the list, None where rows have keys of their own. Whatever the case of its name, a column
    `timezone`, `state` or `zip` counts; where rows have keys of their own it is in small letters.
    """
    read = place_reader()
    by_name = {column.casefold(): column for column in reversed(list(columns or ()))}
    timezone, state, zip_ = (by_name.get(name, name) for name in Columns._fields)
    is_said = columns is None or bool(by_name.keys() & set(Columns._fields))

    def places_of(crowd: Crowd) -> list[Place]:
        texts = (map(_text, crowd.rows.column(name)) for name in (timezone, state, zip_))
        said = zip(*texts, strict=True) if is_said else repeat(NOTHING, len(crowd.numbers))
        return [read(number.identity, number.country, cells) for number, cells in zip(crowd.numbers, said, strict=True)]

    return places_of


def _text(cell: Json) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)
