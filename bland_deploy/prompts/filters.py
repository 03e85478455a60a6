"""The filters and tests that templates may use: Jinja's harmless ones, stricter numbers, times, and `bucket`."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from jinja2 import Undefined, pass_context, pass_environment
from jinja2.environment import Environment
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.runtime import Context
from jinja2.tests import TESTS

from bland_deploy.prompts.bounds import MAX_TEXT, TemplateProblem, TooMuch, to_json_text, to_text
from bland_deploy.prompts.times import format_time, in_zone, shift

GUARDS = frozenset({"default", "d"})
"""The filters that allow for undefined names."""

FREE = GUARDS | {"int", "float"}
"""Filters that cost nothing, since they hand on what they get or make a number."""

MAX_DIGITS = 15

_NOTHING: Any = object()

_JINJAS = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "items", "last", "length", "list", "lower"),
    *("map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "title"),
    *("trim", "truncate", "unique", "upper", "urlencode", "wordcount"),
)
COMPARING = frozenset(
    {"in", "==", "eq", "equalto", "!=", "ne", ">", "gt", "greaterthan", ">=", "ge", "<", "lt", "lessthan", "<=", "le"}
)
"""Tests that look through what they are given."""

_TESTS = (
    *("boolean", "defined", "divisibleby", "even", "false", "float", "integer", "iterable", "lower", "mapping"),
    *("none", "number", "odd", "sequence", "string", "true", "undefined", "upper"),
    *sorted(COMPARING),
)


def to_int(value: object, default: Any = _NOTHING) -> int:
    """A whole number. Unlike Jinja's, text that is no number is an error unless a default is given."""
    try:
        if isinstance(value, str):
            text = value.strip()
            return int(float(text)) if "." in text else int(text)
        if isinstance(value, int | float):
            return int(value)
    except (ValueError, OverflowError):
        pass
    number: int = _otherwise(default, "int", value)
    return number


def to_float(value: object, default: Any = _NOTHING) -> float:
    """A number. Unlike Jinja's, text that is no number is an error unless a default is given."""
    try:
        if isinstance(value, str | int | float):
            return float(value)
    except (ValueError, OverflowError):
        pass
    number: float = _otherwise(default, "float", value)
    return number


def _otherwise(default: Any, name: str, value: object) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises its own, better message
    if default is _NOTHING:
        raise TemplateProblem(f"`{name}` needs a number, and the value is none; `{name}(0)` says what to use instead")
    return default


def to_round(value: object, precision: int = 0, method: str = "common") -> float:
    """A number with so many digits behind the point: `common` (to the nearest even), `ceil` or `floor`."""
    if not isinstance(value, int | float) or abs(precision) > MAX_DIGITS:
        raise TemplateProblem(f"`round` needs a number and at most {MAX_DIGITS} digits")
    rounded: float = FILTERS["round"](value, precision, method)
    return rounded


def replace(text: object, old: str, new: str, count: int | None = None) -> str:
    """The text with one part replaced by another, up to `count` times."""
    text, old, new = to_text(text), to_text(old), to_text(new)
    if not old:
        raise TemplateProblem("`replace` needs something to replace")
    if len(text) + text.count(old) * max(len(new) - len(old), 0) > MAX_TEXT:
        raise TooMuch("`replace` makes a text of more than 1 MiB")
    return text.replace(old, new, -1 if count is None else count)


@pass_environment
def join(environment: Environment, values: Iterable[object], between: str = "", attribute: str | None = None) -> str:
    """The values as one text, with a text between them."""
    between = to_text(between)
    if attribute is not None:
        values = map(make_attrgetter(environment, attribute), values)
    texts = [to_text(value) for value in values]
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise TooMuch("`join` makes a text of more than 1 MiB")
    return between.join(texts)


@pass_environment
def total(environment: Environment, values: Iterable[Any], attribute: str | None = None, start: float = 0) -> Any:
    """The sum of numbers, or of an attribute of mappings."""
    if attribute is not None:
        values = map(make_attrgetter(environment, attribute), values)
    numbers = [start, *values]
    if not all(isinstance(number, int | float) for number in numbers):
        raise TemplateProblem("`sum` needs numbers")
    return sum(numbers)


@pass_context
def bucket(context: Context, value: object, *names: object) -> object:
    """One of the names, the same for the same value in the same campaign and round, evenly spread over values.

    The choice is BLAKE2b (8 bytes) over campaign id, round and the value's text, modulo the number of names.
    """
    if not names:
        raise TemplateProblem("`bucket` needs the names to choose from: `bucket('A', 'B')`")
    campaign: Mapping[str, object] = context["campaign"]
    text = "\0".join((str(campaign["id"]), str(campaign["round"]), to_text(value)))
    digest = blake2b(text.encode(), digest_size=8).digest()
    return names[int.from_bytes(digest) % len(names)]


FILTERS_OF_OURS: Mapping[str, Any] = {
    **{name: FILTERS[name] for name in _JINJAS},
    "int": to_int,
    "float": to_float,
    "round": to_round,
    "string": to_text,
    "tojson": to_json_text,
    "replace": replace,
    "join": join,
    "sum": total,
    "bucket": bucket,
    "shift": shift,
    "in_zone": in_zone,
    "format": format_time,
}

TESTS_OF_OURS: Mapping[str, Any] = {name: TESTS[name] for name in _TESTS}
