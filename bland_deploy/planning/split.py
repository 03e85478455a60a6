"""Calls into batches: transport, not identity."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def split(calls: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The calls in order, `size` at a time."""
    return (calls[start : start + size] for start in range(0, len(calls), size))
