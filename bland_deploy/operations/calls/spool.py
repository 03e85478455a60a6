"""Bytes put aside while a plan is made and carried out: in memory while they are few, else on the disk.

They hold phone numbers and cells. The file has no name, so nobody else can open it and nothing of it stays, however the
process ends.
"""

import tempfile
import threading
import weakref
from typing import IO

from bland_deploy.errors import DeployError

FEW = 4 * 1024 * 1024
"""Bytes that are held in memory."""
_WAY_OUT = "make room there, or set TMPDIR to a folder that has some"


class SpoolFailed(DeployError):
    """The folder for temporary files has no room, or refuses."""

    rule = "temporary-folder"


class Spool:
    """Bytes that are added once and read often, by their offset, from any thread."""

    def __init__(self, few: int = FEW) -> None:
        self._few = few
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> int:
        """Put bytes aside; gives the offset by which they are read. Raises SpoolFailed."""
        offset, self._size = self._size, self._size + len(data)
        if self._file is None and self._size <= self._few:
            self._held += data
            return offset
        try:
            with self._lock:
                file = self._file or self._move_to_disk()
                file.seek(offset)
                file.write(data)
        except OSError as problem:
            raise SpoolFailed(_words("written", problem), help=_WAY_OUT) from problem
        return offset

    def read(self, offset: int, size: int) -> bytes:
        """So many of the bytes that were added, from an offset on. Raises SpoolFailed."""
        if self._file is None:
            return bytes(self._held[offset : offset + size])
        try:
            with self._lock:
                self._file.seek(offset)
                return self._file.read(size)
        except OSError as problem:
            raise SpoolFailed(_words("read", problem), help=_WAY_OUT) from problem

    def _move_to_disk(self) -> IO[bytes]:
        file = self._file = tempfile.TemporaryFile(prefix="bland-deploy-")  # noqa: SIM115 - it is open for as long as the spool is there
        weakref.finalize(self, file.close)
        file.write(self._held)
        self._held.clear()
        return file


def _words(done: str, problem: OSError) -> str:
    return f"the folder for temporary files ({tempfile.gettempdir()}) cannot be {done}: {problem.strerror}"
