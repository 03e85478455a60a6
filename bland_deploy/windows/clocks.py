"""Clocks on walls: what an instant is in a zone, and which instants a time of day means there.

Once a year most clocks skip an hour, and once they show one twice. So a time on a wall has two readings, and whoever
must not be early or late takes the stricter of the two.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bland_deploy.model.hours import MINUTES_A_DAY

_KEPT = 1 << 16


class Readings(NamedTuple):
    """The earliest and the latest instant that a time on a wall can mean, in seconds since 1970 UTC.

    They differ where the clocks skip the time or show it twice.
    """

    earliest: int
    latest: int


@lru_cache(_KEPT)
def readings(zone: str, moment: datetime) -> Readings:
    """What a time without an offset means in an IANA zone."""
    clock = ZoneInfo(zone)
    before, after = (int(moment.replace(tzinfo=clock, fold=fold).timestamp()) for fold in (0, 1))
    return Readings(min(before, after), max(before, after))


@lru_cache(_KEPT)
def readings_of_day(zone: str, day: date, minute: int) -> Readings:
    """What so many minutes after midnight mean on a day; 1440 is the next midnight."""
    days, minutes = divmod(minute, MINUTES_A_DAY)
    return readings(zone, datetime.combine(day + timedelta(days), time(minutes // 60, minutes % 60)))


def is_skipped(zone: str, moment: datetime) -> bool:
    """Whether the clocks of a zone never show this time, since they jump over it."""
    clock = ZoneInfo(zone)
    shown = moment.replace(tzinfo=clock).astimezone(UTC).astimezone(clock)
    return shown.replace(tzinfo=None, fold=0) != moment.replace(fold=0)


def is_shown_twice(zone: str, moment: datetime) -> bool:
    """Whether the clocks of a zone show this time twice, since they are put back over it."""
    earliest, latest = readings(zone, moment)
    return earliest != latest and not is_skipped(zone, moment)


def local_day(zone: str, instant: int) -> date:
    """The date on the calendar in a zone."""
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


@lru_cache(_KEPT)
def write_start_time(instant: int, zone: str) -> str:
    """An instant as Bland takes a `start_time`, with the offset that the zone's clocks have then."""
    shown = datetime.fromtimestamp(instant, ZoneInfo(zone)).isoformat(" ")
    return f"{shown[:-6]} {shown[-6:]}"
