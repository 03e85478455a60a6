"""One template and all it includes, taken in: what was found in it, and what is wrong with it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import NamedTuple, TypeVar

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, warning
from bland_deploy.documents.nodes import Scalar
from bland_deploy.prompts.bounds import MAX_TEXT
from bland_deploy.prompts.environment import Sandbox
from bland_deploy.prompts.filters import TESTS_OF_OURS
from bland_deploy.prompts.lexer import Bare, Lexed, lex, unclosed
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.placeholders import Placeholder
from bland_deploy.prompts.scopes import FIELDS, SCOPES
from bland_deploy.prompts.sources import Source

MAX_FILES = 500
"""How many files one template may include, counting each inclusion."""

MAX_CHARACTERS = 1 << 22

LITERAL = "text that only looks like a template goes between {% raw %} and {% endraw %}"

_LOGIC = re.compile(rf"\S+ is (?:not )?(?:{'|'.join(filter(str.isalpha, TESTS_OF_OURS))})|\S+ if \S+(?: else \S+)?")
"""Names with spaces that can only be meant as a test or a choice."""

Known = Mapping[str, Collection[str]]
Result = TypeVar("Result")


class Read(NamedTuple):
    """A name read from a scope: `row.first_name`. Guarded ones may be undefined (`default`, `is defined`)."""

    root: str
    name: str
    place: Place
    guarded: bool


@dataclass(slots=True)
class Analysis:
    """What one template and its files hold. `scopes` are the ones that exist where it stands.

    `whole` are scopes of which it may use anything, and not only what `reads` names.
    """

    loader: Loader
    scopes: frozenset[str]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    reads: list[Read] = field(default_factory=list)
    placeholders: list[Placeholder] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    files: int = 0
    characters: int = 0

    def report(self, rule: str, message: str, position: int, help: str | None = None) -> None:  # noqa: A002 - the word of the output format
        """Note an error."""
        self.diagnostics.append(error(rule, message, self.loader.sources.place(position), help))

    def lex(self, source: Source) -> Lexed | None:
        """The tokens of a text, or None and a diagnostic."""
        if len(source.text) > MAX_TEXT:
            self.report("template-limit", "the text is longer than 1 MiB", source.base)
            return None
        return self.guard(lambda: lex(source))

    def guard(self, lexing: Callable[[], Result]) -> Result | None:
        """What a lexer gives, or None and a diagnostic."""
        try:
            return lexing()
        except TemplateSyntaxError as problem:
            self.report("template-syntax", _sentence(problem), problem.lineno, LITERAL)
            return None

    def parse(self, tokens: list[Token]) -> nodes.Template | None:
        """The tree of some tokens, or None and a diagnostic."""
        if all(token.type == "data" for token in tokens):
            data = [nodes.TemplateData(token.value, lineno=token.lineno) for token in tokens]
            return nodes.Template([nodes.Output(data, lineno=data[0].lineno)] if data else [], lineno=1)
        parser = parser_of(tokens, self.loader.environment)
        try:
            return nodes.Template(parser.subparse(), lineno=1)
        except TemplateSyntaxError as problem:
            opened = unclosed(tokens) if parser.stream.current.type == "eof" else None
            if opened:
                message = f"{{% {opened.value} %}} is never closed by {{% end{opened.value} %}}"
                self.report("template-syntax", message, opened.lineno, LITERAL)
            else:
                self.report("template-syntax", _sentence(problem), problem.lineno, LITERAL)
        except RecursionError:
            self.report("template-limit", "an expression is nested too deeply", tokens[0].lineno)
        return None

    def leave_to_bland(self, bare: Bare) -> str:
        """The text of a tag that Bland fills; a dotted or spaced name gets a warning."""
        place = bare.place
        if bare.dotted:
            root = bare.name.split(".")[0].strip()
            self.diagnostics.append(
                warning(
                    "placeholder-dotted",
                    f"`{bare.name}` is at none of our scopes, so it is left for Bland as it is",
                    place,
                    _meant(root),
                )
            )
            return bare.text
        self.placeholders.append(Placeholder(bare.name, place))
        if _LOGIC.fullmatch(bare.name):
            self.no_logic(bare.name.split()[0], bare.position)
        elif " " in bare.name:
            self.diagnostics.append(
                warning(
                    "placeholder-space",
                    f"the placeholder {{{{{bare.name}}}}} has a space in its name, which Bland's columns may not have",
                    place,
                    f'write `_` in place of the space, or `row["{bare.name}"]` if the column\'s cell is meant',
                )
            )
        return bare.text

    def no_logic(self, name: str, position: int) -> None:
        """Report that something is done with a name that only Bland knows."""
        ours = f"`row.{name}`" if "row" in self.scopes else f"`vars.{name}`"
        elsewhere = "" if "row" in self.scopes else ", or compute it in `recipients.variables` from `row`"
        self.report(
            "placeholder-logic",
            f"`{name}` is a placeholder of Bland's, which has no value when deploying; Bland runs no logic on it",
            position,
            f"use {ours} here{elsewhere}; {{{{{name}}}}} alone is filled during the call",
        )

    def clean(self, path: str, position: int) -> str | None:
        """A path from the workspace's root in its plain form, or None and a diagnostic where it leads out of it."""
        clean = normpath(path)
        if path and not clean.startswith(("/", "..")) and "\\" not in path and ":" not in path:
            return clean
        self.report("template-include", f"`{path}` leads out of the workspace", position, _FROM_ROOT)
        return None

    def open(self, path: str, position: int) -> Source | None:
        """Read a file that a template includes, or None and a diagnostic. Close it with `opened.pop()`."""
        if path in self.opened:
            self.report("template-include", f"{path} includes itself: {' > '.join([*self.opened, path])}", position)
        elif self.files >= MAX_FILES:
            self.report("template-limit", f"the template includes more than {MAX_FILES} files", position)
        elif (text := self.loader.read(path)) is None:
            self.report("template-include", f"there is no file {path}", position, self._guess(path, position))
        elif self.characters + len(text) > MAX_CHARACTERS:
            self.report("template-limit", "the template includes more than 4 MiB of text", position)
        else:
            self.files += 1
            self.characters += len(text)
            self.opened.append(path)
            return self.loader.sources.add(Scalar(text, text, path, 1, 1, "file"), text)
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row that are read by name."""
        return tuple(read.name for read in self.reads if read.root == "row")

    def check_reads(self, known: Known) -> None:
        """Report reads of names that the scopes cannot have. `known` has the names of `vars` and `row`, where known."""
        tested = {(read.root, read.name) for read in self.reads if read.guarded}
        for read in self.reads:
            names = known.get(read.root, FIELDS.get(read.root))
            if names is None or read.name in names or (read.root, read.name) in tested:
                continue
            self.diagnostics.append(undefined(read.root, read.name, names, read.place))

    def _guess(self, path: str, position: int) -> str:
        """The file that was meant: beside the including one, or with a similar name."""
        found = self.loader.sources.find(position)
        beside = normpath(join(dirname(found[0].scalar.file), path)) if found else path
        if beside != path and not beside.startswith("..") and self.loader.read(beside) is not None:
            return f"did you mean {beside}? {_FROM_ROOT}"
        guess = nearest(path, self.loader.paths())
        return f"did you mean {guess}?" if guess else _FROM_ROOT


_WORDS = {
    "'end of print statement'": "the end of the tag",
    "'end of statement block'": "the end of the tag",
    "'begin of statement block'": "`{%`",
    "Jinja": "it",
}

_FROM_ROOT = "paths are written from the workspace's root"


def parser_of(tokens: list[Token], environment: Sandbox) -> Parser:
    """Jinja's parser, at the first of these tokens."""
    return _Parser(environment, tokens)


class _Tokens:
    """What the parser asks of an environment when it is made."""

    def __init__(self, environment: Sandbox, tokens: list[Token]) -> None:
        self.iter_extensions = environment.iter_extensions
        self._found = tokens

    def _tokenize(self, *_source: object) -> TokenStream:
        return TokenStream(self._found, None, None)


class _Parser(Parser):
    """Jinja's, of tokens: it would have a text taken apart, by a lexer that takes longer than a short template."""

    def __init__(self, environment: Sandbox, tokens: list[Token]) -> None:
        super().__init__(_Tokens(environment, tokens), "")  # type: ignore[arg-type]  # all that it asks for
        self.environment = environment


def undefined(root: str, name: str, names: Collection[str], place: Place) -> Diagnostic:
    """The error for a name that a scope does not have."""
    guess = nearest(name, (str(known) for known in names))
    what = f"the list has no column `{name}`" if root == "row" else f"`{root}` has no `{name}`"
    hint = f"did you mean `{guess}`?" if guess else f"it has {_listing(names)}" if names else f"`{root}` is empty"
    return error("template-undefined", what, place, f"{hint} `{root}.{name} | default('…')` allows for its absence")


def _listing(names: Collection[str], shown: int = 8) -> str:
    quoted = [f"`{name}`" for name in sorted(map(str, names))]
    return ", ".join(quoted[:shown]) + (", …" if len(quoted) > shown else ";")


def _meant(root: str) -> str:
    guess = nearest(root, SCOPES)
    scopes = ", ".join(SCOPES)
    return f"did you mean `{guess}`?" if guess else f"our scopes are {scopes}; `{{% raw %}}` says that it is meant so"


def _sentence(problem: TemplateSyntaxError) -> str:
    """Jinja's message as ours: small, without a full stop."""
    message = (problem.message or "the template cannot be read").rstrip(".")
    for theirs, ours in _WORDS.items():
        message = message.replace(theirs, ours)
    return message[0].lower() + message[1:]
