"""Who is in a wave: those with the smallest recipient keys, so that no order of rows and no new row moves anybody."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_LEADING = 8
_BUCKET = 48  # bits below the two leading bytes, by which keys are counted first

Keys = Callable[[], Iterable[Sequence[bytes]]]


def nth_smallest(keys: Keys, number: int) -> bytes:
    """The key that so many (at least one) of the keys do not exceed. `keys` gives them piece by piece, each time anew.

    Of very many keys eight bytes each are in memory: MACs spread evenly, so those with the same leading bytes are few.
    """
    leading = array("Q")
    for piece in keys():
        leading.extend([int.from_bytes(key[:_LEADING]) for key in piece])
    bound, below = _nth(leading, number)
    alike = sorted(key for piece in keys() for key in piece if int.from_bytes(key[:_LEADING]) == bound)
    return alike[number - below - 1]


def _nth(values: "array[int]", number: int) -> tuple[int, int]:
    """The value at that place (from 1) in their order, and how many are smaller."""
    sizes, below = Counter(value >> _BUCKET for value in values), 0
    for bucket in sorted(sizes):
        if below + sizes[bucket] >= number:
            break
        below += sizes[bucket]
    found = sorted(value for value in values if value >> _BUCKET == bucket)[number - below - 1]
    return found, sum(value < found for value in values)
