"""Who is in a wave: those with the smallest recipient keys, so that no order of rows and no new row moves anybody."""

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bland_deploy.model.keys import KEY_SIZE

_LEADING, _BUCKET = 8, 2  # bytes that are held of a key, and by which they are counted

Keys = Callable[[], Iterable[Sequence[bytes]]]


def nth_smallest(keys: Keys, number: int) -> bytes:
    """The key (16 bytes) that so many, at least one, of the keys do not exceed; `keys` gives them piece by piece.

    It is asked twice. Of very many keys eight bytes each are in memory: MACs spread evenly, so those with the same
    leading bytes are few.
    """
    leading, sizes = array("Q"), Counter[int]()
    for piece in keys():
        packed = b"".join(piece)
        leading.extend(_leading("Q", packed, _LEADING))
        sizes.update(_leading("H", packed, _BUCKET))
    bucket, below = _bucket(sizes, number)
    shift = 8 * (_LEADING - _BUCKET)
    near = sorted(value for value in leading if value >> shift == bucket)
    bound = near[number - below - 1]
    head = bound.to_bytes(_LEADING)
    alike = sorted(key for piece in keys() for key in piece if key.startswith(head))
    return alike[number - below - near.index(bound) - 1]


def _leading(code: str, packed: bytes, size: int) -> "array[int]":
    """So many leading bytes of each key, as numbers that order as the bytes do."""
    found = array(code, packed)[:: KEY_SIZE // size]
    if sys.byteorder == "little":
        found.byteswap()
    return found


def _bucket(sizes: Counter[int], number: int) -> tuple[int, int]:
    """In which bucket the key at that place (from 1) of their order is, and how many are in those before."""
    below = 0
    for bucket in sorted(sizes):
        if below + sizes[bucket] >= number:
            break
        below += sizes[bucket]
    return bucket, below
