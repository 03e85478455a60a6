"""What speaks against calls: found row by row, told once for all the rows that it concerns."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, Severity
from bland_deploy.operations.calls.checks.fields import Met
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.rules.pack import load_pack


class Objection(NamedTuple):
    """Why some people are not to be called.

    `cites` is the id of a rule of the pack, empty where none is broken. `path` leads to what is wrong in the campaign;
    None where it is the row.
    """

    rule: str
    severity: Severity
    what: str
    way_out: str
    cites: str = ""
    path: tuple[str | int, ...] | None = None


Objections: TypeAlias = tuple[Objection, ...]


def told(prepared: Prepared, objected: Mapping[Objection, Met]) -> Iterator[Diagnostic]:
    """The diagnostics, each naming the rows, the rule of the pack and its source."""
    for objection, met in objected.items():
        rows = str(met)
        place = Place(prepared.source.name, met.lines[0])
        if objection.path is not None:
            place = prepared.place_of(objection.path)
        message = f"{rows[0].upper()}{rows[1:]}: {objection.what}{_cited(objection.cites)}"
        yield Diagnostic(objection.rule, objection.severity, message, place, objection.way_out)


@cache
def _cited(id_: str) -> str:
    if not id_:
        return ""
    rule = load_pack().cited(id_)
    return f" ({rule.id}: {rule.text} Source: {rule.source})"
