"""How old a suppression list is. Its age counts from what it says of itself, never from the time of its file."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.model.campaign import Suppression
from bland_deploy.model.pack import ListAge
from bland_deploy.recipients.check import PlaceOf

TOO_OLD = "suppression-too-old"
UNDATED = "suppression-undated"

_USUAL_COLUMN = "as_of"
# a list of today may be dated tomorrow in UTC
_DAY_AHEAD = timedelta(hours=14)


class Dates:
    """The date of a list: the one that `as_of` gives, else the oldest of the column that it names.

    Without `as_of` a column of that name serves.
    """

    def __init__(self, listed: Suppression, columns: Collection[str] | None, ages: Sequence[ListAge] = ()) -> None:
        self._listed, self._limits = listed, tuple(_limits(listed, ages))
        self.oldest = _moment(listed.as_of) if listed.as_of is not None else None
        named = listed.as_of or _USUAL_COLUMN
        self.column = named if self.oldest is None and named in (columns or ()) else None

    def see(self, cell: object, line: int) -> Diagnostic | None:
        """Look at the cell of a row, and say what is wrong with it."""
        moment = _moment(cell) if isinstance(cell, str) else None
        if moment is None:
            place = Place(self._listed.name, line)
            return error("suppression-date", f'the date in "{self.column}" cannot be read', place, _WRITE_IT)
        self.oldest = moment if self.oldest is None else min(self.oldest, moment)
        return None

    def check(self, now: datetime | None, here: PlaceOf) -> Iterator[Diagnostic]:
        """Whether the list is dated as it needs to be, and fresh enough where `now` (aware) is given."""
        listed = self._listed
        if listed.as_of is not None and self.oldest is None and self.column is None:
            message = "`as_of` must be a date, a time with its offset, or a column of the list"
            yield error("suppression-date", message, here(("as_of",)), _WRITE_IT)
        elif self._limits and self.oldest is None:
            limit = self._limits[0]
            message = f"`{limit.key}` limits the age of the list, which counts from `as_of`: that is missing"
            way_out = 'say when the list was made: as_of: "2026-01-31"'
            yield error(UNDATED, f"{message}{limit.words}", here((limit.key,)), way_out)
        elif self.oldest is not None and now is not None:
            yield from self._check_age(now - self.oldest, here)

    def _check_age(self, age: timedelta, here: PlaceOf) -> Iterator[Diagnostic]:
        strictest = min(self._limits, key=lambda limit: limit.seconds, default=None)
        if age < -_DAY_AHEAD:
            yield error(
                "suppression-date", "`as_of` lies in the future", here(("as_of",)), "say when the list was made"
            )
        elif strictest is not None and age.total_seconds() > strictest.seconds:
            old, most = (f"{seconds / 3600:,.0f} hours" for seconds in (age.total_seconds(), strictest.seconds))
            message = f"{self._listed.name} is {old} old, and may be {most} old{strictest.words}"
            yield error(TOO_OLD, message, here(("as_of",)), "fetch the list again and set `as_of`")


class _Limit(NamedTuple):
    """So many seconds, by a key of the list; and the words that name the rule, if it is one of the pack."""

    seconds: float
    key: str
    words: str = ""


def _limits(listed: Suppression, ages: Sequence[ListAge]) -> Iterator[_Limit]:
    for age in ages:
        if age.kind == listed.kind:
            yield _Limit(age.hours * 3600, "kind", f" (rule {age.rule.id}: {age.rule.source})")
    if listed.max_age is not None:
        yield _Limit(listed.max_age, "max_age")


_WRITE_IT = 'write it as "2026-01-31" or "2026-01-31T08:00:00Z"'


def _moment(text: str) -> datetime | None:
    """The moment from which a list counts: a date begins at midnight UTC. None for what is no date."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return moment
    is_date = len(text) == len(date.min.isoformat()) and "T" not in text
    return moment.replace(tzinfo=UTC) if is_date else None
