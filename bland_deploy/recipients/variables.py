"""Columns to variables: what Bland gets to fill its placeholders with, by `recipients.variables` and `empty`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error, shown
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.recipient import Row

VariablesOf: TypeAlias = Callable[[Row], JsonObject | Diagnostic]
# a compiled template: what it gives for a row, or the caller's mark for "leave it out"
RenderRow: TypeAlias = Callable[[Row], Any]

_NOTHING = object()


def make_variables(
    recipients: Recipients, name: str, templates: Mapping[str, RenderRow] | None = None, omit: object = _NOTHING
) -> VariablesOf:
    """The function that gives the variables of a row of the list of that name; in the order they are asked for.

    `templates` holds the compiled template of each `{name: template}`; what one gives is taken as it is, unless it is
    `omit`; a template that is not there (it did not compile) gives nothing. Columns that a row lacks are left out.
    With `empty: error` a row with empty cells gives a diagnostic.
    `empty` is for cells: templates have `omit`.
    """
    of_columns = _make_columns(recipients, name)
    compiled = templates or {}
    rendered = {variable: compiled[variable] for variable in names_of_templates(recipients) if variable in compiled}
    if not rendered:
        return of_columns
    order = tuple(_names(recipients))

    def of_row(row: Row) -> JsonObject | Diagnostic:
        cells = of_columns(row)
        if isinstance(cells, Diagnostic):
            return cells
        values = {variable: render(row) for variable, render in rendered.items()}
        values = cells | {variable: value for variable, value in values.items() if value is not omit}
        return {variable: values[variable] for variable in order if variable in values}

    return of_row


def plain_columns(recipients: Recipients, header: Sequence[str]) -> tuple[str, ...] | None:
    """The variables of every row below a header, where they are cells as they stand; None where they may be others."""
    if recipients.empty != "keep" or names_of_templates(recipients):
        return None
    if recipients.variables == "all":
        return tuple(column for column in header if column not in {recipients.phone, "call"})
    return tuple(column for column in dict.fromkeys(_names(recipients)) if column in header)


def names_of_templates(recipients: Recipients) -> tuple[str, ...]:
    """The variables that are computed by a template, in order."""
    match recipients.variables:
        case dict() as named:
            return tuple(named)
        case list() as items:
            return tuple(variable for item in items if isinstance(item, dict) for variable in item)
        case _:
            return ()


def _names(recipients: Recipients) -> Iterator[str]:
    for item in recipients.variables:
        if isinstance(item, dict):
            yield from item
        else:
            yield item


def _make_columns(recipients: Recipients, name: str) -> VariablesOf:
    pick = _make_pick(recipients)
    if recipients.empty == "keep":
        return pick
    if recipients.empty == "drop":
        return lambda row: {column: cell for column, cell in pick(row).items() if cell != ""}

    def refuse_empty(row: Row) -> JsonObject | Diagnostic:
        cells = pick(row)
        empty = [column for column, cell in cells.items() if cell == ""]
        return _empty_cells(empty, Place(name, row.line)) if empty else cells

    return refuse_empty


def _make_pick(recipients: Recipients) -> Callable[[Row], JsonObject]:
    if recipients.variables != "all":
        items = recipients.variables if isinstance(recipients.variables, list) else []
        columns = [item for item in items if isinstance(item, str)]
        return lambda row: {column: row.values[column] for column in columns if column in row.values}
    phone = recipients.phone

    def everything(row: Row) -> dict[str, Json]:
        cells = row.values.copy()
        cells.pop(phone, None)
        cells.pop("call", None)
        return cells

    return everything


def _empty_cells(columns: list[str], place: Place) -> Diagnostic:
    names = ", ".join(f'"{shown(column)}"' for column in columns)
    return error(
        "empty-cell",
        f"{'the cell' if len(columns) == 1 else 'the cells'} {names} {'is' if len(columns) == 1 else 'are'} empty",
        place,
        "fill it in, give it a value under `defaults`, or allow it with `empty: keep` or `drop`",
    )
