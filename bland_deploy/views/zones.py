"""Why a number has its time zones, as tables for people."""

from collections.abc import Iterable, Iterator, Sequence

from bland_deploy.model.hours import write_week
from bland_deploy.model.pack import CallingHours, Profile
from bland_deploy.model.place import Evidence, Place

_NOTHING = "-"


def describe(shown: str, place: Place, evidence: Iterable[Evidence], hours: Iterable[Profile | CallingHours]) -> str:
    """Where the person of a number may be and why, and the hours that hold there; `shown` is the number, masked."""
    because = [
        (item.source, ", ".join(item.zones) or _NOTHING, ", ".join(item.jurisdictions) or _NOTHING) for item in evidence
    ]
    rules = [(rule.rule.id, write_week(rule.week), _holidays(rule)) for rule in hours if rule.week is not None]
    lines = [*_table(("BECAUSE OF", "TIME ZONES", "PLACES"), because), ""]
    lines.append("The columns `timezone`, `state` and `zip` of its row add to these.")
    if not place.zones:
        return "\n".join(
            [f"{shown}: the number alone tells no time zone, and without one nobody is called.", "", *lines]
        )
    lines += [
        "",
        "A call has to be allowed by each of these rules, on the clock of every zone, unless the campaign asks for",
        "another profile:",
        "",
        *_table(("RULE", "HOURS", "PUBLIC HOLIDAYS"), rules),
    ]
    return "\n".join([f"{shown} may be in {_or(place.zones)}.", "", *lines])


def _holidays(rule: Profile | CallingHours) -> str:
    return "as other days" if rule.on_holidays else "no calls"


def _or(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
