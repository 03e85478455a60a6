"""Bland's placeholders: bare names in double braces that Bland fills during the call."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, zip_longest
from typing import NamedTuple, TypeAlias
from unicodedata import category

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, warning
from bland_deploy.model.json import Json

BUILT_INS = frozenset(
    {
        *("phone_number", "timezone", "country", "state", "city", "zip", "call_id", "now", "now_utc"),
        *("from", "to", "short_from", "short_to", "language", "timestamp"),
        *("lastUserMessage", "prevNodePrompt", "voice_id"),
    }
)
"""Names that Bland fills by itself (API reference, section 5): of every call, of payloads, of pathways."""

SHOWN_ROWS = 5

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}%#\s](?:[^{}%#\r\n]*[^{}%#\s])?)\s*\}\}")
_ASCII_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_ -]*[A-Za-z0-9_])?")
_APART = re.compile(rf"({_PLACEHOLDER.pattern})")

Parts: TypeAlias = tuple[str, ...]
"""A text in its parts: text, placeholder, its name, text, placeholder, its name, …, text."""


class Placeholder(NamedTuple):
    """A name that Bland fills, as written, and where it is used."""

    name: str
    place: Place


class Lacking(NamedTuple):
    """How many rows lack a variable, and the lines of the first few."""

    rows: int
    lines: tuple[int, ...]


def is_bare_name(text: str) -> bool:
    """Whether a text is letters (of any script), digits, spaces, `_` and `-`, without spaces around it."""
    if text.isascii():
        return _ASCII_NAME.fullmatch(text) is not None
    if text != text.strip(" -"):
        return False
    return all(char.isalnum() or char in " _-" or category(char).startswith("M") for char in text)


@lru_cache(4096)
def fold(name: str) -> str:
    """The form in which Bland compares names: trimmed, without case."""
    return name.strip().casefold()


def find_placeholders(text: str) -> tuple[str, ...]:
    """The names of the placeholders of a finished text, each once, as first written."""
    names: dict[str, str] = {}
    for match in _PLACEHOLDER.finditer(text):
        if is_bare_name(match[1]):
            names.setdefault(fold(match[1]), match[1])
    return tuple(names.values())


def present(placeholders: Iterable[Placeholder], text: str, place: Place) -> tuple[Placeholder, ...]:
    """The placeholders of a rendered text: those of the template that came through (a branch may leave some out).

    Names that no template has, since they came from data, stand at `place`.
    """
    rendered = {fold(name): name for name in find_placeholders(text)}
    used = tuple(placeholder for placeholder in placeholders if fold(placeholder.name) in rendered)
    written = {fold(placeholder.name) for placeholder in used}
    return used + tuple(Placeholder(name, place) for key, name in rendered.items() if key not in written)


def check_placeholders(
    placeholders: Iterable[Placeholder], known: Iterable[str], partial: Mapping[str, Lacking] | None = None
) -> tuple[Diagnostic, ...]:
    """What is wrong with placeholders, given the variables that the rows have.

    `known` are the names that some row, `response_data` or `placeholders:` gives; the built-ins are known anyway.
    `partial` are those of them that some rows lack.
    """
    spelt = {**_FOLDED, **{fold(name): name for name in known}}
    lacking = {fold(name): rows for name, rows in (partial or {}).items()}
    found = []
    for name, place in placeholders:
        key = fold(name)
        if key not in spelt:
            found.append(_unknown(name, place, spelt))
        elif key in lacking:
            found.append(_lacking(name, place, lacking[key]))
    return tuple(dict.fromkeys(found))


def fill(text: str, values: Mapping[str, Json]) -> str:
    """What Bland makes of a text during the call: known names are filled without regard to case, others stay.

    A value that is no string is written as JSON (what Bland does with those is not documented).
    """
    return fill_parts(parts_of(text), by_folded_name(values))


@lru_cache(1024)
def parts_of(text: str) -> Parts:
    """The parts of a text; the only one is the text where it has no placeholder."""
    return tuple(_APART.split(text))


@lru_cache(1024)
def blank_names(text: str) -> frozenset[str]:
    """The folded form of the names that a text leaves blank."""
    return frozenset(map(fold, parts_of(text)[2::3]))


_FOLDED = {fold(name): name for name in BUILT_INS}


def by_folded_name(values: Mapping[str, Json]) -> dict[str, Json]:
    """Values by the form in which Bland compares their names."""
    return dict(zip(_folded(tuple(values)), values.values(), strict=True))


@lru_cache(256)
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold, names))


def fill_parts(parts: Parts, by_name: Mapping[str, Json]) -> str:
    """The parts of a text put together as `fill` does, with values by the folded form of their names."""
    return put_together(parts, written_in(parts, by_name))


def written_in(parts: Parts, by_name: Mapping[str, Json]) -> tuple[str, ...]:
    """What stands in the places of the placeholders of a text in its parts, in order."""
    values = [by_name.get(name, placeholder) for name, placeholder in _blanks(parts)]
    return tuple([value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values])


@lru_cache(1024)
def _blanks(parts: Parts) -> tuple[tuple[str, str], ...]:
    """The placeholders of a text in its parts: the folded form of the name, and what is written."""
    return tuple((fold(name), placeholder) for placeholder, name in zip(parts[1::3], parts[2::3], strict=True))


def put_together(parts: Parts, written: tuple[str, ...]) -> str:
    """The parts of a text with something else in the places of its placeholders."""
    return "".join(chain.from_iterable(zip_longest(parts[::3], written, fillvalue="")))


def _unknown(name: str, place: Place, spelt: Mapping[str, str]) -> Diagnostic:
    """The error for a placeholder that nothing fills."""
    guess = nearest(fold(name), spelt)
    meant = f"did you mean {{{{{spelt[guess]}}}}}? Otherwise " if guess else ""
    return error(
        "placeholder-unknown",
        f"nothing gives Bland a value for {{{{{name}}}}}",
        place,
        f"{meant}add `{name}` to `recipients.variables` or `request_data`, or to `placeholders:` if a tool or a "
        "pathway provides it",
    )


def _lacking(name: str, place: Place, lacking: Lacking) -> Diagnostic:
    """The warning for a placeholder that stays empty for some people."""
    lines = ", ".join(str(line) for line in lacking.lines[:SHOWN_ROWS])
    more = ", …" if lacking.rows > min(len(lacking.lines), SHOWN_ROWS) else ""
    which = f" (line {lines})" if lacking.rows == 1 else f" (lines {lines}{more})"
    return warning(
        "placeholder-missing",
        f"{lacking.rows} {'row lacks' if lacking.rows == 1 else 'rows lack'} {{{{{name}}}}}{which if lines else ''}",
        place,
        "give the rows a value, or one for all in `recipients.defaults`",
    )
