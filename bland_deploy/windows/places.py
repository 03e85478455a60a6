"""Tables of places: area codes and states of North America, and the zones that libphonenumber knows for prefixes.

`data/states.toml` is written by hand; `data/area-codes.toml` is generated from libphonenumber's descriptions.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data
from typing import Any, NamedTuple

from phonenumbers.tzdata import TIMEZONE_DATA

NORTH_AMERICA = "+1"
_AREA_CODE = 4  # digits of a prefix that ends with the area code, the calling code included


class State(NamedTuple):
    """A state or province: its zones, every one that some part of it keeps."""

    jurisdiction: str
    zones: tuple[str, ...]


@cache
def states() -> Mapping[str, State]:
    """States and provinces by what people write in capitals: the postal abbreviation, the name, `US-TX`."""
    found: dict[str, State] = {}
    for jurisdiction, table in _states().items():
        state = State(jurisdiction, tuple(table["zones"]))
        found |= dict.fromkeys((jurisdiction, jurisdiction[3:], table["name"].upper()), state)
    return found


@cache
def postal_codes() -> Mapping[str, tuple[State, ...]]:
    """The states whose postal codes begin so: with five digits or three, or with one letter."""
    found: dict[str, tuple[State, ...]] = {}
    for jurisdiction, table in _states().items():
        state = State(jurisdiction, tuple(table["zones"]))
        for written in table["postal_codes"]:
            first, _, last = written.partition("-")
            prefixes = [f"{number:03}" for number in range(int(first), int(last) + 1)] if last else [first]
            for prefix in prefixes:
                found[prefix] = (*found.get(prefix, ()), state)
    return found


@cache
def area_codes() -> Mapping[str, tuple[str, ...]]:
    """The jurisdictions of each geographic area code of North America."""
    found: dict[str, tuple[str, ...]] = {}
    for jurisdiction, codes in _read("area-codes.toml").items():
        for code in codes:
            found[code] = (*found.get(code, ()), jurisdiction)
    return found


@cache
def area_code_zones() -> Mapping[str, tuple[str, ...]]:
    """The zones of every exchange of an area code, together."""
    found: dict[str, set[str]] = {}
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix[0] == "1" and len(prefix) >= _AREA_CODE:
            found.setdefault(prefix[1:_AREA_CODE], set()).update(zones)
    return {code: tuple(sorted(zones)) for code, zones in found.items()}


@cache
def depths() -> Mapping[str, int]:
    """How many digits of a number can matter for its zone outside of North America, by its first two digits."""
    found: dict[str, int] = {}
    for prefix in TIMEZONE_DATA:
        if prefix[0] != "1":
            found[prefix[:2]] = max(found.get(prefix[:2], 0), len(prefix))
    return found


def longest_prefix(digits: str) -> tuple[str, tuple[str, ...]]:
    """The longest prefix of a number for which libphonenumber knows zones, and them; both empty where there is none."""
    for size in range(len(digits), 0, -1):
        zones = TIMEZONE_DATA.get(digits[:size])
        if zones is not None:
            return digits[:size], tuple(zones)
    return "", ()


def _states() -> Mapping[str, dict[str, Any]]:
    return _read("states.toml")


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((get_data("bland_deploy.windows", f"data/{name}") or b"").decode())
