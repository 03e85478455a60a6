"""Hours of the day and days of the week, as people write them: `9:00-17:30`, `mon-fri`."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60

_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)", re.ASCII)


class Span(NamedTuple):
    """Hours of one day: minutes after midnight by the clock on the wall, the end excluded; 1440 is midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


Spans: TypeAlias = tuple[Span, ...]
# the spans of each day, Monday first: sorted, apart from each other; a day without spans has no hours
Week: TypeAlias = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]

WHOLE_DAY: Spans = (Span(0, MINUTES_A_DAY),)
ALWAYS: Week = (WHOLE_DAY,) * 7
NEVER: Week = ((),) * 7


def parse_span(text: str) -> Span:
    """Hours such as `9:00-17:30`, `24:00` being midnight. Raises ValueError where they are none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError('must be hours such as "9:00-17:30"')
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if max(first_minute, last_minute) >= 60 or end > MINUTES_A_DAY:  # noqa: PLR2004 - minutes of an hour
        raise ValueError('must be hours from 0:00 to 24:00, such as "9:00-17:30"')
    if start >= end:
        raise ValueError("must end after they begin; hours over midnight are two spans")
    return Span(start, end)


def parse_days(text: str) -> tuple[int, ...]:
    """Days such as `sat` or `mon-fri` as numbers, Monday 0. Raises ValueError where they are none."""
    first, dash, last = text.partition("-")
    try:
        start, end = DAYS.index(first), DAYS.index(last if dash else first)
    except ValueError:
        raise ValueError('must be a day or days such as "sat" or "mon-fri"') from None
    if start > end:
        raise ValueError('must go forward in a week that begins with mon, such as "mon-fri"')
    return tuple(range(start, end + 1))


def joined(spans: Iterable[Span]) -> Spans:
    """Spans sorted, those that touch or overlap made one."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return tuple(apart)


def in_both(some: Spans, others: Spans) -> Spans:
    """The hours that lie in both."""
    return tuple(
        Span(max(one.start, other.start), min(one.end, other.end))
        for one in some
        for other in others
        if one.start < other.end and other.start < one.end
    )


def week_of(hours: Mapping[str, Iterable[str]]) -> Week:
    """A week out of days and their hours, as in `{"mon-fri": ["9:00-18:00"]}`; days not named have none.

    Raises ValueError for what is no day or hours, and for a day that is named twice.
    """
    by_day: dict[int, Spans] = {}
    for days, spans in hours.items():
        parsed = joined(parse_span(span) for span in spans)
        for day in parse_days(days):
            if day in by_day:
                raise ValueError(f"{DAYS[day]} is named twice")
            by_day[day] = parsed
    return _seven(by_day)


def write_week(week: Week) -> str:
    """A week as text: `mon-fri 9:00-18:00, sat-sun 10:00-17:00`; `never` where it has no hours."""
    parts, day = [], 0
    while day < len(week):
        last = day
        while last + 1 < len(week) and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            days = DAYS[day] if day == last else f"{DAYS[day]}-{DAYS[last]}"
            parts.append(f"{days} {' and '.join(map(str, week[day]))}")
        day = last + 1
    return ", ".join(parts) or "never"


def _seven(by_day: Mapping[int, Spans]) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (by_day.get(day, ()) for day in range(7))
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
