"""Templates in campaign files, taken in once and rendered for each call.

What is wrong with a template comes back as diagnostics; code is made only when a template is first rendered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from jinja2 import nodes

from bland_deploy.diagnostics import Diagnostic, has_errors
from bland_deploy.documents.nodes import Items, Node, Scalar, data
from bland_deploy.documents.nodes import Mapping as MappingNode
from bland_deploy.model.json import Json
from bland_deploy.prompts.analysis import Analysis, Known
from bland_deploy.prompts.bounds import OMIT, Omit, to_json, to_text_or_omit
from bland_deploy.prompts.lexer import Bare, Lexed, Short
from bland_deploy.prompts.loader import Loader, no_files
from bland_deploy.prompts.patterns import Names, fit, names_of
from bland_deploy.prompts.placeholders import Placeholder
from bland_deploy.prompts.render import Finish, Program, moved, place_in
from bland_deploy.prompts.scopes import Scopes
from bland_deploy.prompts.sources import Tag
from bland_deploy.prompts.statements import read_tokens
from bland_deploy.prompts.tokens import lex_expression

Path: TypeAlias = tuple[str | int, ...]
Render: TypeAlias = Callable[[Scopes], "Json | Omit"]

NOTHING_KNOWN: Known = {}
_REMEMBERED, _LONGEST = 1024, 8192
"""How many texts are remembered, and how many characters one of them has at most."""


class Template(NamedTuple):
    """A text or expression, ready to be rendered.

    `text` is the result where nothing is ours, else None. `roots` are the scopes it uses, `columns` those of the
    row that it reads by name, `whole` the scopes of which it may use anything; `placeholders` are left for Bland.
    Included files count.
    """

    render: Render
    """The result for some scopes: JSON, or OMIT. Raises RenderFailed."""
    text: str | None = None
    roots: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    whole: frozenset[str] = frozenset()

    @property
    def constant(self) -> bool:
        """Whether nothing in it is ours, so that it renders to the same text for everyone."""
        return self.text is not None


Compiled: TypeAlias = tuple[Template | None, tuple[Diagnostic, ...]]


class Value(NamedTuple):
    """A tree of JSON whose texts are templates; parts in which nothing is ours are made once."""

    render: Render
    """The result for some scopes: JSON without what is omitted, or OMIT. Raises RenderFailed."""
    constant: bool
    templates: tuple[tuple[Path, Template], ...]
    entries: tuple[tuple[str, "Value"], ...] = ()

    @property
    def roots(self) -> frozenset[str]:
        """The scopes that it uses."""
        return frozenset[str]().union(*(template.roots for _, template in self.templates))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row that it reads by name."""
        return tuple(column for _, template in self.templates for column in template.columns)

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The names it leaves for Bland, in order."""
        return tuple(placeholder for _, placeholder in self.placeholders_at)

    @property
    def placeholders_at(self) -> tuple[tuple[Path, Placeholder], ...]:
        """The names it leaves for Bland, each with the path of the text it stands in."""
        return tuple((path, placeholder) for path, template in self.templates for placeholder in template.placeholders)

    def items(self) -> Iterator[tuple[str, "Value"]]:
        """The values at the top-level keys of a mapping."""
        return iter(self.entries)


def compile_text(node: Scalar, scopes: frozenset[str], loader: Loader, known: Known = NOTHING_KNOWN) -> Compiled:
    """A template that gives a text (or OMIT, where it is exactly one expression that says so).

    `scopes` are those that exist where it stands; `known` has the names of `vars` and of the list's columns where
    they are known, so that misspelt ones are found at once. None where there are errors.
    """
    return _compile(node, Analysis(loader, scopes), known, to_text_or_omit)


def compile_value(
    node: Node, scopes: frozenset[str], loader: Loader, known: Known = NOTHING_KNOWN
) -> tuple[Value | None, tuple[Diagnostic, ...]]:
    """A tree of JSON whose string scalars are templates; those that are exactly one expression keep its type."""
    diagnostics: list[Diagnostic] = []

    def compile_(text: Scalar) -> Value | None:
        template, found = _compile(text, Analysis(loader, scopes), known, to_json)
        diagnostics.extend(found)
        return Value(template.render, template.constant, (((), template),)) if template else None

    return _made(node, compile_), tuple(diagnostics)


def _made(part: Node, compile_: Callable[[Scalar], Value | None]) -> Value | None:
    match part:
        case MappingNode():
            return _mapping({key: _made(value, compile_) for key, value in part.items()})
        case Items():
            return _items([_made(item, compile_) for item in part.items])
        case Scalar() if isinstance(part.value, str) and "{" in part.value:
            return compile_(part)
        case _:
            return _literal(data(part))


def compile_expression(node: Scalar, scopes: frozenset[str], known: Known = NOTHING_KNOWN) -> Compiled:
    """A condition such as `row.status == 'active'`, with or without `{{ … }}` around it; it renders to a boolean."""
    template, found = _moved(_condition(str(node.value), scopes, names_of(known)), node)
    if template is None:
        return None, found
    render = template.render
    return template._replace(render=lambda values: bool(render(values)), text=None), found


def _compile(node: Scalar, analysis: Analysis, known: Known, finish: Finish) -> Compiled:
    text = node.value if isinstance(node.value, str) else node.text
    if "{" not in text:
        return _constant(text, analysis), ()
    names, compiled = names_of(known), analysis.loader.compiled
    key = (text, node.file, node.line, node.column, node.style, node.indent, analysis.scopes, names, finish)
    if key not in compiled:
        if "{%" not in text and node.style != "file" and len(text) <= _LONGEST:
            compiled[key] = _moved(_anywhere(text, analysis.scopes, names, finish), node)
        else:
            compiled[key] = _fitted(node, text, analysis, names, finish) or take_in(node, text, analysis, known, finish)
    result: Compiled = compiled[key]
    return result


def _fitted(node: Scalar, text: str, analysis: Analysis, names: Names, finish: Finish) -> Compiled | None:
    def plainly() -> Render:
        template, _ = take_in(node, text, Analysis(no_files(), analysis.scopes), dict(names), finish)
        assert template is not None
        return template.render

    fitted = fit(node, text, (analysis.scopes, names), plainly)
    return (Template(*fitted), ()) if fitted is not None else None


@lru_cache(_REMEMBERED)
def _anywhere(text: str, scopes: frozenset[str], names: Names, finish: Finish) -> Compiled:
    """What a text that brings in no files is compiled to, wherever it stands; its places are those in the text."""
    return take_in(_alone(text), text, Analysis(no_files(), scopes), dict(names), finish)


@lru_cache(_REMEMBERED)
def _condition(text: str, scopes: frozenset[str], names: Names) -> Compiled:
    """The same of an expression."""
    analysis = Analysis(no_files(), scopes)
    source = analysis.loader.sources.add(_alone(text), text)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if text.startswith("{{", start) and text.endswith("}}", 0, end):
        start, end = start + 2, end - 2
    source.tags.append(Tag(start, end))
    tokens = analysis.guard(lambda: lex_expression(source, start, end))
    tree = read_tokens(tokens, source, analysis) if tokens else None
    return _finish(tree, analysis, dict(names), bool), tuple(analysis.diagnostics)


def _alone(text: str) -> Scalar:
    return Scalar(text, text, "", 1, 1, "file")


def _moved(compiled: Compiled, node: Scalar) -> Compiled:
    """What a text was compiled to, with the places that it has in a file."""
    template, found = compiled
    found = tuple(moved(diagnostic, node) for diagnostic in found)
    if template is None:
        return None, found
    render = template.render
    placeholders = dict.fromkeys(left._replace(place=place_in(left.place, node)) for left in template.placeholders)
    return template._replace(
        render=render.moved(node) if isinstance(render, Program) else render,
        placeholders=tuple(placeholders),
    ), found


def take_in(node: Scalar, text: str, analysis: Analysis, known: Known, finish: Finish) -> Compiled:
    """What a text is compiled to where it stands, as if it stood nowhere else."""
    source = analysis.loader.sources.add(node, text)
    if node.style == "file":
        analysis.opened.append(node.file)
    lexed = analysis.lex(source)
    if lexed and lexed.constant:
        template = _constant(_joined(lexed, analysis), analysis)
    else:
        tree = read_tokens(lexed.tokens, source, analysis) if lexed else None
        template = _finish(tree, analysis, known, finish)
    return template, tuple(analysis.diagnostics)


def _joined(lexed: Lexed, analysis: Analysis) -> str:
    """The text of a template with nothing but text and Bland's names."""
    return "".join(_text(token.value, analysis) for token in lexed.tokens)


def _text(data: str, analysis: Analysis) -> str:
    if isinstance(data, Short):
        assert isinstance(data.content, Bare)
        return analysis.leave_to_bland(data.content)
    return data


def _finish(tree: nodes.Template | None, analysis: Analysis, known: Known, finish: Finish) -> Template | None:
    """A tree as a template, unless something is wrong with it."""
    analysis.check_reads(known)
    if tree is None or has_errors(analysis.diagnostics):
        return None
    printed = [part for node in tree.body for part in (node.nodes if isinstance(node, nodes.Output) else [node])]
    if all(isinstance(part, nodes.TemplateData) for part in printed):
        text = "".join(part.data for part in printed if isinstance(part, nodes.TemplateData))
        return _constant(text, analysis)
    typed = len(printed) == 1 and isinstance(printed[0], nodes.Expr)
    program = Program(tree, analysis.loader, finish if typed else None)
    columns, placeholders = analysis.columns, tuple(dict.fromkeys(analysis.placeholders))
    return Template(program, None, frozenset(analysis.roots), columns, placeholders, frozenset(analysis.whole))


def _constant(text: str, analysis: Analysis) -> Template | None:
    if has_errors(analysis.diagnostics):
        return None
    return Template(lambda _scopes: text, text, placeholders=tuple(dict.fromkeys(analysis.placeholders)))


def _literal(value: Json) -> Value:
    return Value(lambda _scopes: value, constant=True, templates=())


def _mapping(values: Mapping[str, Value | None]) -> Value | None:
    """A mapping, unless something in it is wrong."""
    entries = tuple((key, value) for key, value in values.items() if value is not None)
    if len(entries) < len(values):
        return None
    renders = [(key, value.render) for key, value in entries]

    def render(scopes: Scopes) -> Json:
        result: dict[str, Json] = {}
        for key, part in renders:
            value = part(scopes)
            if value is not OMIT:
                result[key] = value  # type: ignore[assignment]  # OMIT is the only Omit
        return result

    return _once(Value(render, all(value.constant for _, value in entries), _beneath(entries), entries))


def _items(values: list[Value | None]) -> Value | None:
    """A list, unless something in it is wrong."""
    items = [value for value in values if value is not None]
    if len(items) < len(values):
        return None
    renders = [value.render for value in items]

    def render(scopes: Scopes) -> Json:
        rendered = [part(scopes) for part in renders]
        return [value for value in rendered if not isinstance(value, Omit)]

    templates = _beneath(enumerate(items))
    return _once(Value(render, all(value.constant for value in items), templates))


def _beneath(values: Iterable[tuple[str | int, Value]]) -> tuple[tuple[Path, Template], ...]:
    return tuple(((key, *path), template) for key, value in values for path, template in value.templates)


def _once(value: Value) -> Value:
    """A value without anything of ours, made once."""
    if not value.constant:
        return value
    made = value.render({})
    return Value(lambda _scopes: made, constant=True, templates=value.templates, entries=value.entries)
