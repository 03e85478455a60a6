"""How big and how long: templates are bounded in output, time and memory by counting work, not by a clock.

Everything that could grow spends from an allowance of one render: a character written or joined costs 1, an element
looked at or a turn of a loop 16, a call of a macro 64.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from jinja2 import Undefined

from bland_deploy.model.json import Json

MAX_TEXT = 1 << 20
"""Characters of a template or of what it renders to."""

ALLOWANCE = 1 << 22
MAX_RANGE = 10_000
MAX_INT_BITS = 512
MAX_DEPTH = 100
TURN = 16
MACRO = 64
ELEMENT = 16


class TemplateProblem(Exception):
    """Something that a template may not do or cannot do with its data; the text is for the user and quotes no data."""

    rule = "template-value"


class TooMuch(TemplateProblem):
    """A template that would become too big or take too long."""

    rule = "template-limit"


class Omit:
    """The type of `omit`, which leaves a key out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "omit"


OMIT = Omit()


def weigh(value: object, limit: int) -> int:
    """What looking through a value costs; counting stops above the limit."""
    if isinstance(value, str):
        return len(value) // 16 + 1
    total = 0
    left: list[object] = [value]
    while left and total <= limit:
        item = left.pop()
        total += ELEMENT
        if isinstance(item, str):
            total += len(item) // 16
        elif isinstance(item, Mapping):
            left += item.values()
        elif isinstance(item, list | tuple):
            left += item
    return total


def to_text(value: object) -> str:
    """How a value reads inside a larger text: strings as they are, lists and mappings as JSON, dates as ISO 8601.

    Raises TemplateProblem for what has no text: `omit`, null, functions.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float | Undefined):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        raise TemplateProblem("a value is null, which has no text; say what to write instead: `default('…', true)`")
    if value is OMIT:
        raise TemplateProblem("`omit` leaves out a whole value, so it cannot stand within a larger text")
    return to_json_text(value)


def to_text_or_omit(value: object) -> str | Omit:
    """The text of a whole value, which may be left out."""
    return value if isinstance(value, Omit) else to_text(value)


def to_json_text(value: object) -> str:
    """A value as JSON text, with non-ASCII characters as they are."""
    import json  # noqa: PLC0415 - needed by few templates

    plain = to_json(value)
    if plain is OMIT:
        raise TemplateProblem("`omit` has no JSON form")
    return json.dumps(plain, ensure_ascii=False)


def to_json(value: object, depth: int = MAX_DEPTH) -> "Json | Omit":
    """A result as JSON, without what is `omit` at any depth. Raises TemplateProblem for what JSON cannot express."""
    if value is None or isinstance(value, str | bool | Omit):
        return value
    if depth == 0:
        raise TooMuch(f"a value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, list | tuple | range):
        items = (to_json(item, depth - 1) for item in value)
        return [item for item in items if not isinstance(item, Omit)]
    if isinstance(value, date | Undefined):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise TemplateProblem("the result is no text, number, list or mapping (is a macro named without calling it?)")


def _number(value: float) -> int | float:
    """A number, if JSON readers can take it: integers of 64 bits, finite fractions."""
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 64:
            raise TemplateProblem("a number has more than 64 bits")
        return value
    if value - value != 0:
        raise TemplateProblem("a number is infinite or none at all, which JSON cannot express")
    return value


def _object(value: Mapping[Any, object], depth: int) -> Json:
    """A mapping, if its keys are texts."""
    result = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TemplateProblem("a key of a mapping is no text")
        plain = to_json(item, depth - 1)
        if not isinstance(plain, Omit):
            result[key] = plain
    return result


def operate(operator: str, left: Any, right: Any) -> int:
    """What an arithmetic step costs. Raises TemplateProblem for steps that would explode or that mix kinds.

    Texts and lists may be added and repeated; `%` and `**` are for numbers only.
    """
    if operator == "+":
        return _size(left) + _size(right)
    if operator == "*" and not _are_numbers(left, right):
        sized, times = (right, left) if isinstance(left, int) else (left, right)
        return _size(sized) * max(times, 0) if isinstance(times, int) else 0
    if operator in ("%", "**") and not _are_numbers(left, right):
        raise TemplateProblem(f"`{operator}` is for numbers")
    if operator == "**" and abs(right) > MAX_INT_BITS:
        raise TooMuch("the power is too big")
    if operator in ("*", "**") and max(_bits(left), _bits(right)) > MAX_INT_BITS:
        raise TooMuch("the number is too big")
    return 0


def _are_numbers(left: object, right: object) -> bool:
    return isinstance(left, int | float) and isinstance(right, int | float)


def _bits(value: object) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(value) * ELEMENT if isinstance(value, Sequence) else 0
