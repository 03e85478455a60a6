"""Sets of recipient keys: as a file (sorted, 16 bytes a key) and in memory (16 bytes a key for many of them)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from typing import TypeAlias

from bland_deploy.model.keys import KEY_SIZE

KeySet: TypeAlias = Collection[bytes]

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


class PackedKeys(Collection[bytes]):
    """Very many recipient keys, grouped by their first two bytes; MACs spread evenly, so the groups are small."""

    def __init__(self, files: Iterable[bytes]) -> None:
        groups: defaultdict[int, bytearray] = defaultdict(bytearray)
        for file in files:
            for key in unpack_keys(file):
                groups[(key[0] << 8) | key[1]] += key
        self._groups = {at: b"".join(sorted(set(unpack_keys(bytes(groups[at]))))) for at in sorted(groups)}
        self._length = sum(map(len, self._groups.values())) // KEY_SIZE

    def __contains__(self, key: object) -> bool:
        assert isinstance(key, bytes)
        group = self._groups.get((key[0] << 8) | key[1], b"")
        at = group.find(key)
        while at % KEY_SIZE and at >= 0:  # found across the border of two keys: not a key
            at = group.find(key, at + 1)
        return at >= 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        for group in self._groups.values():
            yield from unpack_keys(group)
