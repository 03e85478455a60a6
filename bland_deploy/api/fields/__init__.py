"""The one table of every known field of the API, and the look-ups that everything else is derived from.

To add a field is to add a row. The rows' sources are Bland's documents as of November 2026 (`facts.SOURCES`).
"""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import cache

from bland_deploy.api.fields.batches import BATCHES
from bland_deploy.api.fields.dialling import DIALLING
from bland_deploy.api.fields.facts import SOURCES, Field
from bland_deploy.api.fields.former import FORMER
from bland_deploy.api.fields.results import RESULTS
from bland_deploy.api.fields.speech import SPEECH
from bland_deploy.api.fields.timing import TIMING

__all__ = [
    "FIELDS",
    "SOURCES",
    "STRUCTURE",
    "TEXT_FILES",
    "Field",
    "Shape",
    "bland_fills",
    "field_named",
    "shape_named",
    "shapes_at",
]

FIELDS: tuple[Field, ...] = (*SPEECH, *DIALLING, *TIMING, *RESULTS, *FORMER, *BATCHES)
# The keys by which a create request is told to be of a version.
STRUCTURE = {"v1": ("base_prompt", "call_data", "label"), "v2": ("global", "call_objects")}
# Fields under `call` and `each` that may be given as {file: PATH}.
TEXT_FILES: tuple[tuple[str, ...], ...] = tuple(tuple(row.name.split(".")) for row in FIELDS if row.from_file)


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """A field with what is known of the inside of its value: its keys, or its items. Free objects have neither."""

    field: Field
    keys: "dict[str, Shape]" = dataclasses.field(default_factory=dict)
    items: "list[Shape]" = dataclasses.field(default_factory=list)


def _grow() -> dict[str, Shape]:
    """Every field by its path. A row stands after the rows of what it is inside of."""
    shapes: dict[str, Shape] = {}
    for row in FIELDS:
        shape = shapes[row.name] = Shape(row)
        if row.name.endswith("[]"):
            shapes[row.name.removesuffix("[]")].items.append(shape)
        elif "." in row.name:
            around, _, key = row.name.rpartition(".")
            shapes[around].keys[key] = shape
    return shapes


_SHAPES = _grow()


def shape_named(name: str) -> Shape | None:
    """The field at a path such as `voicemail.sms.message` or `keywords[]`, or None."""
    return _SHAPES.get(name)


def field_named(name: str) -> Field | None:
    """The row of a field by its path, or None."""
    shape = _SHAPES.get(name)
    return shape.field if shape else None


@cache
def shapes_at(level: str, api: str) -> dict[str, Shape]:
    """The fields that may stand on a level, by name: `call`, `each` or `batch` of an API version.

    A v1 request has one level above its calls, so there `call` and `batch` hold the same fields.
    """
    levels = {"call", "batch"} if api == "v1" and level in {"call", "batch"} else {level}
    return {
        name: shape
        for name, shape in _SHAPES.items()
        if "." not in name and "[" not in name and api in shape.field.apis and levels.intersection(shape.field.levels)
    }


def bland_fills(path: Sequence[str | int]) -> bool:
    """Whether Bland fills `{{name}}` in the text at a path of a call's or v1 request's fields."""
    return any(shape.field.bland_fills for shape in _along(path))


def _along(path: Sequence[str | int]) -> Iterator[Shape]:
    """The known fields on the way to a value, outermost first."""
    shape = _SHAPES.get(str(path[0])) if path else None
    for step in (*path[1:], None):
        if shape is None:
            return
        yield shape
        if isinstance(step, int):
            shape = shape.items[0] if shape.items else None
        else:
            shape = shape.keys.get(step) if step is not None else None
