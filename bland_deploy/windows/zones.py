"""Where a person may be, from the number and the row's own columns: every zone and every jurisdiction that may hold.

A mobile number moves with its owner and numbers are ported between exchanges, so for North America the zones are those
of the whole area code; the columns `timezone`, `state` and `zip` add to them and take nothing away.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bland_deploy.documents.zones import is_zone
from bland_deploy.model.place import Evidence, Place
from bland_deploy.windows.places import (
    NORTH_AMERICA,
    State,
    area_code_zones,
    area_codes,
    depths,
    longest_prefix,
    postal_codes,
    states,
)

_AREA_CODE_END = 5  # of +1 and the three digits
_EXCHANGE_END = 8
_ZIP = 5


class Columns(NamedTuple):
    """What a row says of where its person is: an IANA zone, a state or province, a ZIP or postal code; or empty."""

    timezone: str = ""
    state: str = ""
    zip: str = ""


# columns as a plain tuple in the order of `Columns`: a row does not pay for more
ReadPlace = Callable[[str, str | None, tuple[str, str, str]], Place]
NOTHING = Columns()


def place_reader() -> ReadPlace:
    """A function from a number in normal form, its country (ISO 3166) and the row's columns to the place.

    It remembers what it has read, so a number costs a look-up; equal places are the same object.
    """
    by_number: dict[tuple[str, str | None, tuple[str, str, str]], Place] = {}
    unique: dict[tuple[tuple[str, ...], ...], Place] = {}
    depth = depths()

    def read(identity: str, country: str | None, columns: tuple[str, str, str] = NOTHING) -> Place:
        end = _AREA_CODE_END if identity[:2] == NORTH_AMERICA else 1 + depth.get(identity[1:3], 0)
        key = (identity[:end], country, columns)
        place = by_number.get(key)
        if place is None:
            named = Columns(*columns)
            parts = _parts(evidence(identity, country, named), _unread(identity, named))
            place = by_number[key] = unique.setdefault(parts, Place(*parts))
        return place

    return read


def evidence(identity: str, country: str | None, columns: Columns = NOTHING) -> tuple[Evidence, ...]:
    """Why a person may be somewhere, one reason a line; what `place_reader` goes by, for people to read."""
    return tuple(_evidence(identity, country, columns))


def _evidence(identity: str, country: str | None, columns: Columns) -> Iterator[Evidence]:
    if identity[:2] == NORTH_AMERICA:
        yield from _north_american(identity, country)
        state, by_zip = _state(columns.state), _states_of_zip(columns.zip)
        if state is not None:
            yield Evidence("column state", state.zones, (state.jurisdiction,))
        if by_zip:
            yield Evidence(
                "column zip", _sorted(found.zones for found in by_zip), tuple(found.jurisdiction for found in by_zip)
            )
    else:
        prefix, zones = longest_prefix(identity[1:] if identity[:1] == "+" else "")
        yield Evidence(f"prefix +{prefix}" if prefix else "number", zones, (country,) if country else ())
    if columns.timezone.strip() and is_zone(columns.timezone.strip()):
        yield Evidence("column timezone", (columns.timezone.strip(),), ())


def _north_american(identity: str, country: str | None) -> Iterator[Evidence]:
    code = identity[2:_AREA_CODE_END]
    jurisdictions = area_codes().get(code) or ((country,) if country else ())
    yield Evidence(f"area code {code}", area_code_zones().get(code, ()), jurisdictions)
    prefix, zones = longest_prefix(identity[1:_EXCHANGE_END])
    if len(prefix) > len("1") + len(code):
        yield Evidence(f"exchange {prefix[1:]}", zones, ())


def _state(text: str) -> State | None:
    return states().get(text.strip().upper())


def _states_of_zip(text: str) -> tuple[State, ...]:
    code, table = text.strip().upper(), postal_codes()
    if code[:1].isdigit():
        return table.get(code[:_ZIP]) or table.get(code[:3], ()) if len(code) >= _ZIP else ()
    return table.get(code[:1], ())


def _unread(identity: str, columns: Columns) -> tuple[str, ...]:
    unread = []
    if columns.timezone.strip() and not is_zone(columns.timezone.strip()):
        unread.append("timezone")
    if identity[:2] == NORTH_AMERICA:
        if columns.state.strip() and _state(columns.state) is None:
            unread.append("state")
        if columns.zip.strip() and not _states_of_zip(columns.zip):
            unread.append("zip")
    return tuple(unread)


def _parts(found: Iterable[Evidence], unread: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    found = tuple(found)
    return _sorted(item.zones for item in found), _sorted(item.jurisdictions for item in found), unread


def _sorted(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for group in groups for name in group}))
