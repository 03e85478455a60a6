"""Calls that are alike: they differ only by whom they ring and by what Bland fills in.

That are those whose rows hold the same in the columns that `each` reads. So what `each` gives is rendered, checked and
encoded once for all of them, and the rest is made column by column. All other calls are made one by one, by
`chunks.py`; a property test compares.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bland_deploy.api.calls import NUMBER
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.recipient import Recipient, Row
from bland_deploy.operations.checks.callees import CalleeChecks
from bland_deploy.operations.checks.fields import FieldChecks
from bland_deploy.operations.checks.placeholders import Names
from bland_deploy.operations.objections import Objections
from bland_deploy.operations.prepare import Prepared
from bland_deploy.planning.assemble import encode
from bland_deploy.prompts.compile import Value
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.recipients.variables import VariablesOf

_UNDER = "request_data"
_REMEMBERED = 20_000
_LONGEST = 256
"""How many ends of calls are remembered, and how many characters a cell may have by which they are told."""

Checks: TypeAlias = tuple[FieldChecks, CalleeChecks]
MakeAlike: TypeAlias = Callable[[Sequence[Recipient]], "Alike"]
_CellsOf: TypeAlias = Callable[[Mapping[str, Json]], str | tuple[str, ...] | None]
# None where the call has to be made by itself
_EndOf: TypeAlias = Callable[[Row], bytes | None]


class Given(NamedTuple):
    """What a row gives to its call: its variables, and the fields of `each`; these raise RenderFailed.

    `stamped` is a call, or such fields, with the mark in the place of the stamp.
    """

    variables: VariablesOf
    fields: Callable[[Row], JsonObject]
    stamped: Callable[[JsonObject], JsonObject]


class Alike(NamedTuple):
    """The calls of some people, and the names of the variables that they bring along, an item each.

    None and () stand for a call that has to be made by itself. `against` is what speaks against calling whom, by place.
    """

    calls: list[bytes | None]
    names: list[Names]
    against: Mapping[int, Objections]


def alike_maker(prepared: Prepared, given: Given, checks: Checks | None) -> MakeAlike:
    """The function from people to their calls, as far as they can be made together. `checks`, if given, see them."""
    end_of = _end_reader(prepared, given, checks)
    if end_of is None:
        return lambda people: Alike([None] * len(people), [()] * len(people), {})
    variables_of = given.variables

    def make(people: Sequence[Recipient]) -> Alike:
        rows = [row for row, _ in people]
        ends, variables = [*map(end_of, rows)], [*map(variables_of, rows)]
        calls = [
            None
            if end is None or type(own) is not dict
            else encode({NUMBER: number[0], _UNDER: own} if own else {NUMBER: number[0]})[:-1] + end
            for (_, number), own, end in zip(people, variables, ends, strict=True)
        ]
        if checks is None:
            return Alike(calls, [()] * len(people), {})
        names = [tuple(own) if type(own) is dict else () for own in variables]
        return Alike(calls, names, checks[1].see_people(people))

    return make


def _end_reader(prepared: Prepared, given: Given, checks: Checks | None) -> _EndOf | None:
    """The function from a row to the end of its call: its JSON behind the variables. None where no two are alike.

    The checks have nothing to say about a call that has an end, but because of whom it rings.
    """
    cells_of, under = _cells_reader(prepared.each), prepared.campaign.recipients.variables_under
    if cells_of is None or (prepared.version.variables_under if under is None else under) != _UNDER:
        return None
    if prepared.computed or (checks is not None and checks[0].sees_numbers):
        return None
    known: dict[object, bytes | None] = {None: None}
    # where something speaks against what all calls share, the first call shows whether its own text mends that
    is_hopeless, is_doubtful = False, checks is not None and not checks[1].is_silent({})

    def end_of(row: Row) -> bytes | None:
        nonlocal is_hopeless, is_doubtful
        if is_hopeless or row[2]:  # a `call` of its own
            return None
        cells = cells_of(row[1])
        if cells in known:
            return known[cells]
        if len(known) > _REMEMBERED:
            known.clear()
            known[None] = None
        known[cells] = end = _end(row, given, checks)
        is_hopeless, is_doubtful = is_doubtful and end is None, False
        return end

    return end_of


def _end(row: Row, given: Given, checks: Checks | None) -> bytes | None:
    try:
        fields = given.fields(row)
    except RenderFailed:
        return None
    if NUMBER in fields or _UNDER in fields:
        return None
    if checks is not None:
        of_fields, of_callees = checks
        if of_fields.see(row, fields, "") or not of_callees.is_silent(fields):
            return None
    return b",%b" % encode(given.stamped(fields))[1:] if fields else b"}"


def deciding_columns(each: Value) -> tuple[str, ...] | None:
    """The columns of the row that decide what a value gives, as far as the row does; None where that may be any."""
    if any("row" in template.whole for _, template in each.templates):
        return None
    return tuple(dict.fromkeys(read.name for read in each.columns))


def _cells_reader(each: Value) -> _CellsOf | None:
    """The function from a row's values to those that decide what `each` gives; None where that may be any.

    It gives None where one of them is no text, or a long one.
    """
    columns = deciding_columns(each)
    if columns is None:
        return None
    if len(columns) == 1:
        return _cell_reader(*columns)

    def read(values: Mapping[str, Json]) -> tuple[str, ...] | None:
        cells = [cell for cell in map(values.get, columns) if type(cell) is str and len(cell) <= _LONGEST]
        return tuple(cells) if len(cells) == len(columns) else None

    return read


def _cell_reader(column: str) -> _CellsOf:
    def read(values: Mapping[str, Json]) -> str | None:
        cell = values.get(column)
        return cell if type(cell) is str and len(cell) <= _LONGEST else None

    return read
