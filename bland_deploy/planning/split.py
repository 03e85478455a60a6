"""Calls into batches: transport, not identity."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Piece(NamedTuple, Generic[T_co]):
    """Some of the calls that lie together somewhere: their places there, in order."""

    where: T_co
    places: Sequence[int]


def split(pieces: Iterable[Piece[T]], size: int) -> Iterator[tuple[Piece[T], ...]]:
    """The calls in order, `size` at a time."""
    batch: list[Piece[T]] = []
    free = size
    for where, all_places in pieces:
        places = all_places
        while places:
            batch.append(Piece(where, places[:free]))
            places, free = places[free:], free - len(places[:free])
            if not free:
                yield tuple(batch)
                batch, free = [], size
    if batch:
        yield tuple(batch)
