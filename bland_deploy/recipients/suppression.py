"""People who are not to be called. A cell that names nobody is an error: it may have been meant to protect someone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number, note, shown
from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Suppression
from bland_deploy.model.keys import key_id, person_key, read_key
from bland_deploy.model.pack import ListAge
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.recipients.check import PlaceOf, check_country, nowhere
from bland_deploy.recipients.formats.listing import Read
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

    def among(self, identities: Sequence[str]) -> frozenset[str]:
        """Those of many identities that are suppressed."""
        if not self.numbers:
            return frozenset()
        unlike = {identity for identity in identities if identity[:1] != "+" and identity in self}
        return self.numbers.intersection(identities) | unlike

    def __contains__(self, identity: object) -> bool:
        if identity in self.numbers:
            return True
        if not isinstance(identity, str) or identity.startswith("+") or not identity:
            return False
        forms = (normalise(identity, country).identity for country in sorted(self.countries))
        return f"+{identity}" in self.numbers or any(form in self.numbers for form in forms)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Who is not to be called, by person keys under a state key: `identity in keyed`."""

    keys: frozenset[bytes] = frozenset()
    state_key: bytes | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.keys)

    def __contains__(self, identity: object) -> bool:
        if self.state_key is None or not self.keys or not isinstance(identity, str):
            return False
        return person_key(self.state_key, identity) in self.keys


class SuppressionRead(NamedTuple):
    """What suppression lists hold, as numbers and as keys; the SHA-256 (hex) of each that was read to the end, by name.

    What is wrong. Without the state key nobody is `keyed`.
    """

    suppressed: Suppressed
    digests: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]
    keyed: Keyed = Keyed()


def read_suppressed(
    lists: Sequence[Suppression],
    reach: Reach,
    now: datetime | None = None,
    place_of: PlaceOf = nowhere,
    ages: Sequence[ListAge] = (),
) -> SuppressionRead:
    """Everyone on the lists. Their age is judged only where `now` (aware) is given; `ages` limits it by their kind."""
    found = _Found()
    for index, listed in enumerate(lists):
        here = _under(place_of, ("suppression", index))
        source = read_rows(_by_column(listed), reach, here((listed.lives_in,)))
        dates = Dates(listed, source.columns, ages)
        found.problems += _check_list(listed, reach.state_key, here)
        found.take(source.rows(), _namer(listed, reach.state_key), dates)
        found.problems += dates.check(now, here)
        if digest := source.sha256():
            found.digests[source.name] = digest
    countries = frozenset(listed.default_country for listed in lists if listed.default_country is not None)
    suppressed = Suppressed(frozenset(found.numbers), countries)
    keyed = Keyed(frozenset(found.keys), reach.state_key) if reach.state_key is not None else Keyed()
    return SuppressionRead(suppressed, found.digests, tuple(found.problems), keyed)


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    numbers: set[str] = field(default_factory=set)
    keys: set[bytes] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def take(self, rows: Iterable[Read], named: "_Named", dates: Dates) -> None:
        """The rows of a list."""
        for item in rows:
            found = named(item) if isinstance(item, Row) else item
            if dates.column is not None and isinstance(item, Row):
                unread = dates.see(item.values.get(dates.column), item.line)
                self.problems += [unread] if unread else []
            if isinstance(found, str):
                self.numbers.add(found)
            elif isinstance(found, bytes):
                self.keys.add(found)
            elif problem := found.problem if isinstance(found, LeftOut) else found:
                self.problems.append(problem)


def _by_column(listed: Suppression) -> Suppression:
    """The list, as one whose column of keys stands where others have a column of numbers."""
    return listed if listed.keys is None else listed.model_copy(update={"phone": listed.keys})


def _check_list(listed: Suppression, state_key: bytes | None, here: PlaceOf) -> Iterator[Diagnostic]:
    if listed.default_country is not None:
        yield from check_country(listed.default_country, here(("default_country",)))
    if listed.keys is not None and state_key is None:
        yield note(
            "suppression-keys",
            f"{listed.name} holds keys of people, which cannot be read without the state key: "
            "nobody on it is left out here",
            here(("keys",)),
            "`apply` reads it; set BLAND_DEPLOY_STATE_KEY to have it read here",
        )


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


_Named: TypeAlias = Callable[[Row], str | bytes | Diagnostic]


def _namer(listed: Suppression, state_key: bytes | None) -> _Named:
    """What tells whom a row of the list means: an identity, or a key; what is wrong with the row."""
    if listed.keys is None:
        return partial(_identity, listed=listed)
    return partial(_key, listed=listed, column=listed.keys, wanted=key_id(state_key) if state_key else None)


def _key(row: Row, listed: Suppression, column: str, wanted: str | None) -> bytes | Diagnostic:
    text, place = row.values.get(column), Place(listed.name, row.line)
    found = read_key(text) if isinstance(text, str) else None
    if found is None:
        message = f'"{shown(column)}" holds no key of a person: nobody is protected by this row'
        return _names_nobody(message, place, "write lists of keys with `bland-deploy suppress hash`")
    made_under, key = found
    if wanted is not None and made_under != wanted:
        message = f"the key of a person was made under state key {made_under}, and the state key here is {wanted}"
        return _names_nobody(message, place, "make the list anew: `bland-deploy suppress hash`")
    return key


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
