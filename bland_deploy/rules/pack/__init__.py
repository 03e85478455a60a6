"""The rules pack that ships with the package, as frozen values.

It is written in the TOML files beside this one. What is read is `pack.json`, which `scripts/generate` makes of them: a
small plan would spend a fiftieth of its time on TOML.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pkgutil import get_data
from types import MappingProxyType
from typing import Any

import orjson

from bland_deploy.model.hours import week_of
from bland_deploy.model.pack import (
    AreaCodes,
    CallingHours,
    Cap,
    Cited,
    ConsentRule,
    Denials,
    Disclosure,
    ListAge,
    Pack,
    Profile,
    Recording,
    Review,
)

FILES = (
    "area-codes.toml",
    "caps.toml",
    "consent.toml",
    "disclosures.toml",
    "hours.toml",
    "lists.toml",
    "profiles.toml",
    "recording.toml",
    "review.toml",
)
_CITED = ("id", "jurisdiction", "text", "source", "note")


@cache
def load_pack() -> Pack:
    """The pack."""
    return make_pack(orjson.loads(get_data(__name__, "pack.json") or b""))


def join_files(contents: Mapping[str, bytes]) -> dict[str, Any]:
    """The tables of the TOML files, by name, and their `digest`: over names and bytes, in the order of the names."""
    import tomllib  # noqa: PLC0415 - only whoever changes the pack needs it

    digest = hashlib.sha256()
    tables: dict[str, Any] = {}
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        tables |= tomllib.loads(content.decode("utf-8"))
    return {"digest": digest.hexdigest(), **tables}


def make_pack(tables: Mapping[str, Any]) -> Pack:
    """A pack out of its tables. Raises ValueError or KeyError for tables that are not of the pack's form."""
    profiles = [_profile(table) for table in tables["profile"]]
    return Pack(
        digest=tables["digest"],
        profiles=MappingProxyType({profile.rule.id: profile for profile in profiles}),
        hours=tuple(_hours(table) for table in tables["hours"]),
        caps=tuple(_cap(table) for table in tables["cap"]),
        list_ages=tuple(ListAge(_cited(table), table["kind"], table["hours"]) for table in tables["list"]),
        disclosures=tuple(
            Disclosure(_cited(table), table["kind"], _phrases(table), _words(table)) for table in tables["disclosure"]
        ),
        denials=tuple(Denials(_cited(table), _phrases(table), _words(table)) for table in tables["denial"]),
        recording=tuple(Recording(_cited(table), frozenset(table["jurisdictions"])) for table in tables["recording"]),
        area_codes=tuple(
            AreaCodes(_cited(table), table["kind"], frozenset(table["codes"])) for table in tables["area_codes"]
        ),
        consent=tuple(_consent(table) for table in tables["consent"]),
        review=tuple(Review(_cited(table), table["days"]) for table in tables["review"]),
    )


def _cited(table: Mapping[str, Any]) -> Cited:
    texts = {name: table.get(name, "") if name == "note" else table[name] for name in _CITED}
    return Cited(
        effective=_date(table.get("effective", "")),
        verified=_date(table["verified"]),
        review_by=date.fromisoformat(table["review_by"]),
        **texts,
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _profile(table: Mapping[str, Any]) -> Profile:
    week = week_of(table["hours"]) if "hours" in table else None
    return Profile(_cited(table), week, table["by_jurisdiction"], table["on_holidays"])


def _hours(table: Mapping[str, Any]) -> CallingHours:
    return CallingHours(_cited(table), week_of(table["hours"]), table["on_holidays"])


def _cap(table: Mapping[str, Any]) -> Cap:
    return Cap(_cited(table), table["calls"], table["hours"], frozenset(table["purposes"]))


def _words(table: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({language: tuple(words) for language, words in table.get("words", {}).items()})


def _consent(table: Mapping[str, Any]) -> ConsentRule:
    return ConsentRule(_cited(table), frozenset(table["purposes"]), table["type"], table["days"])


def _phrases(table: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({language: tuple(patterns) for language, patterns in table["phrases"].items()})
