"""Whom a probe may call: numbers that the user names, judged as recipients are, and never out of a campaign."""

from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bland_deploy.diagnostics import mask_number
from bland_deploy.errors import Blocked, InvalidInput
from bland_deploy.model.schedule import NO_SCHEDULE, ProfileName
from bland_deploy.operations.probe.trials import Callee
from bland_deploy.recipients.fictional import is_fictional
from bland_deploy.recipients.phone import examine
from bland_deploy.rules.pack import load_pack
from bland_deploy.windows.compile import window_reader
from bland_deploy.windows.window import Window
from bland_deploy.windows.zones import place_reader

AHEAD = timedelta(hours=15)
"""So far ahead a call rings, at least, that nobody stops: more than any zone is from UTC, should one be misread."""
_MOST_NUMBERS = 20


def read_numbers(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """The numbers in E.164, each once, as they were given and then as the lines of a file. Raises InvalidInput."""
    texts = [*given, *(_lines(file) if file else ())]
    if not texts:
        raise InvalidInput("a probe needs numbers of your own", help="--number +14155550100, or --numbers FILE")
    numbers = tuple(dict.fromkeys(_number(text) for text in texts))
    if len(numbers) > _MOST_NUMBERS:
        raise InvalidInput(f"{len(numbers):,} numbers are too many for a probe", help=f"name at most {_MOST_NUMBERS}")
    return numbers


def refuse_fictional(numbers: Iterable[str]) -> None:
    """Raises InvalidInput for a number that nobody can have: what a provider makes of it says nothing of others."""
    for number in numbers:
        if is_fictional(number.removeprefix("+")):
            raise InvalidInput(f"{mask_number(number)} is set aside for fiction", help="name a number of your own")


def refuse_suppressed(numbers: Iterable[str], suppressed: Container[str]) -> None:
    """Raises Blocked where anybody must not be called."""
    for number in numbers:
        if number in suppressed:
            raise Blocked(f"{mask_number(number)} is suppressed", help="name a number that may be called")


def make_callees(numbers: Iterable[str], profile: ProfileName, now: datetime) -> tuple[Callee, ...]:
    """When a call to each that nobody stops is to ring. `now` is aware.

    Raises Blocked, with the time at which it may run, outside of anybody's calling hours: should a start time be
    ignored, the phone rings at once.
    """
    pack, place_of = load_pack(), place_reader()
    window_of = window_reader(pack, pack.profiles[profile], NO_SCHEDULE)
    windows = {}
    for number in numbers:
        examined = examine(number).number
        windows[number] = window_of(place_of(number, examined.country, ("", "", "")))
    _refuse_hours(windows, int(now.timestamp()))
    return tuple(Callee(number, _later(number, window, now)) for number, window in windows.items())


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError):
        raise InvalidInput(f"{file} cannot be read", help="a text file with one number a line") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> str:
    number, flaw = examine(text)
    if flaw is not None or number.identity != text:
        reason = flaw or "it is not written in full, with + and the calling code"
        raise InvalidInput(f"{mask_number(text)} cannot be called: {reason}", help="for example +14155550100")
    return number.identity


def _refuse_hours(windows: dict[str, Window], now: int) -> None:
    for number, window in windows.items():
        if not window.refusals(now):
            continue
        following = window.next_interval(now)
        if following is None:
            raise Blocked(f"{mask_number(number)} has no calling hours", help="name a number whose time zone is known")
        zone = window.place.zones[0] if window.place.zones else "UTC"
        at = datetime.fromtimestamp(following.start, ZoneInfo(zone))
        raise Blocked(
            f"it is outside of the calling hours of {mask_number(number)}",
            help=f"run it again from {at:%Y-%m-%d %H:%M %Z} on",
        )


def _later(number: str, window: Window, now: datetime) -> datetime:
    following = window.next_interval(int((now + AHEAD).timestamp()))
    if following is None:
        raise Blocked(f"{mask_number(number)} has no calling hours within a year", help="name another number")
    return datetime.fromtimestamp(following.start, UTC)
