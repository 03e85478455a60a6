"""The calling window of a place: when everybody who may live there can be rung.

A window is clocks with restrictions. A call is allowed when every restriction allows it by every clock. A call that
begins in the last minute of its hours is allowed; the next minute is not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bland_deploy.model.hours import WHOLE_DAY, Spans, Week, in_both
from bland_deploy.model.place import Place
from bland_deploy.windows.clocks import local_day, readings_of_day
from bland_deploy.windows.holidays import holiday

SECONDS_A_DAY = 24 * 60 * 60
_KEPT = 1 << 14


class Interval(NamedTuple):
    """Instants in seconds since 1970 UTC, the end excluded."""

    start: int
    end: int


class Why(StrEnum):
    """Why a rule refuses an instant."""

    HOURS = "outside the hours"
    DAY = "no calls on this day of the week"
    HOLIDAY = "a holiday"
    TOO_EARLY = "before the schedule's start"
    TOO_LATE = "after the schedule's end"
    NOWHERE = "no time zone is known"


class Refusal(NamedTuple):
    """Why a call is not allowed.

    `cause` is the id of a rule of the pack, or `schedule`; `zone` is the one by whose clock, empty where none matters.
    """

    cause: str
    zone: str
    why: Why


class Restriction(NamedTuple):
    """The hours that one rule leaves; `cause` is its id in the pack, or `schedule`.

    `calendars` are jurisdictions whose public holidays it bars, `dates` are further days that it bars.
    """

    cause: str
    week: Week
    calendars: tuple[str, ...] = ()
    dates: frozenset[date] = frozenset()

    def spans(self, day: date) -> Spans:
        """The hours of a day."""
        spans = self.week[day.weekday()]
        return () if spans and self.is_barred(day) else spans

    def is_barred(self, day: date) -> bool:
        """Whether the day is one of those without calls."""
        return day in self.dates or any(holiday(calendar, day) for calendar in self.calendars)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """A zone, and the restrictions that are read by its clock. Windows share clocks, whose days are kept."""

    zone: str
    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """When people of a place can be rung. `start` and `end` are the schedule's, in seconds since 1970 UTC, or None.

    `nowhere` is the cause for which a zone would have to be known where none is; nobody is rung then.
    """

    place: Place
    clocks: tuple[Clock, ...]
    start: int | None = None
    end: int | None = None
    nowhere: str | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the pack's rules that make the window, and `schedule` where that does."""
        return tuple(dict.fromkeys(restriction.cause for clock in self.clocks for restriction in clock.restrictions))

    def refusals(self, instant: int) -> tuple[Refusal, ...]:
        """Every reason for which nobody may be rung at an instant; none where it is allowed."""
        return tuple(self._refusals(instant))

    def intervals(self, start: int, end: int) -> tuple[Interval, ...]:
        """When calls are allowed from one instant to another, in order and apart from each other."""
        start = start if self.start is None else max(start, self.start)
        end = end if self.end is None else min(end, self.end)
        if self.nowhere is not None or start >= end:
            return ()
        found = [Interval(start, end)]
        for clock in self.clocks:
            found = list(_in_both(found, _open_hours(clock, start, end)))
        return tuple(found)

    def next_interval(self, after: int, days: int = 370) -> Interval | None:
        """When calls are allowed next, from an instant on; None where they are not within so many days."""
        for day in range(days):
            start = after + day * SECONDS_A_DAY
            found = self.intervals(start, start + 2 * SECONDS_A_DAY)
            if found:
                return self.intervals(found[0].start, found[0].start + 2 * SECONDS_A_DAY)[0]
        return None

    def _refusals(self, instant: int) -> Iterator[Refusal]:
        if self.nowhere is not None:
            yield Refusal(self.nowhere, "", Why.NOWHERE)
        if self.start is not None and instant < self.start:
            yield Refusal("schedule", "", Why.TOO_EARLY)
        if self.end is not None and instant >= self.end:
            yield Refusal("schedule", "", Why.TOO_LATE)
        for clock in self.clocks:
            day = local_day(clock.zone, instant)
            for rule in clock.restrictions:
                spans = rule.spans(day)
                if not any(part.start <= instant < part.end for part in _instants(clock.zone, day, spans)):
                    yield Refusal(rule.cause, clock.zone, _why(rule, day, spans))


def _why(rule: Restriction, day: date, spans: Spans) -> Why:
    if spans:
        return Why.HOURS
    return Why.HOLIDAY if rule.is_barred(day) else Why.DAY


def _open_hours(clock: Clock, start: int, end: int) -> Iterator[Interval]:
    """The hours that all restrictions of a clock leave, day by day."""
    day, last = local_day(clock.zone, start), local_day(clock.zone, end)
    pending: Interval | None = None
    while day <= last:
        for part in _open_on(clock, day):
            if pending is not None and pending.end == part.start:
                pending = Interval(pending.start, part.end)
                continue
            if pending is not None:
                yield pending
            pending = part
        day += timedelta(1)
    if pending is not None:
        yield pending


@lru_cache(_KEPT)
def _open_on(clock: Clock, day: date) -> tuple[Interval, ...]:
    spans = WHOLE_DAY
    for rule in clock.restrictions:
        spans = in_both(spans, rule.spans(day))
    return tuple(_instants(clock.zone, day, spans))


def _instants(zone: str, day: date, spans: Spans) -> Iterator[Interval]:
    for span in spans:
        start, end = readings_of_day(zone, day, span.start).latest, readings_of_day(zone, day, span.end).earliest
        if start < end:
            yield Interval(start, end)


def _in_both(some: Iterable[Interval], others: Iterable[Interval]) -> Iterator[Interval]:
    """What lies in both of two rows of intervals, each in order."""
    rest = iter(others)
    other = next(rest, None)
    for one in some:
        while other is not None and other.start < one.end:
            start, end = max(one.start, other.start), min(one.end, other.end)
            if start < end:
                yield Interval(start, end)
            if other.end > one.end:
                break
            other = next(rest, None)
