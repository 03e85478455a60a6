"""The tokens within a tag, as Jinja has them, each with its exact position."""

import re
from collections.abc import Callable
from functools import cache
from math import inf

from jinja2 import TemplateSyntaxError
from jinja2.lexer import (  # type: ignore[attr-defined]  # name_re is imported there under another name
    Token,
    float_re,
    integer_re,
    name_re,
    operator_re,
    operators,
    string_re,
)

from bland_deploy.prompts.sources import Source

SPACES = re.compile(r"\s*")
_ESCAPE = re.compile(r"""\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\}|[0-7]{1,3}|[\n\\'"abfnrtv])""")


def lex_expression(source: Source, start: int, end: int) -> list[Token]:
    """The tokens of an expression that stands in a text from `start` to `end`, within `{{` and `}}`."""
    tokens = [Token(source.base + start, "variable_begin", "{{")]
    position = start
    while source.text[position:end].strip():
        token, position = next_token(source, position, end)
        tokens.append(token)
    return [*tokens, Token(source.base + end, "variable_end", "}}")]


@cache
def _token_pattern(*, ascii_only: bool) -> re.Pattern[str]:
    """The next token. What may be in names in ASCII is soon compiled; all else takes longer than many searches."""
    name = r"\w+" if ascii_only else name_re.pattern
    return re.compile(
        rf"\s*(?:(?P<float>(?i:(?x:{float_re.pattern})))|(?P<integer>(?i:(?x:{integer_re.pattern})))"
        rf"|(?P<name>{name})|(?P<string>(?s:{string_re.pattern}))|(?P<operator>{operator_re.pattern}))"
    )


def next_token(source: Source, position: int, end: int) -> tuple[Token, int]:
    """The next token within a tag, and where it ends."""
    match = _token_pattern(ascii_only=source.text.isascii()).match(source.text, position, end)
    if not match:
        spaces = SPACES.match(source.text, position, end)
        position = spaces.end() if spaces else position
        what = repr(source.text[position]) if position < end else "the end of the text"
        raise TemplateSyntaxError(f"unexpected {what}", source.base + position)
    kind = str(match.lastgroup)
    text, start = match[kind], source.base + match.start(kind)
    if kind == "operator":
        return Token(start, operators[text], text), match.end()
    try:
        value = _VALUES[kind](text)
    except ValueError as problem:
        raise TemplateSyntaxError(f"this is no {kind} that can be used: {problem}", start) from None
    return Token(start, kind, value), match.end()  # type: ignore[arg-type]  # the annotation says str, numbers are meant too


def _name(text: str) -> str:
    if not text.isidentifier():
        raise ValueError("names begin with a letter")
    return text


def _float(text: str) -> float:
    value = float(text.replace("_", ""))
    if value == inf:
        raise ValueError("it is too big")
    return value


def _string(text: str) -> str:
    value = text[1:-1]
    if "\\" not in value:
        return value
    value = _ESCAPE.sub(lambda escape: escape[0].encode("ascii").decode("unicode-escape"), value)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("half a character (a lone surrogate)")
    return value


_VALUES: dict[str, Callable[[str], object]] = {
    "name": _name,
    "string": _string,
    "integer": lambda text: int(text.replace("_", ""), 0),
    "float": _float,
}
