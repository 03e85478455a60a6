"""JSON without surprises: duplicate keys, NaN, infinity and half characters are mistakes, integers are exact."""

import json
import math
import re
from typing import NamedTuple, NoReturn

import orjson

from bland_deploy.model.json import Json

# orjson makes floats of integers that do not fit 64 bits, and keeps the last of duplicate keys in silence
_LONG_INTEGER = re.compile(r"\d{19}")
_KEY = re.compile(r'"[ \t\r\n]*:')
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class JsonMistake(ValueError):
    """What is wrong with a JSON text, and at which character of it where that is known."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Scanned(NamedTuple):
    """A value and the position after it."""

    value: Json
    end: int


def parse(text: str) -> Json:
    """The value of a whole text. Raises JsonMistake."""
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_strictly(text)
    if _LONG_INTEGER.search(text) or len(_KEY.findall(text)) != _count_keys(value):
        return _parse_strictly(text)
    return value


def scan(text: str, start: int) -> Scanned:
    """The value that begins at a position (not at a space). Raises JsonMistake."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        _refuse_half_characters(value, text, start, end)
    except json.JSONDecodeError as problem:
        raise JsonMistake(_reworded(problem.msg), problem.pos) from problem
    except RecursionError as problem:
        raise JsonMistake("values are nested too deeply", start) from problem
    except JsonMistake as problem:
        raise JsonMistake(problem.message, start) from problem
    except ValueError as problem:
        raise JsonMistake("an integer has more digits than can be read", start) from problem
    return Scanned(value, end)


def after_spaces(text: str, position: int) -> int:
    """The position of the next character that is not a space of JSON."""
    found = _SPACES.match(text, position)
    return found.end() if found is not None else position


_SPACES = re.compile(r"[ \t\r\n]*")


def _parse_strictly(text: str) -> Json:
    value, end = scan(text, after_spaces(text, 0))
    rest = after_spaces(text, end)
    if rest != len(text):
        raise JsonMistake("something follows the value", rest)
    return value


def _count_keys(value: Json) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count_keys(item) for item in value.values() if isinstance(item, dict | list))
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value if isinstance(item, dict | list))
    return 0


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise JsonMistake(f'the key "{twice}" is given twice')
    return value


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise JsonMistake("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise JsonMistake(f"{name} is not JSON")


def _refuse_half_characters(value: Json, text: str, start: int, end: int) -> None:
    if not _HALF_CHARACTER.search(text, start, end):
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        raise JsonMistake("a text holds half a character (a lone surrogate)") from problem


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
_WORDS = {
    "Expecting value": "a value is expected here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is expected here",
    "Expecting ':' delimiter": "a colon is expected here",
    "Expecting ',' delimiter": "a comma or the end of the object or array is expected here",
    "Illegal trailing comma before end of object": "a comma may not stand before the end",
    "Illegal trailing comma before end of array": "a comma may not stand before the end",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a line break or another control character stands inside a text: write \\n",
}


def _reworded(message: str) -> str:
    known = next((words for start, words in _WORDS.items() if message.startswith(start)), None)
    return known or "this is not JSON"
