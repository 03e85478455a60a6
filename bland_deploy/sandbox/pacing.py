"""When calls go out: so many a second, so many at once, none before its time, none after waiting for a day."""

from collections.abc import Sequence
from heapq import heappop, heappush

CALLS_PER_SECOND = 12.5
CONCURRENT_CALLS = 100
LONGEST_WAIT = 86_400
"""Seconds after which a call that could not be placed is given up (`batch_early_exit`; reference, 3.3)."""


def pace(due: Sequence[float], held: Sequence[int], concurrent: int) -> list[float | None]:
    """The second at which each call is placed, or None for one that is given up.

    `due` is the earliest second of each call, `held` how long it holds its line. The order of calls is kept among
    those that are due.
    """
    placed: list[float | None] = [None] * len(due)
    lines: list[float] = []
    earliest = 0.0
    for call in sorted(range(len(due)), key=due.__getitem__):
        at = max(due[call], earliest)
        if len(lines) >= concurrent:
            at = max(at, lines[0])
        if at - due[call] > LONGEST_WAIT:
            continue
        if len(lines) >= concurrent:
            heappop(lines)
        heappush(lines, at + held[call])
        placed[call] = at
        earliest = at + 1 / CALLS_PER_SECOND
    return placed
