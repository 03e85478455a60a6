"""A lock on a file, which the system gives back when its holder dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bland_deploy.state.store import Locked

_LOOK_AGAIN = 0.1


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold an exclusive lock on a file, which then says who holds it. Locked when it is not free within `timeout`."""
    import socket  # noqa: PLC0415 - most runs look at the state and change nothing

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, timeout, path.parent.name)
        _write_holder(descriptor, {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()})
        yield
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, timeout: float, name: str) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Locked(
                    f"{name} is locked by {_read_holder(descriptor)}",
                    help="wait for it to end, or let this one wait with --lock-timeout",
                ) from None
            time.sleep(min(_LOOK_AGAIN, left))
        else:
            return


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _write_holder(descriptor: int, holder: dict[str, object]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _read_holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 1024, 0))
        return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"
