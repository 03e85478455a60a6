"""What the tool has to say about the user's files: values with a place, never exceptions.

Functions that read files return what they could read together with their diagnostics, so that one run shows
every mistake. Messages quote keys and column names, never a cell of a recipient list and never a phone number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is: an error stops everything, a warning is for a person to judge, a note is information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Place(NamedTuple):
    """A place in a file: `file` relative to the workspace, `line` and `column` from 1, None where there is none."""

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: the id of its rule, what is wrong, where, and the way out.

    `ignored` is the reason that a comment in the file gives for ignoring it; None where it counts.
    """

    rule: str
    severity: Severity
    message: str
    place: Place = NOWHERE
    help: str | None = None
    ignored: str | None = None


def error(rule: str, message: str, place: Place = NOWHERE, help: str | None = None) -> Diagnostic:  # noqa: A002 - the word of the output format
    """A diagnostic that stops everything."""
    return Diagnostic(rule, Severity.ERROR, message, place, help)


def warning(rule: str, message: str, place: Place = NOWHERE, help: str | None = None) -> Diagnostic:  # noqa: A002 - the word of the output format
    """A diagnostic for a person to judge."""
    return Diagnostic(rule, Severity.WARNING, message, place, help)


def note(rule: str, message: str, place: Place = NOWHERE, help: str | None = None) -> Diagnostic:  # noqa: A002 - the word of the output format
    """A diagnostic that only informs."""
    return Diagnostic(rule, Severity.NOTE, message, place, help)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def is_at_least(diagnostic: Diagnostic, severity: Severity) -> bool:
    """Whether it is as bad as that, or worse."""
    order = tuple(Severity)
    return order.index(diagnostic.severity) <= order.index(severity)


def counted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those that no comment ignores."""
    return tuple(diagnostic for diagnostic in diagnostics if diagnostic.ignored is None)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics by file, line and column, each once."""

    def position(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
        place = diagnostic.place
        return (place.file or "", place.line or 0, place.column or 0, diagnostic.rule, diagnostic.message)

    return tuple(sorted(dict.fromkeys(diagnostics), key=position))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is misspelt

    matches = get_close_matches(word.lower(), list(dict.fromkeys(known)), n=1, cutoff=0.6)
    return matches[0] if matches else None


def mask_number(text: str) -> str:
    """A phone number made unreadable: `+14155550100` becomes `+1415•••0100`; what is too short to cut becomes `•••`."""
    kept_in_front = 5 if text.startswith("+") else 3
    if len(text) < kept_in_front + 6:
        return "•••"
    return f"{text[:kept_in_front]}•••{text[-4:]}"


# Runs of digits as long as a phone number, and digits in groups as people write numbers; dates are left alone.
_DIGITS = re.compile(r"\+?\d{7,}|(?<![\w-])\+?\(?\d(?:[\s().\-]{0,2}\d){6,}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2})?")
_LONGEST_QUOTE = 60
_SHOWN_IN_PART = 11  # shorter numbers are hidden whole: what is left would give them away


def mask_text(text: str) -> str:
    """Any text with the phone numbers in it made unreadable, each character in its place."""

    def masked(match: re.Match[str]) -> str:
        number = match[0]
        if _DATE.fullmatch(number):
            return number
        places = [index for index, character in enumerate(number) if character.isdigit()]
        hidden = set(places[4:-4] if len(places) >= _SHOWN_IN_PART else places)
        return "".join("•" if index in hidden else character for index, character in enumerate(number))

    return _DIGITS.sub(masked, text)


def shown(text: str) -> str:
    """A key or a word of the user's files as a message may quote it: one line, not long, no phone number."""
    line = mask_text(" ".join(text.split()))
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"
