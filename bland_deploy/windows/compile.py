"""Windows out of a profile, the hours of jurisdictions and a campaign's schedule."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from bland_deploy.model.hours import WHOLE_DAY, Week, joined, parse_days, parse_span
from bland_deploy.model.pack import Pack, Profile
from bland_deploy.model.place import Place
from bland_deploy.model.schedule import Schedule, parse_moment
from bland_deploy.windows.clocks import readings
from bland_deploy.windows.window import Clock, Restriction, Window

RECIPIENT = "recipient"
SCHEDULE = "schedule"

Restrictions: TypeAlias = tuple[Restriction, ...]
ReadWindow = Callable[[Place], Window]


def window_reader(pack: Pack, profile: Profile, schedule: Schedule) -> ReadWindow:
    """A function from a place to its window. A place is looked at once: the same place has the same window.

    Raises zoneinfo.ZoneInfoNotFoundError where the schedule's zone is none.
    """
    known: dict[Place, Window] = {}
    clocks: dict[tuple[str, Restrictions], Clock] = {}

    def read(place: Place) -> Window:
        window = known.get(place)
        if window is None:
            own = tuple(_own(schedule, place))
            theirs = (*_legal(pack, profile, place), *(own if schedule.timezone == RECIPIENT else ()))
            wanted = [(zone, theirs) for zone in place.zones if theirs]
            if own and schedule.timezone != RECIPIENT:
                wanted.append((schedule.timezone, own))
            shared = tuple(clocks.setdefault(parts, Clock(*parts)) for parts in wanted)
            window = known[place] = _window(schedule, place, shared, theirs)
        return window

    return read


def _window(schedule: Schedule, place: Place, clocks: tuple[Clock, ...], theirs: Restrictions) -> Window:
    zones = place.zones if schedule.timezone == RECIPIENT else (schedule.timezone,)
    nowhere = None
    if not place.zones:
        nowhere = theirs[0].cause if theirs else _needs_zone(schedule)
    return Window(
        place=place,
        clocks=clocks,
        start=_latest(schedule.start, zones),
        end=_earliest(schedule.end, zones),
        nowhere=nowhere,
    )


def _legal(pack: Pack, profile: Profile, place: Place) -> Iterator[Restriction]:
    if profile.week is not None:
        calendars = () if profile.on_holidays else place.jurisdictions or (profile.rule.jurisdiction,)
        yield Restriction(profile.rule.id, profile.week, calendars)
    if not profile.by_jurisdiction:
        return
    for hours in pack.hours:
        concerned = _concerned(hours.rule.jurisdiction, place.jurisdictions)
        if concerned:
            yield Restriction(hours.rule.id, hours.week, () if hours.on_holidays else concerned)


def _concerned(jurisdiction: str, jurisdictions: Iterable[str]) -> tuple[str, ...]:
    """Those of a place's jurisdictions for which a rule holds: itself, and the parts of a country."""
    return tuple(name for name in jurisdictions if name == jurisdiction or name.startswith(f"{jurisdiction}-"))


def _own(schedule: Schedule, place: Place) -> Iterator[Restriction]:
    hours, days, holidays = map(_several, (schedule.hours, schedule.days, schedule.holidays))
    if not (hours or days or holidays):
        return
    calendars = place.jurisdictions if "public" in holidays else ()
    dates = frozenset(date.fromisoformat(text) for text in holidays if text != "public")
    yield Restriction(SCHEDULE, _week(hours, days), calendars, dates)


def _week(hours: list[str], days: list[str]) -> Week:
    spans = joined(map(parse_span, hours)) or WHOLE_DAY
    wanted = {day for text in days for day in parse_days(text)} if days else set(range(7))
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        spans if day in wanted else () for day in range(7)
    )
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _needs_zone(schedule: Schedule) -> str | None:
    texts = (text for text in (schedule.start, schedule.end) if text)
    needed = schedule.timezone == RECIPIENT and any(_is_local(parse_moment(text)) for text in texts)
    return SCHEDULE if needed else None


def _is_local(moment: date) -> bool:
    return not isinstance(moment, datetime) or moment.tzinfo is None


def _latest(text: str | None, zones: Iterable[str]) -> int | None:
    """The first instant at which every clock has reached the schedule's start, by either reading."""
    if text is None:
        return None
    moment = parse_moment(text)
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return int(moment.timestamp())
    local = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return max((readings(zone, local).latest for zone in zones), default=None)


def _earliest(text: str | None, zones: Iterable[str]) -> int | None:
    """The first instant at which some clock has reached the schedule's end; a day counts to its last minute."""
    if text is None:
        return None
    moment = parse_moment(text)
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return int(moment.timestamp())
    local = moment if isinstance(moment, datetime) else datetime.combine(moment + timedelta(1), time())
    return min((readings(zone, local).earliest for zone in zones), default=None)
