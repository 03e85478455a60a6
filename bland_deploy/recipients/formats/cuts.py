"""Where CSV can be cut: only where a row surely ends, so that the pieces can be read apart from each other.

A quote means something only at the start of a cell, so that it cannot be told from the number of quotes alone whether a
line end is inside of a cell. What is cut here is text in which every quote opens or closes a cell, or is doubled inside
of one; then the pieces have the rows that the whole has. Everything else is left whole.
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SIZE = 96 * 1024
"""Bytes of a piece, if it can be cut there: a thousand rows or so, and never more than 65,535."""
LARGEST = 768 * 1024  # bytes; so no cell in a piece is larger than cells may be
_BLOCK = 256 * 1024
_TRIES = 8
"""Line ends that are tried, from the last one back: those inside of a cell are none of a row."""


class Cuts:
    """The bytes of a list in UTF-8, cut while it is sure where rows end; and what is left whole after that."""

    def __init__(self, file: io.BufferedReader, delimiter: str) -> None:
        """`delimiter` is one ASCII character. The file is at the start of a row."""
        ends = re.escape(delimiter.encode()) + rb'\r\n"'
        self._closed = re.compile(rb'(?:[^"]*+(?<![^%b])"[^"]*+"(?![^%b]))*+' % (ends, ends))
        self._file, self._data, self._at = file, b"", 0

    def first_line(self) -> str:
        """The first line, where it surely is a row; else "", and nothing is cut off."""
        self._data = self._file.readline(LARGEST)
        end = self._sure_end(len(self._data))
        return self._taken(end) if end == len(self._data) else ""

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, as long as there are any."""
        while end := self._next_end():
            start = self._at
            if not self._taken(end):
                return
            yield self._data[start:end]

    def rest(self, *, whole: bool = False) -> io.TextIOWrapper:
        """What was not cut off, as text; `whole` with the first line, where nothing but that was cut off."""
        data = self._data if whole else self._data[self._at :]
        return io.TextIOWrapper(io.BufferedReader(_Rest(data, self._file)), encoding="utf-8", newline="")

    def _next_end(self) -> int:
        size = SIZE
        while size <= LARGEST:
            if len(self._data) - self._at < size:
                self._data, self._at = self._data[self._at :] + self._file.read(max(size, _BLOCK)), 0
            if len(self._data) - self._at < size:
                return 0
            end = self._sure_end(self._at + size)
            if end:
                return end
            size *= 2
        return 0

    def _sure_end(self, limit: int) -> int:
        """One of the last places before a limit where a row surely ends; 0 where none of them is one."""
        data, at = self._data, self._at
        for _ in range(_TRIES):
            limit = data.rfind(b"\n", at, limit) + 1
            closed = self._closed.match(data, at, limit) if limit else None
            if closed is None:
                break
            if data.find(b'"', closed.end(), limit) < 0:
                return limit
            limit -= 1
        return 0

    def _taken(self, end: int) -> str:
        """The text as far as an end, which is cut off now; "" where it is no UTF-8."""
        try:
            text = self._data[self._at : end].decode()
        except UnicodeDecodeError:
            return ""
        self._at = end
        return text


class _Rest(io.RawIOBase):
    """Bytes that were read already, and those of the file after them."""

    def __init__(self, data: bytes, file: io.BufferedReader) -> None:
        self._data = memoryview(data)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if not self._data:
            return self._file.readinto1(buffer)
        view = memoryview(buffer)
        size = min(len(view), len(self._data))
        view[:size] = self._data[:size]
        self._data = self._data[size:]
        return size
