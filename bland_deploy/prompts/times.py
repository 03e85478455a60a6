"""Filters over dates and times: `shift`, `in_zone` and `format`. Deterministic: English names, no clock, no locale."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bland_deploy.prompts.bounds import TemplateProblem

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_DIRECTIVE = re.compile(r"%(-?)(.?)", re.DOTALL)

_OF_DATES: Mapping[str, Callable[[date], str]] = MappingProxyType(
    {
        "A": lambda day: DAYS[day.weekday()],
        "a": lambda day: DAYS[day.weekday()][:3],
        "B": lambda day: MONTHS[day.month - 1],
        "b": lambda day: MONTHS[day.month - 1][:3],
        "d": lambda day: f"{day.day:02}",
        "m": lambda day: f"{day.month:02}",
        "Y": lambda day: f"{day.year:04}",
        "y": lambda day: f"{day.year % 100:02}",
        "j": lambda day: f"{day.timetuple().tm_yday:03}",
        "u": lambda day: str(day.isoweekday()),
        "V": lambda day: f"{day.isocalendar().week:02}",
        "G": lambda day: f"{day.isocalendar().year:04}",
        "F": lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}",
        "%": lambda _day: "%",
    }
)
_OF_TIMES: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "H": lambda time: f"{time.hour:02}",
        "I": lambda time: f"{time.hour % 12 or 12:02}",
        "M": lambda time: f"{time.minute:02}",
        "S": lambda time: f"{time.second:02}",
        "p": lambda time: "AM" if time.hour < 12 else "PM",  # noqa: PLR2004 - noon
        "T": lambda time: f"{time.hour:02}:{time.minute:02}:{time.second:02}",
        "R": lambda time: f"{time.hour:02}:{time.minute:02}",
    }
)
_OF_ZONED_TIMES: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "z": lambda time: _offset(time, ""),
        ":": lambda time: _offset(time, ":"),
        "Z": lambda time: time.tzname() or "",
        "s": lambda time: str(int(time.timestamp())),
    }
)


def shift(  # noqa: PLR0913 - the units are the filter's interface
    value: object,
    *,
    weeks: float = 0,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
) -> date:
    """A date or time moved: weeks and days by the calendar (the same time of day), the rest by the clock."""
    moment = to_date(value, "shift")
    clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    try:
        calendar = timedelta(weeks=weeks, days=days)
        if not isinstance(moment, datetime):
            return _shift_date(moment, calendar, clock)
        zone, moved = moment.tzinfo, moment + calendar
        if zone is None:
            return moved + clock
        return (moved.astimezone(_UTC) + clock).astimezone(zone)
    except OverflowError:
        raise TemplateProblem("`shift` leads out of the calendar") from None


def in_zone(value: object, zone: str) -> datetime:
    """A moment as the clocks of a zone show it: `in_zone('Europe/London')`."""
    moment = to_date(value, "in_zone")
    if not isinstance(moment, datetime):
        raise TemplateProblem("`in_zone` needs a time of day, and this is a date; `run.started_at` is a time")
    if moment.tzinfo is None:
        raise TemplateProblem("`in_zone` needs a time with an offset from UTC, such as 2025-06-01T12:00:00+02:00")
    return moment.astimezone(_zone(zone))


def format_time(value: object, pattern: str) -> str:
    """A date or time as text, by strftime's directives: `format('%A, %-d %B')`; `%-d` has no leading zero."""
    moment = to_date(value, "format")
    if not isinstance(pattern, str):
        raise TemplateProblem("`format` needs a pattern such as '%A, %-d %B'")

    def written(match: re.Match[str]) -> str:
        text = _write(moment, match[2])
        return text.lstrip("0") or "0" if match[1] else text

    return _DIRECTIVE.sub(written, pattern)


def to_date(value: object, filter_name: str) -> date:
    """A date or time, also from ISO 8601 text. Raises TemplateProblem, which quotes nothing, for anything else."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        text = value.strip()
        try:
            return datetime.fromisoformat(text) if len(text) > len("2025-06-01") else date.fromisoformat(text)
        except ValueError:
            pass
    raise TemplateProblem(
        f"`{filter_name}` needs a date or time: `run.date`, `run.started_at`, or text such as 2025-06-01T12:00:00+02:00"
    )


_UTC = ZoneInfo("UTC")


def _shift_date(day: date, calendar: timedelta, clock: timedelta) -> date:
    if clock or calendar % timedelta(days=1):
        raise TemplateProblem("`shift` moves a date by whole days only; `run.started_at` is a time")
    return day + calendar


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, LookupError):
        raise TemplateProblem("`in_zone` does not know this zone; write an IANA name such as Europe/London") from None


def _write(moment: date, directive: str) -> str:
    """What one directive stands for."""
    if directive in _OF_DATES and directive:
        return _OF_DATES[directive](moment)
    of_time = _OF_TIMES.get(directive) or _OF_ZONED_TIMES.get(directive)
    if not of_time:
        known = "".join(sorted((*_OF_DATES, *_OF_TIMES, *_OF_ZONED_TIMES)))
        raise TemplateProblem(f"`format` does not know %{directive}; it knows % followed by one of {known}")
    if not isinstance(moment, datetime):
        raise TemplateProblem(f"`format` finds no time of day for %{directive} in a date; use `run.started_at`")
    if directive in _OF_ZONED_TIMES and moment.tzinfo is None:
        raise TemplateProblem(f"`format` finds no offset from UTC for %{directive}")
    return of_time(moment)


def _offset(time: datetime, separator: str) -> str:
    minutes = int((time.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{separator}{rest:02}"
