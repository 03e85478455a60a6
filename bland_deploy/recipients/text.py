"""The text of a list, streamed: digested while it is read, and refused where it is no text.

Memory does not grow with the list. `BrokenList` never leaves the package: sources turn it into its diagnostic.
"""

import codecs
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bland_deploy.diagnostics import Diagnostic, Place, error

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE = 16 * 1024 * 1024  # bytes; a line is held in memory
_CHUNK = 256 * 1024
_SMALL = 4096
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

MISSING = "list-missing"


class BrokenList(Exception):
    """A list that cannot be read to its end."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@contextmanager
def open_text(path: Path, name: str, digested: Callable[[str], None], longest_line: int) -> Iterator[io.TextIOWrapper]:
    """The text of a file, UTF-8 with or without a byte order mark, newlines as they are.

    `digested` is given the SHA-256 (hex) of the bytes when the last of them was read; `longest_line` counts bytes.
    Raises BrokenList, also while the text is read.
    """
    try:
        with _open_file(path, name) as file:
            buffer = min(_CHUNK, max(_SMALL, os.fstat(file.fileno()).st_size + 1))
            buffered = io.BufferedReader(_Watched(file, name, digested, longest_line), buffer)
            if buffered.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
                buffered.read(len(codecs.BOM_UTF8))
            with io.TextIOWrapper(buffered, encoding="utf-8", newline="") as text:
                yield text
    except UnicodeDecodeError as problem:
        raise BrokenList(_wrong_encoding(path, name)) from problem
    except OSError as problem:
        raise BrokenList(_unreadable(name, problem)) from problem


class _Watched(io.RawIOBase):
    """The bytes of a file, digested and watched while they pass."""

    def __init__(self, file: io.FileIO, name: str, digested: Callable[[str], None], longest_line: int) -> None:
        self._file = file
        self._name = name
        self._digested = digested
        self._longest_line = longest_line
        self._digest = sha256()
        self._lines = 0
        self._since_line_end = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        size = self._file.readinto(buffer) or 0
        data = bytes(memoryview(buffer)[:size])
        if not data:
            self._digested(self._digest.hexdigest())
            return 0
        self._digest.update(data)
        self._refuse_what_is_no_text(data)
        self._lines += data.count(b"\n")
        return size

    def _refuse_what_is_no_text(self, data: bytes) -> None:
        if self._file.tell() == len(data) and data.startswith(_WIDE_MARKS):
            raise BrokenList(
                error("wrong-encoding", "the list is UTF-16 or UTF-32", Place(self._name), "save it as UTF-8")
            )
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


_NOT_TEXT = "export the list as text in UTF-8 (CSV, JSON); spreadsheets, archives and UTF-16 cannot be read"


def _open_file(path: Path, name: str) -> io.FileIO:
    # a named pipe would otherwise wait for a writer for ever
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return io.FileIO(descriptor)
    os.close(descriptor)
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise BrokenList(error("list-unreadable", f"the list is {kind}", Place(name), "name a file"))


def _unreadable(name: str, problem: OSError) -> Diagnostic:
    place = Place(name)
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        return error(MISSING, f"{place.file} does not exist", place, "paths start at the folder of bland-deploy.yaml")
    if isinstance(problem, PermissionError):
        return error("list-unreadable", "the list may not be read by this user", place, "check its permissions")
    return error("list-unreadable", f"the list cannot be read: {(problem.strerror or 'unknown reason').lower()}", place)


def _wrong_encoding(path: Path, name: str) -> Diagnostic:
    """Where the bytes stop being UTF-8: found by reading once more, since nobody pays for it but broken lists."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = lines = 0
    with suppress(OSError), path.open("rb") as file:
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
