"""What a YAML scalar means under the core schema of YAML 1.2 (chapter 10.3 of its specification).

`no`, `on`, dates and times are text; only null, true, false and numbers are typed, and only when written plainly.
"""

import re
from math import isinf
from typing import TypeAlias

from bland_deploy.diagnostics import mask_number

Value: TypeAlias = str | int | float | bool | None


class Unfit(Exception):
    """A scalar that has no value here: the rule it breaks, what is wrong, and the way out."""

    def __init__(self, rule: str, message: str, help: str | None = None) -> None:  # noqa: A002 - the word of the output format
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.help = help


# Every typed plain scalar begins with one of these; anything else is text without a further look.
_FIRST = frozenset("0123456789+-.~nNtTfF")
_WORDS: dict[str, Value] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER = re.compile(r"\+[0-9]{7,}")
_SIGNED_BEGIN, _UNSIGNED_END = -(1 << 63), 1 << 64  # what JSON readers and orjson agree on
_STANDARD = "tag:yaml.org,2002:"


def resolve_plain(text: str) -> Value:
    """The value of an unquoted scalar without a tag. Raises Unfit for a number that has no place in JSON."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NOT_FINITE.fullmatch(text):
        raise Unfit(
            "number-out-of-range", f"JSON has no {text}", "write a number, or put it in quotes to send the text"
        )
    return text


def resolve_tagged(text: str, tag: str) -> Value:
    """The value of a scalar with a tag. Raises Unfit for a tag that is not of the core schema or does not fit."""
    kind = tag.removeprefix(_STANDARD)
    if tag == "!" or kind == "str":
        return text
    expected = {"null": (type(None),), "bool": (bool,), "int": (int,), "float": (float, int)}.get(kind)
    if expected is None:
        shown = f"!!{kind}" if kind != tag else tag
        raise Unfit("unknown-tag", f"the tag {shown} means nothing here", "remove the tag; quotes make a text")
    value = resolve_plain(text)
    if type(value) not in expected:
        raise Unfit("unknown-tag", f"the value does not fit its tag !!{kind}", "remove the tag or change the value")
    return float(value) if kind == "float" and isinstance(value, int) else value


def looks_like_phone_number(text: str) -> bool:
    """Whether a plain scalar is a phone number that YAML would read as an integer, losing its plus."""
    return text[:1] == "+" and _NUMBER.fullmatch(text) is not None


def _integer(text: str) -> int:
    if looks_like_phone_number(text):
        raise Unfit(
            "unquoted-number",
            f"the unquoted {mask_number(text)} is an integer in YAML and would lose its plus",
            'write a phone number in quotes: "+1…"',
        )
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    try:
        value = int(text, base)
    except ValueError:  # Python's own limit of 4,300 digits
        value = _UNSIGNED_END
    if not _SIGNED_BEGIN <= value < _UNSIGNED_END:
        raise Unfit(
            "number-out-of-range",
            "the number is larger than 64 bits, and JSON readers would round it",
            "put it in quotes to send its digits as text",
        )
    return value


def _float(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise Unfit(
            "number-out-of-range", "the number is too large for JSON readers", "put it in quotes to send it as text"
        )
    return value
