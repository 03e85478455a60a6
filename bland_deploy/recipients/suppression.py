"""People who are not to be called. A cell that names nobody is an error: it may have been meant to protect someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number, shown
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Suppression
from bland_deploy.model.pack import ListAge
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.recipients.check import PlaceOf, check_country, nowhere
from bland_deploy.recipients.freshness import Dates
from bland_deploy.recipients.phone import Flaw, examine, normalise, number_reader
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows

_AS_E164 = 'write it as "+14155550100"'


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Who is not to be called, by identity: `identity in suppressed`.

    Identities that are bare digits (libphonenumber parsed nothing there) are recognised however the list writes them:
    `countries` are those of the lists.
    """

    numbers: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.numbers)

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
    lists: Sequence[Suppression],
    reach: Reach,
    now: datetime | None = None,
    place_of: PlaceOf = nowhere,
    ages: Sequence[ListAge] = (),
) -> SuppressionRead:
    """Everyone on the lists. Their age is judged only where `now` (aware) is given; `ages` limits it by their kind."""
    numbers: set[str] = set()
    digests: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for index, listed in enumerate(lists):
        here = _under(place_of, ("suppression", index))
        if listed.default_country is not None:
            problems += check_country(listed.default_country, here(("default_country",)))
        source = read_rows(listed, reach, here((listed.lives_in,)))
        dates = Dates(listed, source.columns, ages)
        for item in source.rows():
            found = _identity(item, listed) if isinstance(item, Row) else item
            if dates.column is not None and isinstance(item, Row):
                unread = dates.see(item.values.get(dates.column), item.line)
                problems += [unread] if unread else []
            if isinstance(found, str):
                numbers.add(found)
            elif problem := found.problem if isinstance(found, LeftOut) else found:
                problems.append(problem)
        problems += dates.check(now, here)
        if digest := source.sha256():
            digests[source.name] = digest
    countries = frozenset(listed.default_country for listed in lists if listed.default_country is not None)
    return SuppressionRead(Suppressed(frozenset(numbers), countries), digests, tuple(problems))


def read_numbers(texts: Sequence[str], default_country: str | None) -> frozenset[str]:
    """The people that phone numbers name. InvalidInput where one names nobody, or the country is none."""
    problems = [] if default_country is None else [*check_country(default_country, Place())]
    numbers = set()
    for text in texts if not problems else ():
        number, flaw = examine(text, default_country)
        if number.identity.startswith("+") and flaw in {None, Flaw.EXTENSION}:
            numbers.add(number.identity)
        else:
            problems.append(_names_nobody(f"{mask_number(number.identity)} names nobody: {flaw}", Place(), _AS_E164))
    if problems:
        raise InvalidInput("nobody was suppressed", diagnostics=problems)
    return frozenset(numbers)


def _under(place_of: PlaceOf, above: tuple[str | int, ...]) -> PlaceOf:
    return lambda path: place_of((*above, *path))


def _identity(row: Row, listed: Suppression) -> str | Diagnostic:
    text = row.values.get(listed.phone)
    number = number_reader(listed.default_country)(text) if isinstance(text, str) else None
    if number is not None:
        return number.identity
    place = Place(listed.name, row.line)
    if not isinstance(text, str):
        what = "is missing" if text is None else "is not text"
        return _names_nobody(f'the phone number in "{shown(listed.phone)}" {what}', place, _AS_E164)
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
