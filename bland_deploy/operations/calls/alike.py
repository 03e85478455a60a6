"""Calls that are alike: they differ only by whom they ring and by what Bland fills in.

That are those whose rows hold the same in the columns that `each` reads. So what `each` gives is rendered, checked and
encoded once for all of them, and the rest is made column by column. All other calls are made one by one, by
`chunks.py`; a property test compares.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bland_deploy.api.calls import NUMBER
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.recipient import Row
from bland_deploy.operations.calls.checks.callees import CalleeChecks
from bland_deploy.operations.calls.checks.fields import FieldChecks
from bland_deploy.operations.calls.checks.filled import Values
from bland_deploy.operations.calls.checks.placeholders import Names
from bland_deploy.operations.calls.checks.speech import Written
from bland_deploy.operations.calls.objections import Objections
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.planning.assemble import encode, encode_each
from bland_deploy.prompts.compile import Value
from bland_deploy.prompts.placeholders import by_folded_name, fold
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.recipients.crowd import Crowd, Rows
from bland_deploy.recipients.formats.sheet import Sheet
from bland_deploy.recipients.variables import VariablesOf, plain_columns

_UNDER = "request_data"
_REMEMBERED = 20_000
_RIGHT = Written((), None)
_LONGEST = 256
"""How many ends of calls are remembered, and how many characters a cell may have by which they are told."""

Checks: TypeAlias = tuple[FieldChecks, CalleeChecks]
MakeAlike: TypeAlias = Callable[[Crowd], "Alike"]
# what tells the calls of some rows from others, and how they end; None where the call has to be made by itself
_CellsOf: TypeAlias = Callable[[Rows], Sequence[object]]
_EndsOf: TypeAlias = Callable[[Crowd], "list[_End | None]"]
# how calls begin: their JSON as far as the variables; None for the same reason
_Starts: TypeAlias = tuple[Sequence[bytes | None], Sequence[Names]]


class Given(NamedTuple):
    """What a row gives to its call: its variables, and the fields of `each`; these raise RenderFailed.

    `stamped` is a call, or such fields, with the mark in the place of the stamp.
    """

    variables: VariablesOf
    fields: Callable[[Row], JsonObject]
    stamped: Callable[[JsonObject], JsonObject]


class _End(NamedTuple):
    """How calls end: their JSON behind the variables, and what speaks against them, but for whom they ring."""

    json: bytes
    written: Written


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

    def make(crowd: Crowd) -> Alike:
        ends = ends_of(crowd)
        if not any(ends):
            return _alone(crowd)
        columns = plain_columns(prepared.campaign.recipients, crowd.rows.header) if type(crowd.rows) is Sheet else None
        starts, names = _starts(crowd, given.variables) if columns is None else _starts_by_column(crowd, columns)
        calls = [
            None if start is None or end is None else start + end.json for start, end in zip(starts, ends, strict=True)
        ]
        if checks is None:
            return Alike(calls, [()] * len(calls), {})
        return Alike(calls, [*names], _against(ends, checks[1].see_people(crowd)))

    return make


def _against(ends: Sequence[_End | None], people: Mapping[int, Objections]) -> Mapping[int, Objections]:
    """What speaks against calls by how they end and by whom they ring."""
    by_end = {at: end.written.objections for at, end in enumerate(ends) if end is not None and end.written.objections}
    return people if not by_end else {at: by_end.get(at, ()) + people.get(at, ()) for at in {**by_end, **people}}


def _alone(crowd: Crowd) -> Alike:
    """Every call has to be made by itself."""
    return Alike([None] * len(crowd.numbers), [()] * len(crowd.numbers), {})


def _starts(crowd: Crowd, variables_of: VariablesOf) -> _Starts:
    variables = [variables_of(crowd.rows.row(at)) for at in range(len(crowd.numbers))]
    # one by one: what is made for a whole chunk at once costs more for its memory than it saves
    starts = [
        encode({NUMBER: number[0], _UNDER: own} if own else {NUMBER: number[0]})[:-1] if type(own) is dict else None
        for number, own in zip(crowd.numbers, variables, strict=True)
    ]
    return starts, [tuple(own) if type(own) is dict else () for own in variables]


def _starts_by_column(crowd: Crowd, columns: Sequence[str]) -> _Starts:
    """The same where these columns are the variables, all of them texts: without an object for each row."""
    written = [encode(column).replace(b"%", b"%%") + b":%b" for column in columns]
    start = b'{"%b":%%b' % NUMBER.encode() + (b',"%b":{%b}' % (_UNDER.encode(), b",".join(written)) if written else b"")
    texts: Iterable[Sequence[str]] = (
        [number[0] for number in crowd.numbers],
        *map(crowd.rows.column, columns),  # type: ignore[arg-type]  # a sheet has texts alone
    )
    return [start % cells for cells in zip(*map(encode_each, texts), strict=True)], [tuple(columns)] * len(
        crowd.numbers
    )


def _ends_reader(prepared: Prepared, given: Given, checks: Checks | None) -> _EndsOf | None:
    """The function from people to the ends of their calls. None where no two are alike."""
    cells_of = _cells_reader(prepared.each)
    if cells_of is None or not _can_be_alike(prepared, checks):
        return None
    known: dict[object, _End | None] = {None: None}
    is_hopeless = False

    def ends_of(crowd: Crowd) -> list[_End | None]:
        nonlocal is_hopeless
        rows = crowd.rows
        if is_hopeless:
            return [None] * len(rows.lines)
        if len(known) > _REMEMBERED:
            known.clear()
            known[None] = None
        cells = cells_of(rows)
        for at in [at for at, some in enumerate(cells) if some not in known]:
            if cells[at] not in known:
                known[cells[at]] = _end(rows.row(at), given, checks)
        # a row with a `call` of its own has another end
        ends = [None if own else known[some] for own, some in zip(rows.overrides(), cells, strict=True)]
        blanks = {end.written.blanks for end in ends if end is not None}
        if checks is None or blanks <= {None}:
            return ends
        everybody = [*_filled_in(crowd, given.variables)]
        idle = {some for some in blanks if some is None or some.are_idle(everybody)}
        # where what speaks against calls depends on each of the first people, it will so for the others
        is_hopeless = not idle
        return [end if end is not None and end.written.blanks in idle else None for end in ends]

    return ends_of


def _filled_in(crowd: Crowd, variables_of: VariablesOf) -> Iterator[Values]:
    """What Bland fills in for each of these people, but for those with something wrong in their rows."""
    for at, number in enumerate(crowd.numbers):
        own = variables_of(crowd.rows.row(at))
        if isinstance(own, dict):
            yield by_folded_name({NUMBER: number[0], _UNDER: own, **own})


def _can_be_alike(prepared: Prepared, checks: Checks | None) -> bool:
    """Whether calls have nothing of their own but what Bland fills in, where it is expected."""
    under = prepared.campaign.recipients.variables_under
    if (prepared.version.variables_under if under is None else under) != _UNDER or prepared.computed:
        return False
    return checks is None or not checks[0].sees_numbers


def _end(row: Row, given: Given, checks: Checks | None) -> _End | None:
    try:
        fields = given.fields(row)
    except RenderFailed:
        return None
    if NUMBER in fields or _UNDER in fields:
        return None
    written = _RIGHT
    if checks is not None:
        of_fields, of_callees = checks
        written = of_callees.see_text(fields)
        names = written.blanks.names if written.blanks is not None else ()
        if of_fields.see(row, fields, "") or not {*map(fold, fields)}.isdisjoint(names):
            return None
    return _End(b",%b" % encode(given.stamped(fields))[1:] if fields else b"}", written)


def deciding_columns(each: Value) -> tuple[str, ...] | None:
    """The columns of the row that decide what a value gives, as far as the row does; None where that may be any."""
    if any("row" in template.whole for _, template in each.templates):
        return None
    return tuple(dict.fromkeys(each.columns))


def _cells_reader(each: Value) -> _CellsOf | None:
    """The function from rows' values to those that decide what `each` gives; None where that may be any.

    It gives None where one of them is no text, or a long one.
    """
    columns = deciding_columns(each)
    if columns is None:
        return None

    def read(rows: Rows) -> Sequence[object]:
        read_ones = [_cells(rows.column(column)) for column in columns]
        if len(read_ones) == 1:
            return read_ones[0]
        return (
            [None if None in cells else cells for cells in zip(*read_ones, strict=True)]
            if read_ones
            else [()] * len(rows.lines)
        )

    return read


def _cells(cells: Sequence[Json]) -> list[str | None]:
    return [cell if type(cell) is str and len(cell) <= _LONGEST else None for cell in cells]
