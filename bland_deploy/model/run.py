"""One run of the tool: the only clock that templates see, fixed when the plan is made."""

from datetime import date, datetime
from typing import NamedTuple


class Run(NamedTuple):
    """`id` (16 characters), `started_at` (aware, UTC) and `date` (in the campaign's zone) of a plan."""

    id: str
    started_at: datetime
    date: date
