"""Public holidays of countries and of their parts, with the days on which they are observed."""

from collections.abc import Mapping
from datetime import date
from functools import cache


def holiday(jurisdiction: str, day: date) -> str | None:
    """The name of the public holiday of a jurisdiction (ISO 3166, `FR` or `US-AL`) on a day, or None."""
    return _holidays(jurisdiction, day.year).get(day)


@cache
def _holidays(jurisdiction: str, year: int) -> Mapping[date, str]:
    import holidays  # noqa: PLC0415 - as slow as pydantic, and few campaigns meet a rule on holidays

    country, _, part = jurisdiction.partition("-")
    try:
        found = holidays.country_holidays(country, years=year)
    except NotImplementedError:  # it knows none of this country
        return {}
    if part in found.subdivisions:
        found = holidays.country_holidays(country, subdiv=part, years=year)
    return dict(found.items())
