"""What can be said about `recipients` before a row is read: columns and countries that nobody knows."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from bland_deploy.diagnostics import NOWHERE, Diagnostic, Place, error, nearest, shown
from bland_deploy.model.campaign import Recipients
from bland_deploy.recipients.phone import is_country

# the place of a value of the campaign file, by its path from the top
PlaceOf: TypeAlias = Callable[[tuple[str | int, ...]], Place]


def nowhere(_path: tuple[str | int, ...]) -> Place:
    """No place, for callers that know none."""
    return NOWHERE


def check_recipients(
    recipients: Recipients, columns: tuple[str, ...] | None, place_of: PlaceOf = nowhere
) -> Iterator[Diagnostic]:
    """Mistakes of `recipients`, given the columns of its list where it has a header."""
    if recipients.default_country is not None:
        yield from check_country(recipients.default_country, place_of(("recipients", "default_country")))
    yield from _variables_given_twice(recipients, place_of)
    if columns is None:
        return
    for column in recipients.defaults:
        yield from _unknown_column(column, columns, place_of(("recipients", "defaults", column)))
    listed = recipients.variables if isinstance(recipients.variables, list) else []
    for index, item in enumerate(listed):
        if isinstance(item, str):
            yield from _unknown_column(item, columns, place_of(("recipients", "variables", index)))


def check_country(country: str, place: Place = NOWHERE) -> Iterator[Diagnostic]:
    """An error where libphonenumber knows no numbers of a country (ISO 3166)."""
    if not is_country(country):
        meant = {"UK": "GB", "EN": "GB"}.get(country)
        way_out = f"did you mean {meant}?" if meant else "write its two letters of ISO 3166, such as US or GB"
        yield error("unknown-country", f'"{shown(country)}" is no country with phone numbers', place, way_out)


def _variables_given_twice(recipients: Recipients, place_of: PlaceOf) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    listed = recipients.variables if isinstance(recipients.variables, list) else []
    for index, item in enumerate(listed):
        for name in [item] if isinstance(item, str) else item:
            if name in seen:
                place = place_of(("recipients", "variables", index))
                yield error("duplicate-variable", f'the variable "{shown(name)}" is given twice', place, "keep one")
            seen.add(name)


def _unknown_column(column: str, columns: Collection[str], place: Place) -> Iterator[Diagnostic]:
    if column in columns:
        return
    meant = nearest(column, columns)
    way_out = f'did you mean "{shown(meant)}"?' if meant else f"its columns are: {', '.join(map(shown, columns))}"
    yield error("unknown-column", f'the list has no column "{shown(column)}"', place, way_out)
