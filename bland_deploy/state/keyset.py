"""Sets of recipient keys: as a file (sorted, 16 bytes a key) and in memory (16 bytes a key for many of them)."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Protocol

from bland_deploy.model.keys import KEY_SIZE

_PARTS = 256


class KeySet(Protocol):
    """A set of recipient keys."""

    def __contains__(self, key: object, /) -> bool: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def intersection(self, keys: Iterable[bytes], /) -> frozenset[bytes]:
        """Which of these keys are among them."""


# Below this a frozenset of some 80 bytes a key is small, and several times as fast.
FEW = 200_000


def pack_keys(keys: Iterable[bytes]) -> tuple[str, bytes]:
    """The file of a set of recipient keys: its name (SHA-256 of the content) and its content, sorted, each once."""
    packed = b"".join(sorted(set(keys)))
    return sha256(packed).hexdigest(), packed


def unpack_keys(packed: bytes) -> list[bytes]:
    """The recipient keys of a file, in its order."""
    return [packed[at : at + KEY_SIZE] for at in range(0, len(packed), KEY_SIZE)]


def key_set(files: Iterable[bytes], few: int = FEW) -> KeySet:
    """The union of key files, none of which need be disjoint. From `few` keys on it takes 16 bytes a key."""
    packed = list(files)
    if sum(map(len, packed)) < few * KEY_SIZE:
        return frozenset(key for file in packed for key in unpack_keys(file))
    return PackedKeys(packed)


class PackedKeys:
    """Very many recipient keys, sorted. MACs spread evenly, so those with the same first two bytes are few."""

    def __init__(self, files: Iterable[bytes]) -> None:
        parts = [bytearray() for _ in range(_PARTS)]
        for file in files:
            firsts, start = file[::KEY_SIZE], 0
            if bytes(sorted(firsts)) != firsts:
                raise ValueError("a file of recipient keys is not sorted")
            for first, part in enumerate(parts):
                end = bisect_right(firsts, first, start)
                part.extend(file[start * KEY_SIZE : end * KEY_SIZE])
                start = end
        self._packed = b"".join(b"".join(sorted(set(unpack_keys(bytes(part))))) for part in parts)
        self._starts = self._find_starts()

    def _find_starts(self) -> "array[int]":
        """Where the keys begin whose first two bytes are at least so much."""
        firsts, seconds = self._packed[::KEY_SIZE], self._packed[1::KEY_SIZE]
        starts = array("Q")
        for first in range(_PARTS):
            begin, end = bisect_left(firsts, first), bisect_right(firsts, first)
            starts.extend(bisect_left(seconds, second, begin, end) * KEY_SIZE for second in range(_PARTS))
        starts.append(len(self._packed))
        return starts

    def __contains__(self, key: object) -> bool:
        assert isinstance(key, bytes)
        return bool(self.intersection([key]))

    def __len__(self) -> int:
        return len(self._packed) // KEY_SIZE

    def __iter__(self) -> Iterator[bytes]:
        return iter(unpack_keys(self._packed))

    def intersection(self, keys: Iterable[bytes]) -> frozenset[bytes]:
        """Which of these keys are among them."""
        find, starts = self._packed.find, self._starts
        found = []
        for key in keys:
            part = key[0] << 8 | key[1]
            start, end = starts[part], starts[part + 1]
            at = find(key, start, end)
            while at % KEY_SIZE and at >= 0:  # found across the border of two keys: not a key
                at = find(key, at + 1, end)
            if at >= 0:
                found.append(key)
        return frozenset(found)
