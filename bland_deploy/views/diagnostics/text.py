"""Diagnostics for people: the message, the source line with a caret, and the way out.

What users wrote is shown without control characters and with phone numbers and keys made unreadable; lines of lists of
people are never shown.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from bland_deploy.diagnostics import Diagnostic, Place, Severity, counted
from bland_deploy.views.diagnostics.checked import Checked, ReadSource, clean, lines_of, masked, sentence

_TAB = 4
_WIDTH = 110
_WORD = re.compile(r"\"[^\"]*\"?|'[^']*'?|[\w.+•-]+")

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[34m"
_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}


class _Line(NamedTuple):
    """A source line ready to show: its text, and where in it (in columns of the terminal) the mistake is."""

    text: str
    offset: int
    length: int


def render(diagnostics: Sequence[Diagnostic], read_source: ReadSource, color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The diagnostics that count, an empty line after each. `read_source` gives a file's text, or None to show none."""
    sources: dict[str, list[str]] = {}
    parts = []
    for diagnostic in counted(diagnostics):
        file = diagnostic.place.file
        if file is not None and file not in sources:
            sources[file] = lines_of(file, read_source)
        parts.append(_block(diagnostic, sources.get(file or "", []), color))
    return "".join(parts)


def render_with_summary(diagnostics: Sequence[Diagnostic], checked: Checked, color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The diagnostics and a last line that counts them."""
    return f"{render(diagnostics, checked.read_source, color)}{summary(diagnostics)}\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """`3 errors, 1 warning, 2 ignored`, or `no problems`."""
    counting = [diagnostic.severity for diagnostic in counted(diagnostics)]
    counts = [(severity, counting.count(severity)) for severity in Severity]
    words = [f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts if count]
    ignored = len(diagnostics) - len(counting)
    return ", ".join(words or ["no problems"]) + (f", {ignored} ignored" if ignored else "")


def _block(diagnostic: Diagnostic, lines: list[str], color: bool) -> str:  # noqa: FBT001 - passed on
    paint = _COLORS[diagnostic.severity] if color else ""
    place = clean(str(diagnostic.place))
    head = f"{_painted(_BOLD, place + ':', color)} " if place else ""
    title = _painted(paint, f"{diagnostic.severity}:", color)
    text = f"{head}{title} {sentence(diagnostic.message)} [{diagnostic.rule}]\n"
    line, gutter = _source(diagnostic.place, lines), " " * len(str(diagnostic.place.line or ""))
    if line is not None:
        bar = _painted(_DIM, "|", color)
        caret = _painted(paint, "^" * line.length, color)
        number = _painted(_DIM, str(diagnostic.place.line), color)
        shown = f"{gutter} {bar}\n{number} {bar} {line.text}".rstrip()
        text += f"{shown}\n{gutter} {bar} {' ' * line.offset}{caret}\n"
    if diagnostic.help:
        mark = f"{gutter} = " if line is not None else "  = "
        text += f"{mark}{_painted(_BOLD, 'help:', color)} {sentence(diagnostic.help)}\n"
    return text + "\n"


def _painted(paint: str, text: str, color: bool) -> str:  # noqa: FBT001 - passed on
    return f"{paint}{text}{_RESET}" if color else text


def _source(place: Place, lines: list[str]) -> _Line | None:
    """The line of a place, or None where there is none to show."""
    if place.line is None or not 0 < place.line <= len(lines):
        return None
    raw = lines[place.line - 1]
    column = min((place.column or 1) - 1, len(raw))
    if place.column is None:
        column = len(raw) - len(raw.lstrip())
    word = _WORD.match(raw, column)
    end = word.end() if word else min(column + 1, len(raw))
    return _cut(masked(raw), column, max(end, column + 1))


def _cut(line: str, begin: int, end: int) -> _Line:
    """The part of a line around the mistake that fits, with tabs as spaces."""
    first = max(0, min(begin - _WIDTH // 2, len(line) - _WIDTH))
    last = min(len(line), first + _WIDTH)
    before, marked = _shown(line[first:begin]), _shown(line[begin : min(end, last)])
    front, back = "…" if first else "", "…" if last < len(line) else ""
    after = _shown(line[min(end, last) : last])
    return _Line(f"{front}{before}{marked}{after}{back}", _columns(front + before), max(1, _columns(marked)))


def _shown(text: str) -> str:
    return clean(text.replace("\t", " " * _TAB))


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text)
