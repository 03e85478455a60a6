"""Positions: one number for every character of every template, so that each token knows its file, line and column.

Jinja carries one integer with every token, node and line of generated code, and takes it for a line number. We give
it a position instead: the offset in a text plus the base of that text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from bland_deploy.diagnostics import NOWHERE, Place
from bland_deploy.documents.nodes import Scalar

_LINE_END = re.compile("\n")


class Tag(NamedTuple):
    """Where a tag stands in its text: from its `{{` or `{%` to behind its `}}` or `%}`."""

    start: int
    end: int


@dataclass(slots=True)
class Source:
    """A template's text, where it came from, the position of its first character, and its tags in order."""

    scalar: Scalar
    text: str
    base: int
    tags: list[Tag] = field(default_factory=list)
    _lines: list[int] | None = None

    def place(self, offset: int) -> Place:
        """The place of a character, given its offset in the text."""
        if self._lines is None:
            self._lines = [0, *(line_end.end() for line_end in _LINE_END.finditer(self.text))]
        line = bisect_right(self._lines, offset)
        return self.scalar.place_in(line, offset - self._lines[line - 1] + 1)

    def tag_at(self, offset: int) -> Tag | None:
        """The tag around a character, if any."""
        index = bisect_right(self.tags, offset, key=lambda tag: tag.start) - 1
        tag = self.tags[index] if index >= 0 else None
        return tag if tag and offset < tag.end else None


class Sources:
    """Every text that was read, by position."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._end = 1

    def add(self, scalar: Scalar, text: str) -> Source:
        """Give a text its positions."""
        source = Source(scalar, text, self._end)
        self._sources.append(source)
        self._end += len(text) + 1
        return source

    def find(self, position: int) -> tuple[Source, int] | None:
        """The text that holds a position, and the offset in it."""
        index = bisect_right(self._sources, position, key=lambda source: source.base) - 1
        if index < 0:
            return None
        source = self._sources[index]
        return source, min(position - source.base, len(source.text))

    def place(self, position: int) -> Place:
        """The place of a position."""
        found = self.find(position)
        return found[0].place(found[1]) if found else NOWHERE
