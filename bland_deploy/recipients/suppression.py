"""People who are not to be called. A cell that names nobody is an error: it may have been meant to protect someone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number, shown
from bland_deploy.model.campaign import Suppression
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.recipients.check import PlaceOf, check_country, nowhere
from bland_deploy.recipients.phone import Flaw, examine, normalise, number_reader
from bland_deploy.recipients.sources import read_rows

# a list of today may be dated tomorrow in UTC
_DAY_AHEAD = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Who is not to be called, by identity: `identity in suppressed`.

    Identities that are bare digits (libphonenumber parsed nothing there) are recognised however the list writes them:
    `countries` are those of the lists.
    """

    numbers: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()

    def __contains__(self, identity: object) -> bool:
        if identity in self.numbers:
            return True
        if not isinstance(identity, str) or identity.startswith("+") or not identity:
            return False
        forms = (normalise(identity, country).identity for country in sorted(self.countries))
        return f"+{identity}" in self.numbers or any(form in self.numbers for form in forms)


class SuppressionRead(NamedTuple):
    """What suppression lists hold; the SHA-256 (hex) of each that was read to the end, by name; what is wrong."""

    suppressed: Suppressed
    digests: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]


def read_suppressed(
    lists: Sequence[Suppression], root: Path, now: datetime | None = None, place_of: PlaceOf = nowhere
) -> SuppressionRead:
    """Everyone on the lists. The age of a list is judged only where `now` (aware) is given."""
    numbers: set[str] = set()
    digests: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for index, listed in enumerate(lists):
        here = _under(place_of, ("suppression", index))
        problems += _check(listed, now, here)
        source = read_rows(listed, root, here(("file",)))
        for item in source.rows():
            found = _identity(item, listed) if isinstance(item, Row) else item
            if isinstance(found, str):
                numbers.add(found)
            elif problem := found.problem if isinstance(found, LeftOut) else found:
                problems.append(problem)
        if digest := source.sha256():
            digests[source.name] = digest
    countries = frozenset(listed.default_country for listed in lists if listed.default_country is not None)
    return SuppressionRead(Suppressed(frozenset(numbers), countries), digests, tuple(problems))


def _under(place_of: PlaceOf, above: tuple[str | int, ...]) -> PlaceOf:
    return lambda path: place_of((*above, *path))


def _identity(row: Row, listed: Suppression) -> str | Diagnostic:
    text = row.values.get(listed.phone)
    number = number_reader(listed.default_country)(text) if isinstance(text, str) else None
    if number is not None:
        return number.identity
    place = Place(listed.file, row.line)
    if not isinstance(text, str):
        what = "is missing" if text is None else "is not text"
        return _names_nobody(f'the phone number in "{shown(listed.phone)}" {what}', place, 'write it as "+14155550100"')
    number, flaw = examine(text, listed.default_country)
    if number.identity.startswith("+"):
        # whether it can exist or has an extension does not matter: nobody is called by mistake because of it
        return number.identity
    way_out = "correct it or remove the row: nobody is protected by it"
    if flaw is Flaw.NO_COUNTRY:
        way_out = "set `default_country` (such as US) of this list, or write numbers with + and the calling code"
    return _names_nobody(f"{mask_number(number.identity)} names nobody: {flaw}", place, way_out)


def _names_nobody(message: str, place: Place, way_out: str) -> Diagnostic:
    return error("suppression-unreadable", message, place, way_out)


def _check(listed: Suppression, now: datetime | None, here: PlaceOf) -> Iterator[Diagnostic]:
    if listed.default_country is not None:
        yield from check_country(listed.default_country, here(("default_country",)))
    as_of = _moment(listed.as_of) if listed.as_of is not None else None
    if listed.as_of is not None and as_of is None:
        yield error(
            "suppression-date",
            "`as_of` must be a date, or a time with its offset",
            here(("as_of",)),
            'write it as "2026-01-31" or "2026-01-31T08:00:00Z"',
        )
    elif listed.max_age is not None and as_of is None:
        yield error(
            "suppression-date",
            "`max_age` counts from `as_of`, which is missing",
            here(("max_age",)),
            'say when the list was made: as_of: "2026-01-31"',
        )
    elif as_of is not None and now is not None:
        yield from _check_age(listed, as_of, now, here)


def _check_age(listed: Suppression, as_of: datetime, now: datetime, here: PlaceOf) -> Iterator[Diagnostic]:
    age = now - as_of
    if age < -_DAY_AHEAD:
        yield error("suppression-date", "`as_of` lies in the future", here(("as_of",)), "say when the list was made")
    elif listed.max_age is not None and age.total_seconds() > listed.max_age:
        hours = age.total_seconds() / 3600
        message = f"{listed.file} is {hours:,.0f} hours old, and may be {listed.max_age / 3600:,.0f} hours old"
        yield error("suppression-too-old", message, here(("as_of",)), "fetch the list again and set `as_of`")


def _moment(text: str) -> datetime | None:
    """The moment from which a list counts: a date begins at midnight UTC."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _aware(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _aware(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
