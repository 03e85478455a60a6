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
# what tells the calls of some rows from others, and how they end; None where the call has to be made by itself
_CellsOf: TypeAlias = Callable[[Sequence[Mapping[str, Json]]], Sequence[object]]
_EndsOf: TypeAlias = Callable[[Sequence[Row]], list[bytes | None]]


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
    ends_of = _ends_reader(prepared, given, checks)
    if ends_of is None:
        return _alone
    variables_of = given.variables

    def make(people: Sequence[Recipient]) -> Alike:
        rows = [row for row, _ in people]
        ends = ends_of(rows)
        if not any(ends):
            return _alone(people)
        variables = [*map(variables_of, rows)]
        # one by one: what is made for a whole chunk at once costs more for its memory than it saves
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


def _alone(people: Sequence[Recipient]) -> Alike:
    """Every call has to be made by itself."""
    return Alike([None] * len(people), [()] * len(people), {})


def _ends_reader(prepared: Prepared, given: Given, checks: Checks | None) -> _EndsOf | None:
    """The function from rows to the ends of their calls: their JSON behind the variables. None where no two are alike.

    The checks have nothing to say about a call that has an end, but because of whom it rings.
    """
    cells_of = _cells_reader(prepared.each)
    if cells_of is None or not _can_be_alike(prepared, checks):
        return None
    known: dict[object, bytes | None] = {None: None}
    # where something speaks against what all calls share, the first call shows whether its own text mends that
    is_hopeless, is_doubtful = False, checks is not None and not checks[1].is_silent({})

    def ends_of(rows: Sequence[Row]) -> list[bytes | None]:
        nonlocal is_hopeless, is_doubtful
        if is_hopeless:
            return [None] * len(rows)
        if len(known) > _REMEMBERED:
            known.clear()
            known[None] = None
        cells = cells_of([row[1] for row in rows])
        for at in [at for at, some in enumerate(cells) if some not in known]:
            if cells[at] not in known:
                known[cells[at]] = end = _end(rows[at], given, checks)
                is_hopeless, is_doubtful = is_doubtful and end is None, False
                if is_hopeless:
                    return [None] * len(rows)
        # a row with a `call` of its own has another end
        return [None if row[2] else known[some] for row, some in zip(rows, cells, strict=True)]

    return ends_of


def _can_be_alike(prepared: Prepared, checks: Checks | None) -> bool:
    """Whether calls have nothing of their own but what Bland fills in, where it is expected."""
    under = prepared.campaign.recipients.variables_under
    if (prepared.version.variables_under if under is None else under) != _UNDER or prepared.computed:
        return False
    return checks is None or not checks[0].sees_numbers


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
    """The function from rows' values to those that decide what `each` gives; None where that may be any.

    It gives None where one of them is no text, or a long one.
    """
    columns = deciding_columns(each)
    if columns is None:
        return None

    def read(many: Sequence[Mapping[str, Json]]) -> Sequence[object]:
        read_ones = [_cells(many, column) for column in columns]
        if len(read_ones) == 1:
            return read_ones[0]
        return (
            [None if None in cells else cells for cells in zip(*read_ones, strict=True)]
            if read_ones
            else [()] * len(many)
        )

    return read


def _cells(many: Sequence[Mapping[str, Json]], column: str) -> list[str | None]:
    cells = [values.get(column) for values in many]
    return [cell if type(cell) is str and len(cell) <= _LONGEST else None for cell in cells]
