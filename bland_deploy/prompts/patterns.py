"""Texts that differ only in what stands around their tags: the tags are taken in once, for all of these texts.

That is done of plain texts, where each tag is surely a tag and nothing but conditions are statements. Of a text with
anything to say about it nothing is known here: it is taken in as it is, and so is one whose rendering fails.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from jinja2 import nodes

from bland_deploy.diagnostics import Place
from bland_deploy.documents.nodes import Scalar
from bland_deploy.model.json import Json
from bland_deploy.prompts.analysis import Analysis, Known
from bland_deploy.prompts.bounds import ALLOWANCE, Omit
from bland_deploy.prompts.direct import Write, direct_text
from bland_deploy.prompts.loader import no_files
from bland_deploy.prompts.placeholders import Placeholder
from bland_deploy.prompts.scopes import Scopes
from bland_deploy.prompts.statements import read_tokens

_INSIDE = r"""(?:[^{}'"\\\r\n]|'[^{}'\\\r\n]*'|"[^{}"\\\r\n]*")*"""
_TAG = re.compile(
    rf"(\{{\{{(?![-+]){_INSIDE}(?<![-+])\}}\}}|\{{%(?![-+])\s*(?:if|elif|else|endif)\b{_INSIDE}(?<![-+])%\}})"
)
_LONGEST = 1 << 16
_REMEMBERED = 256
_GAP = "\n"
_AROUND = "\n"
"""The name of a scope that no tag can write: what stands around the tags, by number."""

Names: TypeAlias = frozenset[tuple[str, frozenset[str]]]
Render: TypeAlias = Callable[[Scopes], "Json | Omit"]


class Fitted(NamedTuple):
    """What a template is by its pattern: the function that renders it, and what is known of it."""

    render: Render
    text: str | None
    roots: frozenset[str]
    columns: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]
    whole: frozenset[str]


class _Pattern(NamedTuple):
    """The tags of texts, taken in, with gaps in the places of what stands around them. `write` None: no short way.

    A place is in the line of its tag, of which the second is that of the first.
    """

    write: Write | None
    is_text: bool
    roots: frozenset[str]
    columns: tuple[str, ...]
    placeholders: tuple[Placeholder, ...]
    whole: frozenset[str]


def names_of(known: Known) -> Names:
    """The names that scopes have, where they are known, as what can be remembered."""
    return frozenset((root, frozenset(names)) for root, names in known.items())


def fit(node: Scalar, text: str, known: tuple[frozenset[str], Names], plainly: Callable[[], Render]) -> Fitted | None:
    """What the text of a node is compiled to; None where that takes to look at the text itself.

    `known` are the scopes that exist where it stands and the names in them; `plainly` compiles the text as it is.
    """
    if len(text) > _LONGEST:
        return None
    pieces = _TAG.split(text)
    around, tags = pieces[::2], tuple(pieces[1::2])
    is_value = len(tags) == 1 and not any(around)
    if is_value or any("{" in piece for piece in around):
        return None
    pattern = _pattern(tags, *known)
    render = _renderer(pattern, text, around, plainly) if pattern is not None else None
    if pattern is None or render is None:
        return None
    starts = [*_starts(around, tags)] if pattern.placeholders else []

    def place(found: Place) -> Place:
        assert found.line is not None
        assert found.column is not None
        line, column = starts[found.line - 2]
        return node.place_in(line, column + found.column - 1)

    return Fitted(
        render,
        text if pattern.is_text else None,
        pattern.roots,
        pattern.columns,
        tuple(dict.fromkeys(left._replace(place=place(left.place)) for left in pattern.placeholders)),
        pattern.whole,
    )


def _renderer(pattern: _Pattern, text: str, around: Sequence[str], plainly: Callable[[], Render]) -> Render | None:
    """The function that renders a text, None where there is no short way to."""
    if pattern.is_text:
        return lambda _scopes: text
    sandbox, by_text, write = no_files().environment, cache(plainly), pattern.write
    if write is None:
        return None
    texts: Mapping[str, object] = {str(number): piece for number, piece in enumerate(around)}

    def render(scopes: Scopes) -> "Json | Omit":
        sandbox.left = ALLOWANCE
        try:
            return write({**scopes, _AROUND: texts})
        except Exception:  # noqa: BLE001 - whatever it is, the text as it is says what and where
            return by_text()(scopes)

    return render


@lru_cache(_REMEMBERED)
def _pattern(tags: tuple[str, ...], scopes: frozenset[str], names: Names) -> _Pattern | None:
    analysis = Analysis(no_files(), scopes)
    text = _GAP + "".join(tag + _GAP for tag in tags)
    source = analysis.loader.sources.add(Scalar(text, text, "", 1, 1, "file"), text)
    lexed = analysis.lex(source)
    tree = read_tokens(lexed.tokens, source, analysis) if lexed else None
    analysis.check_reads(dict(names))
    if tree is None or analysis.diagnostics:
        return None
    gaps, position = {source.base: 0}, source.base
    for number, tag in enumerate(tags, start=1):
        position += len(_GAP) + len(tag)
        gaps[position] = number
    return _Pattern(
        direct_text([*_with_gaps(tree.body, gaps)], no_files().environment),
        all(isinstance(node, nodes.Output) and _is_text(node) for node in tree.body),
        frozenset(analysis.roots),
        analysis.columns,
        tuple(analysis.placeholders),
        frozenset(analysis.whole),
    )


def _is_text(printed: nodes.Output) -> bool:
    return all(isinstance(part, nodes.TemplateData) for part in printed.nodes)


def _with_gaps(body: Sequence[nodes.Node], gaps: Mapping[int, int]) -> Iterator[nodes.Node]:
    """Statements with gaps, each known by its position."""
    for node in body:
        match node:
            case nodes.Output(nodes=printed):
                yield nodes.Output([_text(part, gaps) for part in printed], lineno=node.lineno)
            case nodes.If(test=test, body=chosen, elif_=branches, else_=otherwise):
                parts = [[*_with_gaps(part, gaps)] for part in (chosen, branches, otherwise)]
                yield nodes.If(test, *parts, lineno=node.lineno)


def _text(part: nodes.Expr, gaps: Mapping[int, int]) -> nodes.Expr:
    if isinstance(part, nodes.TemplateData) and part.data == _GAP:
        return nodes.Getattr(nodes.Name(_AROUND, "load"), str(gaps[part.lineno]), "load", lineno=part.lineno)
    return part


def _starts(around: Sequence[str], tags: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Line and column (from 1) of each tag in its text."""
    line, column = 1, 1
    for piece, tag in zip(around, tags, strict=False):
        breaks = piece.count("\n")
        line, column = line + breaks, len(piece) - piece.rfind("\n") if breaks else column + len(piece)
        yield line, column
        column += len(tag)
