"""How many calls an account may begin in a minute, by the limits of its plan."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from bland_deploy.model.schedule import Begun, Pace

MINUTE = 60
_HOUR = 60 * MINUTE
_DAY = 24 * _HOUR


class Limit(NamedTuple):
    """At most so many calls begun within so many seconds."""

    calls: int
    seconds: int


class _Others:
    """Calls of the account that begin anyway, before or after, in order."""

    def __init__(self, begun: Sequence[Begun]) -> None:
        self.instants = [instant for instant, _ in begun]
        self.sums = [0, *accumulate(calls for _, calls in begun)]

    def between(self, after: int, before: int) -> int:
        """How many begin after the one instant and before the other."""
        return self.sums[bisect_left(self.instants, before)] - self.sums[bisect_right(self.instants, after)]

    def first(self, after: int) -> int | None:
        """When the first of them begins after an instant."""
        at = bisect_right(self.instants, after)
        return self.instants[at] if at < len(self.instants) else None


class _Count:
    """The calls that count against one limit: those of others from both sides, as later ones have to fit in too."""

    def __init__(self, limit: Limit, others: _Others) -> None:
        self.limit, self.others = limit, others
        self.begun: deque[tuple[int, int]] = deque()
        self.total = 0

    def add(self, instant: int, calls: int) -> None:
        self.begun.append((instant, calls))
        self.total += calls

    def left(self, instant: int) -> int:
        """How many more may begin now, those that are long enough ago no longer counted."""
        while self.begun and self.begun[0][0] <= instant - self.limit.seconds:
            self.total -= self.begun.popleft()[1]
        seconds = self.limit.seconds
        return self.limit.calls - self.total - self.others.between(instant - seconds, instant + seconds)

    def free_at(self, instant: int) -> int:
        """When the first of the calls that count does so no longer."""
        firsts = [self.begun[0][0]] if self.begun else []
        other = self.others.first(instant - self.limit.seconds)
        return min([*firsts, *([] if other is None else [other])]) + self.limit.seconds


class Allowance:
    """What is left of an account's limits, minute by minute and forward only."""

    def __init__(self, limits: Iterable[Limit], begun: Sequence[Begun] = ()) -> None:
        """`begun`: when other calls of the account begin, in order."""
        others = _Others(begun)
        self._counts = [_Count(limit, others) for limit in limits]

    def left(self, instant: int) -> int | None:
        """How many calls may begin in the minute that begins at an instant; None where nothing limits them."""
        return max(0, min(count.left(instant) for count in self._counts)) if self._counts else None

    def free_at(self, instant: int) -> int:
        """When a call may begin again, if none may now."""
        full = (count.free_at(instant) for count in self._counts if count.left(instant) <= 0)
        return max(full, default=instant)

    def take(self, instant: int, calls: int) -> None:
        """Count calls as begun."""
        for count in self._counts:
            count.add(instant, calls)


def limits_of(pace: Pace | None, seconds_a_call: int) -> tuple[Limit, ...]:
    """The limits of a pace. What is allowed in an hour is spread over its minutes; a call takes its line so long."""
    if pace is None:
        return ()
    limits = []
    if pace.per_hour is not None:
        limits += [Limit(-(-pace.per_hour // 60), MINUTE), Limit(pace.per_hour, _HOUR)]
    if pace.per_day is not None:
        limits.append(Limit(pace.per_day, _DAY))
    if pace.at_once is not None:
        limits.append(Limit(pace.at_once, max(MINUTE, seconds_a_call)))
    return tuple(limits)
