"""The bytes of a list: from a file of the workspace, or kept in a file without a name."""

import io
import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Protocol

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.recipients.broken import MISSING, BrokenList

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Origin(Protocol):
    """Where the bytes of a list come from, as often as they are asked for."""

    @property
    def name(self) -> str: ...

    def open(self) -> io.RawIOBase:
        """The bytes from the first on; it has a file descriptor, and can be sought. Raises OSError and BrokenList."""


class LocalFile:
    """A file of the workspace, by its path and by the name that diagnostics give it."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self.name = name

    def open(self) -> io.RawIOBase:
        # a named pipe would otherwise wait for a writer for ever
        descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISREG(mode):
            return io.FileIO(descriptor)
        os.close(descriptor)
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise BrokenList(error("list-unreadable", f"the list is {kind}", Place(self.name), "name a file"))


class NamelessFile:
    """Bytes that came from elsewhere, in a file that has no name, that nobody else can open, and that ends with us."""

    def __init__(self, write: Callable[[BinaryIO], None]) -> None:
        """What `write` writes, once."""
        with TemporaryFile() as file:
            write(file)
            file.flush()
            self._descriptor = os.dup(file.fileno())

    def open(self) -> io.RawIOBase:
        """The bytes from the first on, however often."""
        return _Reader(self._descriptor)

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)


class _Reader(io.RawIOBase):
    """A reader with a position of its own, so that readers of one file do not disturb each other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        ends = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: os.fstat(self._descriptor).st_size}
        self._position = ends[whence] + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        data = os.pread(self._descriptor, len(memoryview(buffer)), self._position)
        memoryview(buffer)[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


class Digested(io.RawIOBase):
    """Bytes that are digested while they pass, from the first to the last."""

    def __init__(self, raw: io.RawIOBase, digested: Callable[[str], None]) -> None:
        """`digested` is given the SHA-256 (hex) when the last byte was read."""
        self._raw = raw
        self._digested = digested
        self._digest = sha256()

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        size = self._raw.readinto(buffer) or 0
        if size:
            self._digest.update(memoryview(buffer)[:size])
        else:
            self._digested(self._digest.hexdigest())
        return int(size)

    def close(self) -> None:
        self._raw.close()
        super().close()


def explain(name: str, problem: OSError) -> Diagnostic:
    """Why a list cannot be opened or read."""
    place = Place(name)
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        return error(MISSING, f"{place.file} does not exist", place, "paths start at the folder of bland-deploy.yaml")
    if isinstance(problem, PermissionError):
        return error("list-unreadable", "the list may not be read by this user", place, "check its permissions")
    return error("list-unreadable", f"the list cannot be read: {(problem.strerror or 'unknown reason').lower()}", place)
