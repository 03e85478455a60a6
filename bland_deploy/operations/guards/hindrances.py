"""What speaks against calling people at a time, told once for all the rows that it concerns."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bland_deploy.diagnostics import Diagnostic, Place, error, warning
from bland_deploy.operations.calls.checks.fields import Met
from bland_deploy.operations.guards.calling import Calling, cited
from bland_deploy.windows.compile import SCHEDULE
from bland_deploy.windows.window import Refusal, Why, Window

OUTSIDE_HOURS = "outside-calling-hours"
NO_ZONE = "no-time-zone"
NO_HOURS = "no-calling-hours"
UNKNOWN_PLACE = "unknown-place"

_COLUMNS = {
    "timezone": "an IANA time zone, such as America/New_York",
    "state": "a state or province, such as TX or Texas",
    "zip": "a postal code, such as 94103",
}
_WRITE_COLUMN = "correct the cell, or empty it: then the number alone says where the person may be"
_ADD_ZONE = "add a column `timezone` with an IANA zone such as America/New_York, or leave such rows out with `where`"
_SCHEDULE_IT = "`schedule: {profile: us-standard}` gives every call a time of its own within its hours"
_OTHER_TIME = "give a `start_time` within those hours, or none and a `schedule`, which finds one"
_OTHER_SCHEDULE = "change `schedule` so that hours are left in the next 60 days"


class Hindrance(NamedTuple):
    """Why some people are not to be called: `cause` is a rule of the pack or `schedule`, empty where it is the list."""

    rule: str
    cause: str
    what: str
    way_out: str

    def told(self, list_name: str, met: Met, *, holds: bool) -> Diagnostic:
        """For the rows that it concerns; an error where it holds."""
        message = f"{self.what} ({met})" + (f"; {_quoted(self.cause)}" if self.cause else "")
        place = Place(list_name, met.lines[0])
        if holds:
            return error(self.rule, message, place, self.way_out)
        return warning(self.rule, message, place, self.way_out)


class Hindrances:
    """What speaks against calls of a campaign, with the rows."""

    def __init__(self, calling: Calling, list_name: str) -> None:
        self._calling, self._name = calling, list_name
        self._met: dict[Hindrance, Met] = {}

    def add(self, hindrance: Hindrance, line: int) -> None:
        """One more row."""
        self._met.setdefault(hindrance, Met()).add([line])

    def diagnostics(self) -> Iterator[Diagnostic]:
        """All of it, as errors where they hold."""
        for hindrance, met in self._met.items():
            yield hindrance.told(self._name, met, holds=self._calling.holds)


def _quoted(cause: str) -> str:
    rule = cited(cause)
    return "by the campaign's `schedule`" if rule is None else f"{rule.id}: {rule.text} (Source: {rule.source})"


def at_once(window: Window, now: int, last: int) -> Iterator[Hindrance]:
    """What speaks against calls that begin between two instants."""
    refusals, instant, which = window.refusals(now), now, "now"
    if not refusals:
        refusals, instant, which = window.refusals(last), last, "when the last call may be dialled"
    if not refusals and _closes_between(window, now, last):
        last_open = window.intervals(now, last)[0].end
        refusals, instant, which = window.refusals(last_open), last_open, "before the last call is dialled"
    for refusal in refusals:
        yield _outside(refusal, f"{which}{_clock(refusal, instant)}", _SCHEDULE_IT)


def at_own_time(window: Window, start: int, tail: int) -> Iterator[Hindrance]:
    """What speaks against a call at the time that its user has written."""
    refusals = window.refusals(start) or window.refusals(start + tail)
    for refusal in refusals:
        yield _outside(refusal, "at its `start_time`", _OTHER_TIME)


def never() -> Hindrance:
    """A window that does not open. No rule alone keeps it shut, so it is the schedule."""
    return Hindrance(NO_HOURS, SCHEDULE, "nobody can be rung there in the next 60 days", _OTHER_SCHEDULE)


def unread(columns: tuple[str, ...]) -> Iterator[Hindrance]:
    """The columns of a place that mean nothing."""
    for column in columns:
        what = f"the column `{column}` holds something else than {_COLUMNS[column]}"
        yield Hindrance(UNKNOWN_PLACE, "", what, _WRITE_COLUMN)


def nowhere(window: Window) -> Iterator[Hindrance]:
    """A window of people whose zone nobody knows."""
    if window.nowhere is not None:
        what = "no time zone is known for the number, so nobody knows which hour it is there"
        yield Hindrance(NO_ZONE, window.nowhere, what, _ADD_ZONE)


def _closes_between(window: Window, now: int, last: int) -> bool:
    intervals = window.intervals(now, last)
    return len(intervals) != 1 or intervals[0].end < last


def _outside(refusal: Refusal, when: str, way_out: str) -> Hindrance:
    return Hindrance(OUTSIDE_HOURS, refusal.cause, f"{_WORDS[refusal.why]} {when}", way_out)


_WORDS = {
    Why.HOURS: "outside the calling hours",
    Why.DAY: "a day of the week without calls",
    Why.HOLIDAY: "a holiday without calls",
    Why.TOO_EARLY: "the schedule has not begun",
    Why.TOO_LATE: "the schedule is over",
    Why.NOWHERE: "no time zone is known",
}


def _clock(refusal: Refusal, instant: int) -> str:
    if not refusal.zone:
        return ""
    shown = datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(refusal.zone))
    return f", {shown:%a %H:%M} in {refusal.zone}"
