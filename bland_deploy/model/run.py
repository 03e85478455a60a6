"""One run of the tool: the only clock that templates see, fixed when the plan is made."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Run:
    """`id` (16 characters), `started_at` (aware, UTC) and `date` (in the campaign's zone) of a plan."""

    id: str
    started_at: datetime
    date: date
