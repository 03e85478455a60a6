"""How many calls an account may begin in a minute, by the limits of its plan."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from bland_deploy.model.schedule import Pace

MINUTE = 60
_HOUR = 60 * MINUTE
_DAY = 24 * _HOUR


class Limit(NamedTuple):
    """At most so many calls begun within so many seconds."""

    calls: int
    seconds: int


class _Count:
    """The calls that count against one limit."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.begun: deque[tuple[int, int]] = deque()
        self.total = 0

    def add(self, instant: int, calls: int) -> None:
        self.begun.append((instant, calls))
        self.total += calls

    def left(self, instant: int) -> int:
        """How many more may begin now, those that are long enough ago no longer counted."""
        while self.begun and self.begun[0][0] <= instant - self.limit.seconds:
            self.total -= self.begun.popleft()[1]
        return self.limit.calls - self.total

    def free_at(self) -> int:
        """When the first of the calls that count does so no longer."""
        return self.begun[0][0] + self.limit.seconds


class Allowance:
    """What is left of an account's limits, minute by minute and forward only."""

    def __init__(self, limits: Iterable[Limit], begun: Iterable[int] = ()) -> None:
        """`begun`: when the account's calls of the last 24 hours began, in order."""
        self._counts = [_Count(limit) for limit in limits]
        for instant in begun:
            self.take(instant, 1)

    def left(self, instant: int) -> int | None:
        """How many calls may begin in the minute that begins at an instant; None where nothing limits them."""
        return max(0, min(count.left(instant) for count in self._counts)) if self._counts else None

    def free_at(self, instant: int) -> int:
        """When a call may begin again, if none may now."""
        return max((count.free_at() for count in self._counts if count.left(instant) <= 0), default=instant)

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
