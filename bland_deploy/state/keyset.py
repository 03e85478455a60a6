"""Sets of recipient keys: as a file (sorted, 16 bytes a key) and in memory (16 bytes a key for many of them)."""

import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple, Protocol

from bland_deploy.model.keys import KEY_SIZE, unpack_keys

_PARTS = 64
_SHARED = 16_384
"""With so many keys a file is shared by no further batch: a quarter of a megabyte, soon read for one of them."""
_AHEAD = 3
"""How many groups of files are looked through without a find before all are."""
_FEW_OF = 20
"""Where fewer are asked for than this part of a group, a set is made of it; else all of it is looked up among them."""


class KeySet(Protocol):
    """A set of recipient keys."""

    def __contains__(self, key: object, /) -> bool: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def intersection(self, keys: Iterable[bytes], /) -> frozenset[bytes]:
        """Which of these keys are among them."""


# Below this a frozenset of some 80 bytes a key is small, and several times as fast.
FEW = 200_000
GROUP = 1024


def pack_keys(keys: Iterable[bytes]) -> tuple[str, bytes]:
    """The file of a set of recipient keys: its name (SHA-256 of the content) and its content, sorted, each once."""
    packed = b"".join(sorted(set(keys)))
    return sha256(packed).hexdigest(), packed


class Packed(NamedTuple):
    """Where the keys of a batch lie: the name of a file, and how many keys of others precede them; None if none is."""

    file: str
    at: int | None = None


def pack_together(sets: Iterable[Iterable[bytes]], wanted: int = _SHARED) -> tuple[list[Packed], dict[str, bytes]]:
    """Where the recipient keys of each batch lie, none of which is empty, and the files by name.

    Small batches that follow each other share one: a store makes each file durable on its own, and for a batch of one
    call that would cost more than the call.
    """
    where, files = list[Packed](), dict[str, bytes]()
    for group in _groups((pack_keys(keys)[1] for keys in sets), wanted):
        content = b"".join(group)
        name = sha256(content).hexdigest()
        files[name] = content
        starts = [*accumulate((len(packed) // KEY_SIZE for packed in group[:-1]), initial=0)]
        where += [Packed(name, start) for start in starts] if len(group) > 1 else [Packed(name)]
    return where, files


def key_set(files: Iterable[bytes], few: int = FEW) -> KeySet:
    """The union of key files, none of which need be disjoint. From `few` keys on it takes some 16 bytes a key."""
    packed = list(files)
    if sum(map(len, packed)) < few * KEY_SIZE:
        return frozenset(key for file in packed for key in unpack_keys(file))
    return PackedKeys(packed)


class PackedKeys:
    """Very many recipient keys.

    People stand on a list as they stood there when they were called, and so do the files of their keys: those who are
    asked for together are mostly in files that follow each other. Whoever is not there is looked up among all.
    """

    def __init__(self, files: Iterable[bytes], group: int = GROUP) -> None:
        """`files` are sorted; so many keys of them are looked through together."""
        self._groups, self._at, self._few = [*_groups(files, group)], 0, group // _FEW_OF
        self._listed = lru_cache(_AHEAD + 1)(self._unpack)
        self._group = lru_cache(_AHEAD + 1)(lambda at: frozenset(self._unpack(at)))

    def _unpack(self, at: int) -> list[bytes]:
        return unpack_keys(b"".join(self._groups[at]))

    @cached_property
    def _all(self) -> "_Sorted":
        return _sort(file for group in self._groups for file in group)

    def __contains__(self, key: object) -> bool:
        assert isinstance(key, bytes)
        return bool(self.intersection([key]))

    def __bool__(self) -> bool:
        return bool(self._groups)

    def __len__(self) -> int:
        return len(self._all.packed) // KEY_SIZE

    def __iter__(self) -> Iterator[bytes]:
        return iter(unpack_keys(self._all.packed))

    def intersection(self, keys: Iterable[bytes]) -> frozenset[bytes]:
        """Which of these keys are among them."""
        wanted = frozenset(keys)
        left, at = set(wanted), self._at
        while left and at < min(self._at + _AHEAD, len(self._groups)):
            before = len(left)
            left.difference_update(left & self._group(at) if before < self._few else self._listed(at))
            if len(left) < before:
                self._at = at
            at += 1
        left.difference_update(self._all.among([*left]) if left else ())
        return wanted - left if left else wanted


def _groups(files: Iterable[bytes], wanted: int) -> Iterator[list[bytes]]:
    """Files that follow each other, with as many keys together as are wanted, or some more."""
    group, size = list[bytes](), 0
    for file in files:
        firsts = file[::KEY_SIZE]
        if bytes(sorted(firsts)) != firsts:
            raise ValueError("a file of recipient keys is not sorted")
        group.append(file)
        size += len(firsts)
        if size >= wanted:
            yield group
            group, size = [], 0
    if size:
        yield group


class _Sorted(NamedTuple):
    """Keys, each once, and where those begin whose first two bytes are at least so much.

    MACs spread evenly, so those with the same first two bytes are few.
    """

    packed: bytes
    starts: "array[int]"

    def among(self, keys: list[bytes]) -> Iterator[bytes]:
        """Those of these keys that are there."""
        find, starts = self.packed.find, self.starts
        for key, first in zip(keys, _firsts(b"".join(keys)), strict=True):
            end = starts[first + 1]
            at = find(key, starts[first], end)
            while at % KEY_SIZE and at >= 0:  # found across the border of two keys: not a key
                at = find(key, at + 1, end)
            if at >= 0:
                yield key


def _sort(files: Iterable[bytes]) -> _Sorted:
    """The keys of sorted files, a part at a time, since as objects they take several times the room."""
    parts = [bytearray() for _ in range(_PARTS)]
    for file in files:
        firsts, start = file[::KEY_SIZE], 0
        for number, part in enumerate(parts, start=1):
            end = bisect_right(firsts, number * 256 // _PARTS - 1, start)
            part.extend(file[start * KEY_SIZE : end * KEY_SIZE])
            start = end
    packed = b"".join(b"".join(sorted(set(unpack_keys(bytes(part))))) for part in parts)
    counts = Counter(_firsts(packed))
    return _Sorted(packed, array("Q", accumulate((counts[first] * KEY_SIZE for first in range(1 << 16)), initial=0)))


def _firsts(packed: bytes) -> "array[int]":
    """The first two bytes of each key, as a number."""
    pairs = bytearray(2 * len(packed[::KEY_SIZE]))
    pairs[::2], pairs[1::2] = packed[::KEY_SIZE], packed[1::KEY_SIZE]
    firsts = array("H", bytes(pairs))
    if sys.byteorder == "little":
        firsts.byteswap()
    return firsts
