"""Trees to text: code made once, run for each call, and every failure brought back to its place in the template."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from jinja2 import Template as Compiled
from jinja2 import TemplateAssertionError, TemplateRuntimeError, nodes
from jinja2.runtime import Context

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.documents.nodes import Scalar
from bland_deploy.model.json import Json
from bland_deploy.prompts.analysis import undefined
from bland_deploy.prompts.bounds import ALLOWANCE, MAX_TEXT, Omit, TemplateProblem, TooMuch
from bland_deploy.prompts.direct import direct_text, direct_value
from bland_deploy.prompts.environment import Absent, Sandbox
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import Scopes
from bland_deploy.prompts.sources import Source, Tag
from bland_deploy.prompts.spending import add_bounds

RESULT = "result"
Finish: TypeAlias = Callable[[object], "Json | Omit"]


class RenderFailed(Exception):
    """A template could not be rendered with these values; the diagnostic says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Program:
    """A template's tree, rendered the short way where there is one, else made into code when it first runs.

    `finish` makes a value of the result of a template that is one expression; None stands for any other text.
    """

    __slots__ = ("_code", "_context", "_direct", "_finish", "_loader", "_moved", "_position", "_sandbox", "_tree")

    def __init__(self, tree: nodes.Template, loader: Loader, finish: Finish | None) -> None:
        self._moved: tuple[Program, Scalar] | None = None
        self._tree: nodes.Template | None = tree
        self._loader = loader
        self._position = tree.body[0].lineno
        self._finish = finish
        self._code: Compiled | None = None
        self._context: Context | None = None
        self._sandbox = loader.environment
        self._direct = _make_direct(tree, self._sandbox, finish)

    def __call__(self, scopes: Scopes) -> "Json | Omit":
        """The result for some scopes. Raises RenderFailed."""
        if self._direct is None:
            return self.by_jinja(scopes)
        self._sandbox.left = ALLOWANCE
        try:
            return self._direct(scopes)
        except Exception:  # noqa: BLE001 - whatever it is, Jinja's way says what and where
            return self.by_jinja(scopes)

    def moved(self, node: Scalar) -> "Program":
        """The same for a file in which its text stands; its places are those in the text."""
        program = Program.__new__(Program)
        for name in self.__slots__:
            setattr(program, name, getattr(self, name))
        program._moved = self, node  # noqa: SLF001 - its own
        return program

    def by_jinja(self, scopes: Scopes) -> "Json | Omit":
        """What `__call__` must equal: by Jinja's own code. Raises RenderFailed."""
        if self._moved is not None:
            program, node = self._moved
            try:
                return program.by_jinja(scopes)
            except RenderFailed as failure:
                raise RenderFailed(moved(failure.diagnostic, node)) from None
        environment = self._loader.environment
        environment.left = ALLOWANCE
        try:
            code = self._code or self._compile()
            context = self._context if self._context is not None else self._new_context(scopes)
            context.parent = scopes  # type: ignore[assignment]  # only read
            context.vars.clear()
            if self._finish is None:
                return _whole("".join(code.root_render_func(context)))
            list(code.root_render_func(context))
            return self._finish(context.vars[RESULT])
        except Exception as problem:  # noqa: BLE001 - whatever a template does ends as a diagnostic
            raise RenderFailed(self._diagnose(problem, scopes)) from None

    def _compile(self) -> Compiled:
        environment = self._loader.environment
        tree, self._tree = self._tree, None
        if tree is None:
            raise TooMuch("statements are nested too deeply")
        if self._finish:
            expression = tree.body[0].nodes[0]  # type: ignore[attr-defined]  # one Output with one expression
            target = nodes.Name(RESULT, "store", lineno=expression.lineno)
            tree.body = [nodes.Assign(target, expression, lineno=expression.lineno)]
        self._code = Compiled.from_code(environment, environment.compile(add_bounds(tree, environment)), {})
        if not self._code.blocks and not tree.find(nodes.Extends):
            self._context = self._new_context({})
        return self._code

    def _new_context(self, scopes: Scopes) -> Context:
        """A context for one render, or for all where no blocks gather in it."""
        environment, blocks = self._loader.environment, self._code.blocks if self._code else {}
        return environment.context_class(environment, scopes, None, blocks)  # type: ignore[arg-type]  # only read

    def _diagnose(self, problem: Exception, scopes: Scopes) -> Diagnostic:
        source, tag = self._find(problem)
        if isinstance(problem, Absent) and isinstance(problem.name, str):
            if source and tag and not re.compile(_reading(problem.name)).search(source.text, tag.start, tag.end):
                return error("template-undefined", _COMPUTED, self._locate(source, tag, ""), _ALLOWED)
            return _absent(problem, scopes, self._locate(source, tag, _reading(problem.name)))
        rule, message = _describe(problem)
        used = re.search(r"`(\w+)`", message)
        return error(rule, message, self._locate(source, tag, rf"\b{used[1]}\b" if used else ""))

    def _find(self, problem: Exception) -> tuple[Source | None, Tag | None]:
        """The tag that was at work, from the innermost frame of generated code."""
        position, traceback = self._position, problem.__traceback__
        if isinstance(problem, TemplateAssertionError):
            position, traceback = problem.lineno, None
        while traceback:
            code = traceback.tb_frame.f_globals.get("__jinja_template__")
            if isinstance(code, Compiled):
                position = code.get_corresponding_lineno(traceback.tb_lineno)
            traceback = traceback.tb_next
        found = self._loader.sources.find(position)
        return (found[0], found[0].tag_at(found[1])) if found else (None, None)

    def _locate(self, source: Source | None, tag: Tag | None, pattern: str) -> Place:
        """Where in the tag a pattern stands, else where the tag's content begins."""
        if not source or not tag:
            return self._loader.sources.place(self._position)
        inside = re.compile(pattern).search(source.text, tag.start, tag.end) if pattern else None
        content = re.compile(r"\{[{%][-+]?\s*").match(source.text, tag.start)
        return source.place(inside.start() if inside else content.end() if content else tag.start)


def place_in(place: Place, node: Scalar) -> Place:
    """The place in a file of a place in a text that stands there; one that is elsewhere is left as it is."""
    if place.file or place.line is None or place.column is None:
        return place
    return node.place_in(place.line, place.column)


def moved(diagnostic: Diagnostic, node: Scalar) -> Diagnostic:
    """A diagnostic of a text, with the place in the file in which the text stands."""
    return replace(diagnostic, place=place_in(diagnostic.place, node))


def _make_direct(
    tree: nodes.Template, sandbox: Sandbox, finish: Finish | None
) -> Callable[[Scopes], "Json | Omit"] | None:
    if finish is None:
        return direct_text(tree.body, sandbox)
    evaluate = direct_value(tree.body[0].nodes[0], sandbox)  # type: ignore[attr-defined]  # one Output with one expression
    return (lambda scopes: finish(evaluate(scopes))) if evaluate else None


def _whole(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TooMuch("the rendered text is longer than 1 MiB")
    return text


def _reading(name: str) -> str:
    """A pattern for the reading of a name: `row.name`, `row["name"]`."""
    name = re.escape(name)
    return rf"[\w.]*(?:\.\s*{name}\b|\[\s*[\"']{name}[\"']\s*\])|\b{name}\b"


_ALLOWED = "`default('…')` allows for it"
_COMPUTED = "there is nothing under the name that is computed here"
"""A name that the template does not spell out comes out of data, and is not quoted."""


def _absent(problem: Absent, scopes: Scopes, place: Place) -> Diagnostic:
    name, owner = str(problem.name), problem.owner
    if isinstance(owner, Mapping):
        root = next((root for root, scope in scopes.items() if scope is owner), None)
        if root:
            return undefined(root, name, owner, place)
        return error("template-undefined", f"there is no `{name}` in the mapping", place, _ALLOWED)
    return error("template-undefined", f"`{name}` has no value here", place)


_PLAIN: Mapping[type[Exception], tuple[str, str]] = {
    ZeroDivisionError: ("template-value", "a number is divided by zero"),
    RecursionError: ("template-limit", "macros call each other, or expressions are nested, too deeply"),
    OverflowError: ("template-limit", "the result is too big"),
    MemoryError: ("template-limit", "the result is too big"),
    SyntaxError: ("template-limit", "statements are nested too deeply"),
}


def _describe(problem: Exception) -> tuple[str, str]:
    """Rule and message of a failure. Messages that might quote data are not passed on."""
    for kind, described in _PLAIN.items():
        if isinstance(problem, kind):
            return described
    if isinstance(problem, TypeError) and re.search("str.*(int|float)|(int|float).*str", str(problem)):
        problem = TemplateProblem("text and numbers do not mix; `| int` or `| float` makes a number of a text")
    if isinstance(problem, TemplateProblem):
        return problem.rule, str(problem)
    if isinstance(problem, Absent | TypeError | TemplateRuntimeError):
        return "template-value", f"this cannot be computed: {problem}"
    if isinstance(problem, TemplateAssertionError):
        return "template-syntax", str(problem.message)
    return "template-value", "this cannot be computed with these values"
