"""A store that lives as long as the process: for tests."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bland_deploy.state.store import Locked, StoreFailed


class MemoryStore:
    """Names and bytes in a dictionary."""

    location = "memory"

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self._creating = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def read(self, name: str) -> bytes | None:
        return self.contents.get(name)

    def names(self, prefix: str) -> list[str]:
        with self._creating:
            return sorted(name for name in self.contents if name.startswith(prefix))

    def create(self, name: str, data: bytes) -> bool:
        with self._creating:
            if name in self.contents:
                return False
            self.contents[name] = data
            return True

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        for created, (name, data) in enumerate(files):
            if not self.create(name, data):
                return created
        return len(files)

    def put(self, blobs: Mapping[str, bytes]) -> None:
        for name, data in blobs.items():
            if not self.create(name, data) and self.contents[name] != data:
                raise StoreFailed(f"{name} exists with other content")

    def reserve(self, prefix: str, count: int) -> None:
        pass

    @contextmanager
    def lock(self, prefix: str, timeout: float) -> Iterator[None]:
        with self._creating:
            lock = self._locks.setdefault(prefix, threading.Lock())
        if not lock.acquire(timeout=timeout):
            raise Locked(f"{prefix} is locked by another thread")
        try:
            yield
        finally:
            lock.release()
