"""The text of a list, streamed, and refused where it is no text. Memory does not grow with the list."""

import codecs
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.bytes import explain

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE = 16 * 1024 * 1024  # bytes; a line is held in memory
_CHUNK = 256 * 1024
_SMALL = 4096
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


@contextmanager
def open_text(
    unpack: Callable[[io.RawIOBase], io.RawIOBase], open_raw: Callable[[], io.RawIOBase], name: str, longest_line: int
) -> Iterator[io.TextIOWrapper]:
    """The text of the bytes that `open_raw` gives and `unpack` unpacks: UTF-8 with or without a byte order mark.

    Newlines stay as they are; `longest_line` counts bytes. Raises BrokenList, also while the text is read.
    """
    try:
        with open_raw() as raw, unpack(raw) as file:
            buffer = min(_CHUNK, max(_SMALL, os.fstat(raw.fileno()).st_size + 1))
            buffered = io.BufferedReader(_Watched(file, name, longest_line), buffer)
            if buffered.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
                buffered.read(len(codecs.BOM_UTF8))
            with io.TextIOWrapper(buffered, encoding="utf-8", newline="") as text:
                yield text
    except UnicodeDecodeError as problem:
        raise BrokenList(_wrong_encoding(lambda: unpack(open_raw()), name)) from problem
    except OSError as problem:
        raise BrokenList(explain(name, problem)) from problem


class _Watched(io.RawIOBase):
    """Bytes, watched while they pass: they must be those of a text."""

    def __init__(self, file: io.RawIOBase, name: str, longest_line: int) -> None:
        self._file = file
        self._name = name
        self._longest_line = longest_line
        self._begun = False
        self._lines = 0
        self._since_line_end = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        size = self._file.readinto(buffer) or 0
        data = bytes(memoryview(buffer)[:size])
        if data:
            self._refuse_what_is_no_text(data)
            self._lines += data.count(b"\n")
        return len(data)

    def _refuse_what_is_no_text(self, data: bytes) -> None:
        if not self._begun and data.startswith(_WIDE_MARKS):
            raise BrokenList(
                error("wrong-encoding", "the list is UTF-16 or UTF-32", Place(self._name), "save it as UTF-8")
            )
        self._begun = True
        zero = data.find(b"\0")
        if zero >= 0:
            place = Place(self._name, self._lines + data.count(b"\n", 0, zero) + 1)
            raise BrokenList(error("binary-file", "the list is not text: it holds a NUL byte", place, _NOT_TEXT))
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_line_end = len(data) - end - 1 if end >= 0 else self._since_line_end + len(data)
        if self._since_line_end > self._longest_line:
            place = Place(self._name, self._lines + data.count(b"\n") + 1)
            raise BrokenList(
                error("line-too-long", f"a line is longer than {self._longest_line:,} bytes", place, _NOT_TEXT)
            )


_NOT_TEXT = "export the list as text in UTF-8 (CSV, JSON), or name it for what it is: .xlsx, .parquet, .csv.gz"


def _wrong_encoding(open_again: Callable[[], io.RawIOBase], name: str) -> Diagnostic:
    """Where the bytes stop being UTF-8: found by reading once more, since nobody pays for it but broken lists."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = lines = 0
    with suppress(OSError), open_again() as file:
        while chunk := file.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                offset += problem.start - pending
                lines += chunk.count(b"\n", 0, max(problem.start - pending, 0))
                break
            offset += len(chunk)
            lines += chunk.count(b"\n")
    return error(
        "wrong-encoding",
        f"the list is not UTF-8: the byte at offset {offset} is not part of a character",
        Place(name, lines + 1),
        "export it as UTF-8",
    )
