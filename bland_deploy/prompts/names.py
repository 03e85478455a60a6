"""Which names are ours and which are Bland's, in expressions and in what is printed.

Names bound inside the template and names at our scopes are ours; a bare name that is printed is Bland's; a bare name
that anything is done with is a mistake, since Bland runs no logic.
"""

# ruff: noqa: N802 - Jinja's visitors find their methods by the names of its classes

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from bland_deploy.diagnostics import nearest
from bland_deploy.prompts.analysis import Analysis, Read, parser_of
from bland_deploy.prompts.environment import FUNCTIONS
from bland_deploy.prompts.filters import FILTERS_OF_OURS, GUARDS, TESTS_OF_OURS
from bland_deploy.prompts.lexer import Bare, Cell, Short
from bland_deploy.prompts.placeholders import find_placeholders
from bland_deploy.prompts.scopes import SCOPES
from bland_deploy.prompts.tokens import lex_expression

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


class Expressions(NodeTransformer):
    """The walk. `bound` are the names that the template has bound where the walk stands."""

    def __init__(self, analysis: Analysis, bound: frozenset[str]) -> None:
        self.analysis = analysis
        self.bound = set(bound)
        self.guarded = False

    @contextmanager
    def inside(self, names: Iterable[str] = ()) -> Iterator[None]:
        """A part of the template that binds names of its own."""
        outside = self.bound
        self.bound = outside | set(names)
        try:
            yield
        finally:
            self.bound = outside

    # What is printed

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        node.nodes = [self._printed(child) for child in node.nodes]
        return node

    def _printed(self, child: nodes.Expr) -> nodes.Expr:
        if isinstance(child, nodes.TemplateData):
            return self._short(child.data.content) if isinstance(child.data, Short) else child
        visited: nodes.Expr = self.visit(child)
        return visited

    def _short(self, content: Bare | Cell) -> nodes.Expr:
        if isinstance(content, Bare):
            return self._bare(content)
        owner = nodes.Name(content.scope, "load", lineno=content.position)
        return self.visit_Getattr(nodes.Getattr(owner, content.name, "load", lineno=content.dot))

    def _bare(self, bare: Bare) -> nodes.Expr:
        """A candidate: an expression if it is about a name that is bound here, else Bland's."""
        if not self.bound.isdisjoint(_IDENTIFIER.findall(bare.name)):
            expression = self._expression(bare)
            if expression is not None:
                self.visit(expression)
                return expression
        return nodes.TemplateData(self.analysis.leave_to_bland(bare), lineno=bare.position)

    def _expression(self, bare: Bare) -> nodes.Expr | None:
        """A candidate as an expression, or None where it is none (`{{ first name }}`)."""
        try:
            tokens = lex_expression(bare.source, bare.start, bare.start + len(bare.name))
            parser = parser_of(tokens[1:], self.analysis.loader.environment)
            expression = parser.parse_expression()
        except TemplateSyntaxError:
            return None
        return expression if parser.stream.current.type == "variable_end" else None

    def visit_Const(self, node: nodes.Const) -> nodes.Const:
        if isinstance(node.value, str) and "{{" in node.value:
            found = self.analysis.loader.sources.find(node.lineno)
            for name in find_placeholders(node.value) if found else ():
                self.analysis.leave_to_bland(Bare("", name, found[0], found[1]))  # type: ignore[index]  # found holds
        return node

    # Names

    def visit_Name(self, node: nodes.Name) -> nodes.Name:
        if node.ctx != "load":
            self._bind(node.name, node.lineno)
        elif node.name in SCOPES and node.name not in self.bound:
            self._root(node.name, node.lineno)
            self.analysis.whole.add(node.name)
        elif node.name not in self.bound and node.name != "omit":
            self.analysis.no_logic(node.name, node.lineno)
        return node

    def visit_NSRef(self, node: nodes.NSRef) -> nodes.NSRef:
        if node.name not in self.bound:
            self.analysis.no_logic(node.name, node.lineno)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Getattr:
        self._read(node.node, node.attr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Getitem:
        with self._unguarded():
            self.visit(node.arg)
        self._read(node.node, node.arg.value if isinstance(node.arg, nodes.Const) else None)
        return node

    def _read(self, owner: nodes.Expr, name: object) -> None:
        if not isinstance(owner, nodes.Name) or owner.name in self.bound:
            with self._unguarded():
                self.visit(owner)
        elif owner.name not in SCOPES:
            self._no_scope(owner, name)
        elif not self._root(owner.name, owner.lineno):
            return
        elif isinstance(name, str):
            place = self.analysis.loader.sources.place(owner.lineno)
            self.analysis.reads.append(Read(owner.name, name, place, self.guarded))
        else:
            self.analysis.whole.add(owner.name)

    def _root(self, name: str, position: int) -> bool:
        if name in self.analysis.scopes:
            self.analysis.roots.add(name)
            return True
        instead = "; give Bland a variable there and write {{its_name}} here" if name == "row" else ""
        self.analysis.report(
            "template-scope", f"`{name}` does not exist here", position, f"`{name}` exists {SCOPES[name]}{instead}"
        )
        return False

    def _bind(self, name: str, position: int) -> None:
        if name in SCOPES or name in FUNCTIONS or name in {"omit", "loop"}:
            self.analysis.report(
                "template-shadow", f"`{name}` is ours already and cannot be set", position, "choose another name"
            )
        self.bound.add(name)

    def _no_scope(self, owner: nodes.Name, name: object) -> None:
        guess = nearest(owner.name, [*SCOPES, *self.bound])
        meant = f"did you mean `{guess}`?" if guess else f"our scopes are {', '.join(SCOPES)}"
        self.analysis.report(
            "placeholder-logic",
            f"`{owner.name}.{name}` is at none of our scopes, so it has no value when deploying",
            owner.lineno,
            meant,
        )

    @contextmanager
    def _unguarded(self, *, guarded: bool = False) -> Iterator[None]:
        outside, self.guarded = self.guarded, guarded
        try:
            yield
        finally:
            self.guarded = outside

    # What is done with values

    def visit_Filter(self, node: nodes.Filter) -> nodes.Filter:
        if node.name not in FILTERS_OF_OURS:
            self._unknown("filter", node.name, node.lineno, FILTERS_OF_OURS)
        if node.node is not None:
            with self._unguarded(guarded=node.name in GUARDS and _is_read(node.node)):
                self.visit(node.node)
        self._arguments(node)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Test:
        if node.name not in TESTS_OF_OURS:
            self._unknown("test", node.name, node.lineno, TESTS_OF_OURS)
        with self._unguarded(guarded=node.name in {"defined", "undefined"} and _is_read(node.node)):
            self.visit(node.node)
        self._arguments(node)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Call:
        if isinstance(node.node, nodes.Name) and node.node.name not in self.bound:
            if node.node.name not in FUNCTIONS:
                self._unknown("function", node.node.name, node.node.lineno, [*FUNCTIONS, *self.bound])
        elif not self._may_be_called(node.node):
            self.analysis.report(
                "template-function",
                "methods of values cannot be called",
                node.node.lineno,
                "what data needs goes through a filter: `| upper`, `| replace('a', 'b')`, `| items`",
            )
        else:
            self.visit(node.node)
        self._arguments(node)
        return node

    def _may_be_called(self, callee: nodes.Expr) -> bool:
        """A bound name, or a name in something bound (an imported file, `loop`)."""
        owner = callee.node if isinstance(callee, nodes.Getattr) else callee
        return isinstance(owner, nodes.Name) and owner.name in self.bound

    def _arguments(self, node: Any) -> None:
        with self._unguarded():
            for argument in (*node.args, *(keyword.value for keyword in node.kwargs), node.dyn_args, node.dyn_kwargs):
                if argument is not None:
                    self.visit(argument)

    def _unknown(self, kind: str, name: str, position: int, known: Iterable[str]) -> None:
        guess = nearest(name, known)
        if kind == "function" and name in FILTERS_OF_OURS:
            meant = f"`{name}` is a filter: write `value | {name}`"
        else:
            meant = f"did you mean `{guess}`?" if guess else f"known are {', '.join(sorted(known))}"
        rule = "template-function" if kind == "function" else "template-filter"
        self.analysis.report(rule, f"there is no {kind} `{name}`", position, meant)


def _is_read(node: nodes.Expr) -> bool:
    """Whether an expression only reads a name, so that a guard around it holds."""
    return isinstance(node, nodes.Getattr | nodes.Getitem)
