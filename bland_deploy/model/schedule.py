"""When a campaign calls: `schedule` of a campaign file. Profiles come from the rules pack and hold besides."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import AfterValidator, Field

from bland_deploy.model.hours import parse_days, parse_span
from bland_deploy.model.strict import Strict, made

ProfileName: TypeAlias = Literal["us-strict", "us-standard", "federal-floor", "none"]
PlanName: TypeAlias = Literal["start", "build", "scale", "enterprise"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _hours(text: str) -> str:
    parse_span(text)
    return text


def _days(text: str) -> str:
    parse_days(text)
    return text


def _moment(text: str) -> str:
    parse_moment(text)
    return text


def _holiday(text: str) -> str:
    if text != "public" and not _is_day(text):
        raise ValueError('must be `public` or a date such as "2026-12-24"')
    return text


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def parse_moment(text: str) -> date:
    """A day, or a time of day with or without an offset. Raises ValueError for anything else."""
    if _is_day(text):
        return date.fromisoformat(text)
    try:
        return datetime.fromisoformat(text) if len(text) > len("2027-03-01") else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> date:
    raise ValueError('must be a day or a time such as "2027-03-01" or "2027-03-01T09:00"')


Hours = Annotated[str, AfterValidator(_hours)]
Days = Annotated[str, AfterValidator(_days)]
Moment = Annotated[str, AfterValidator(_moment)]
Holiday = Annotated[str, AfterValidator(_holiday)]


class Begun(NamedTuple):
    """Calls that begin at an instant (seconds since 1970 UTC)."""

    instant: int
    calls: int


class Pace(Strict):
    """How fast the account may dial, as its plan has it; what is not set does not limit."""

    per_hour: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls within an hour.")
    per_day: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls within 24 hours.")
    at_once: Annotated[int, Field(ge=1)] | None = Field(None, description="Calls at the same time.")


PACES: Mapping[PlanName, Pace] = MappingProxyType(
    {
        "start": Pace(per_hour=100, per_day=100, at_once=10),
        "build": Pace(per_hour=1_000, per_day=2_000, at_once=50),
        "scale": Pace(per_hour=1_000, per_day=5_000, at_once=100),
        "enterprise": Pace(per_hour=None, per_day=None, at_once=None),
    }
)
"""The limits of Bland's plans as published on 2025-12-05 (bland-api 6.1)."""
USUAL_PACE = Pace(per_hour=1_000, per_day=None, at_once=None)
"""What is assumed of an account whose plan nobody names."""


def pace_of(written: PlanName | Pace | None) -> Pace:
    """The pace that is meant by a plan's name, by numbers, or by nothing."""
    if written is None:
        return USUAL_PACE
    return written if isinstance(written, Pace) else PACES[written]


class Schedule(Strict):
    """When the campaign may ring people. Hours of the law hold besides, by the profile."""

    start: Moment | None = Field(
        None, description="First day or time, such as 2027-03-01 or 2027-03-01T09:00; without an offset, in `timezone`."
    )
    end: Moment | None = Field(None, description="Last day (which still counts), or the time at which calls end.")
    timezone: str = Field(
        "recipient",
        description="Whose clock `start`, `end`, `hours`, `days` and `holidays` follow: `recipient`, or an IANA zone. "
        "The profile's hours always follow the recipient's.",
    )
    hours: Hours | list[Hours] = made(list, 'Hours of the day, such as "9:00-17:30", or a list; all if empty.')
    days: Days | list[Days] = made(list, "Days, such as `mon-fri` or `sat`, or a list of them; all if empty.")
    holidays: Holiday | list[Holiday] = made(
        list, "Days without calls: `public` for the holidays of the recipient's state and country, and dates."
    )
    profile: ProfileName | None = Field(
        None,
        description="Which calling hours of the rules pack hold: `us-standard` (9-20 and the rules of states; the "
        "default), `us-strict` (Monday to Friday 10-18, no holidays), `federal-floor` (8-21), or `none`. In a sandbox "
        "and on loopback the default is `none`.",
    )
    pace: PlanName | Pace | None = Field(
        None, description="How fast to dial: the name of a plan of Bland's, or numbers; else the environment's."
    )

    @property
    def restricts(self) -> bool:
        """Whether it leaves some times out."""
        return bool(self.start or self.end or self.hours or self.days or self.holidays)

    @property
    def spreads(self) -> bool:
        """Whether every call gets a time of its own: the schedule says when, by what rules or how fast to call."""
        return self.restricts or self.pace is not None or self.profile not in {None, "none"}


NO_SCHEDULE = Schedule.model_validate({})
