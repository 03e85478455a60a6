"""What a store in a folder asks of the disk.

Paths are plain text, and each function asks as little as can be: several threads wait for an entry to be written, and
each question to the system lets all of them go first.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress

ROOM = 4096
"""Bytes that are set aside for an entry to come."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_PIECE = 64 * 1024


def sync(descriptor: int) -> None:
    """Bring a file or folder to the disk. On macOS fsync stops at the drive's cache, so its stronger form is used."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # pragma: no cover - macOS
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def open_new(path: str) -> int:
    """A file that was not there, to be written. FileNotFoundError where its folder is not there either."""
    return os.open(path, _NEW, 0o600)


def put_down(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    written = 0
    while written < len(data):
        written += os.write(descriptor, data[written:])


def unlink(path: str) -> None:
    """Remove a file; it may be gone already."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def content(path: str) -> bytes:
    """All that a file holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, _PIECE), b""))
    finally:
        os.close(descriptor)


def changed(folder: str) -> int | None:
    """When files were made or renamed in a folder last, in nanoseconds; None where there is no folder."""
    try:
        return os.stat(folder).st_mtime_ns
    except FileNotFoundError:
        return None


def allocate(path: str) -> None:
    """A new file of ROOM bytes whose space the disk has set aside."""
    descriptor = open_new(path)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, ROOM)
        else:  # pragma: no cover - macOS
            os.write(descriptor, bytes(ROOM))
    except OSError:
        unlink(path)
        raise
    finally:
        os.close(descriptor)


def folders(folder: str) -> list[str]:
    """The folders in a folder."""
    with os.scandir(folder) as found:
        return [item.path for item in found if item.is_dir()]


def visible(folder: str) -> Iterator[str]:
    """The files in and below a folder, but for those whose names begin with a dot."""
    with os.scandir(folder) as found:
        for item in found:
            if item.name.startswith("."):
                continue
            if item.is_dir():
                yield from visible(item.path)
            else:
                yield item.path


def files(folder: str, beginning: str = "") -> list[str]:
    """The files in a folder whose names begin so; none where there is no folder."""
    try:
        with os.scandir(folder) as found:
            return [item.path for item in found if item.name.startswith(beginning)]
    except FileNotFoundError:
        return []
