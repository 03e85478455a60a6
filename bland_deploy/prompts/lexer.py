"""Template text to Jinja's tokens.

Ours instead of Jinja's for three reasons: a bare name is recognised before Jinja sees the text, every token carries
its exact position, and text outside of tags is kept to the byte (Jinja rewrites line ends).
Tags, whitespace control, `raw` and comments mean what they mean in Jinja.
"""

import re
from typing import NamedTuple

from jinja2 import TemplateSyntaxError
from jinja2.lexer import Token

from bland_deploy.diagnostics import Place
from bland_deploy.prompts.placeholders import is_bare_name
from bland_deploy.prompts.scopes import SCOPES
from bland_deploy.prompts.sources import Source, Tag
from bland_deploy.prompts.tokens import SPACES, next_token

MAX_TAGS = 10_000

CONSTANTS = frozenset({"true", "false", "none", "True", "False", "None", "omit"})

_OPENING = re.compile(r"\{([{%#])([-+]?)")
_BARE_TAG = re.compile(r"\{\{[-+]?\s*+([^\x00-\x1f!-,/:-@\[-\^`{-\x7f]++)\s*+\}\}")
"""Of ASCII letters, digits, `_`, `.`, `-` and blanks, of all else anything: written so, it is soon compiled."""
_CELL_TAG = re.compile(rf"\{{\{{\s*+({'|'.join(SCOPES)})\.([A-Za-z_][A-Za-z0-9_]*+)\s*+\}}\}}")
_SIMPLE_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LETTER = re.compile(r"[^\W\d]")
_NUMBER = re.compile(r"\d(?:[\d_]*)(?:\.\d+)?(?:e[+-]?\d+)?|0[xob][0-9a-f_]+", re.IGNORECASE)
_RAW = re.compile(r"\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})")
_END_RAW = re.compile(r"\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\})")
_END_COMMENT = re.compile(r"(?:\+#\}|-#\}\s*|#\})")
_END = {"{": re.compile(r"\s*(-\}\}|\}\})"), "%": re.compile(r"\s*(\+%\}|-%\}|%\})")}
_CLOSING = {"{": "}}", "%": "%}"}
_BRACKETS = {"(": ")", "[": "]", "{": "}", ")": "", "]": "", "}": ""}


class Bare(NamedTuple):
    """A tag that may be Bland's: its text (without trim marks), the name in it and the position of the name."""

    text: str
    name: str
    source: Source
    start: int

    @property
    def position(self) -> int:
        """Position of the name."""
        return self.source.base + self.start

    @property
    def place(self) -> Place:
        """Place of the name."""
        return self.source.place(self.start)

    @property
    def dotted(self) -> bool:
        """Whether the name has a dot, and so is at a scope (though none of ours)."""
        return "." in self.name


class Cell(NamedTuple):
    """A tag that only reads a name of a scope of ours, `{{ row.name }}`, and the positions of scope and dot."""

    scope: str
    name: str
    position: int
    dot: int


class Short(str):
    """The text of a tag that holds no more than a name: it goes through Jinja's parser as if it were no tag."""

    __slots__ = ("content",)
    content: Bare | Cell


class Lexed(NamedTuple):
    """A text as tokens (`Short` ones among the data), and whether Jinja has nothing to do."""

    tokens: list[Token]
    constant: bool


def lex(source: Source) -> Lexed:
    """The tokens of a template's text; `source.tags` is filled. Raises jinja2.TemplateSyntaxError with a position."""
    lexer = _Lexer(source)
    lexer.run()
    return Lexed(lexer.tokens, lexer.constant)


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens: list[Token] = []
        self.constant = True

    def run(self) -> None:
        position = 0
        while opening := _OPENING.search(self.text, position):
            data = self.text[position : opening.start()]
            self._data(position, data.rstrip() if opening[2] == "-" else data)
            position = self._tag(opening)
            if len(self.source.tags) > MAX_TAGS:
                raise self._error(f"the template has more than {MAX_TAGS} tags", opening.start())
        self._data(position, self.text[position:])

    def _data(self, start: int, data: str) -> None:
        if data:
            self.tokens.append(Token(self.source.base + start, "data", data))

    def _tag(self, opening: re.Match[str]) -> int:
        """Take in what begins here; the answer is where the text goes on."""
        start = opening.start()
        if opening[1] == "#":
            return self._comment(opening)
        if opening[1] == "%" and (raw := _RAW.match(self.text, start)):
            return self._raw(start, raw.end())
        if opening[1] == "{" and (tag := _BARE_TAG.match(self.text, start)):
            name = tag[1].rstrip()
            if _may_be_blands(name.removesuffix("-").rstrip()):
                return self._bare(tag, name)
            if cell := _CELL_TAG.match(self.text, start):
                return self._cell(cell)
        self.constant = False
        return self._expression(opening)

    def _comment(self, opening: re.Match[str]) -> int:
        closing = _END_COMMENT.search(self.text, opening.end())
        if not closing:
            raise self._error("the comment that begins here with {# is never closed by #}", opening.start())
        return closing.end()

    def _raw(self, start: int, content: int) -> int:
        closing = _END_RAW.search(self.text, content)
        if not closing:
            raise self._error("{% raw %} is never closed by {% endraw %}", start)
        data = self.text[content : closing.start()]
        self._data(content, data.rstrip() if closing[1] == "-" else data)
        return closing.end()

    def _short(self, tag: re.Match[str], content: Bare | Cell) -> None:
        text = Short(tag[0])
        text.content = content
        self.tokens.append(Token(self.source.base + tag.start(), "data", text))
        self.source.tags.append(Tag(*tag.span()))

    def _cell(self, tag: re.Match[str]) -> int:
        self.constant = False
        base = self.source.base
        self._short(tag, Cell(tag[1], tag[2], base + tag.start(1), base + tag.end(1)))
        return tag.end()

    def _bare(self, tag: re.Match[str], name: str) -> int:
        """A candidate for Bland, until the walk decides."""
        text = tag[0]
        if text[2] in "-+":
            text = "{{" + text[3:]
        trims = name.endswith("-")
        if trims:
            text = text[: text.rindex("-")] + text[text.rindex("-") + 1 :]
            name = name[:-1].rstrip()
        self._short(tag, Bare(text, name, self.source, tag.start(1)))
        return self._after_spaces(tag.end()) if trims else tag.end()

    def _after_spaces(self, position: int) -> int:
        spaces = SPACES.match(self.text, position)
        return spaces.end() if spaces else position

    def _expression(self, opening: re.Match[str]) -> int:
        kind = "variable" if opening[1] == "{" else "block"
        start, position, closing = opening.start(), opening.end(), _END[opening[1]]
        if self.text.find(_CLOSING[opening[1]], position) < 0:
            raise self._error(f"{opening[0][:2]} is never closed by {_CLOSING[opening[1]]}", start)
        self.tokens.append(Token(self.source.base + start, f"{kind}_begin", opening[0]))
        brackets: list[str] = []
        while brackets or not (end := closing.match(self.text, position)):
            token, position = next_token(self.source, position, len(self.text))
            if token.value in _BRACKETS:
                self._balance(token, brackets)
            self.tokens.append(token)
        self.tokens.append(Token(self.source.base + end.start(1), f"{kind}_end", end[1]))
        self.source.tags.append(Tag(start, end.end()))
        return self._after_spaces(end.end()) if end[1].startswith("-") else end.end()

    def _balance(self, token: Token, brackets: list[str]) -> None:
        if token.type in ("lparen", "lbracket", "lbrace"):
            brackets.append(_BRACKETS[token.value])
        elif token.type in ("rparen", "rbracket", "rbrace"):
            expected = brackets.pop() if brackets else None
            if token.value != expected:
                but = f", expected {expected!r}" if expected else ""
                raise self._error(f"unexpected {token.value!r}{but}", token.lineno - self.source.base)

    def _error(self, message: str, offset: int) -> TemplateSyntaxError:
        return TemplateSyntaxError(message, self.source.base + offset)


def _may_be_blands(name: str) -> bool:
    """Whether the content of a tag is a bare name, or a dotted one at none of our scopes; numbers are not names."""
    if _SIMPLE_NAME.fullmatch(name):
        return name not in CONSTANTS
    if not _LETTER.search(name) or _NUMBER.fullmatch(name):
        return False
    segments = name.split(".")
    if len(segments) > 1 and segments[0].strip() in SCOPES:
        return False
    return all(is_bare_name(segment.strip(" ")) for segment in segments)


def unclosed(tokens: list[Token]) -> Token | None:
    """The name in the innermost opening tag that is never closed, if any."""
    opened: list[Token] = []
    for index, name in enumerate(tokens):
        if index == 0 or tokens[index - 1].type != "block_begin":
            continue
        if name.value.startswith("end"):
            opened = opened[:-1]
        elif name.value in _CLOSED and not (name.value == "set" and tokens[index + 2].type == "assign"):
            opened.append(name)
    return opened[-1] if opened else None


_CLOSED = frozenset({"if", "for", "macro", "call", "filter", "block", "with", "set"})
