"""One walk through a template's tree: what statements bind, and the files that they bring in.

Included files are put in place of their `include`, so what the including template has bound is bound in them too.
"""

# ruff: noqa: N802 - Jinja's visitors find their methods by the names of its classes

from collections.abc import Iterable
from typing import Any, TypeAlias

from jinja2 import nodes

from bland_deploy.prompts.analysis import Analysis
from bland_deploy.prompts.names import Expressions
from bland_deploy.prompts.sources import Source

Body: TypeAlias = list[nodes.Node]

MAX_NESTING = 50

_OF_MACROS = ("caller", "varargs", "kwargs")


def read_source(source: Source, analysis: Analysis, bound: Iterable[str] = ()) -> nodes.Template | None:
    """The tree of a text with Bland's placeholders as text; None where it could not be read (diagnostics say why)."""
    lexed = analysis.lex(source)
    return read_tokens(lexed.tokens, source, analysis, bound) if lexed else None


def read_tokens(tokens: Any, source: Source, analysis: Analysis, bound: Iterable[str] = ()) -> nodes.Template | None:
    """The same, from tokens."""
    tree = analysis.parse(tokens)
    if tree is None:
        return None
    try:
        tree.body = Statements(analysis, frozenset(bound)).walk(tree.body)
    except RecursionError:
        analysis.report("template-limit", "an expression is nested too deeply", source.base)
        return None
    return tree


class Statements(Expressions):
    """The walk. `depth` counts statements in each other, `blocks` are the names of the file's blocks."""

    def __init__(self, analysis: Analysis, bound: frozenset[str]) -> None:
        super().__init__(analysis, bound)
        self.depth = 0
        self.blocks: set[str] = set()

    def walk(self, body: Iterable[nodes.Node]) -> Body:
        """Walk through statements; one may become several."""
        found: Body = []
        self.depth += 1
        for node in body:
            if self.depth > MAX_NESTING:
                self.analysis.report("template-limit", f"more than {MAX_NESTING} statements in each other", node.lineno)
                break
            result = self.visit(node)
            found += result if isinstance(result, list) else [result]
        self.depth -= 1
        return found

    def visit_If(self, node: nodes.If) -> nodes.If:
        self.visit(node.test)
        node.body = self.walk(node.body)
        for branch in node.elif_:
            self.visit(branch)
        node.else_ = self.walk(node.else_)
        return node

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.visit(node.iter)
        with self.inside():
            self.visit(node.target)
            if node.test is not None:
                self.visit(node.test)
            self.bound.add("loop")
            node.body = self.walk(node.body)
        with self.inside():
            node.else_ = self.walk(node.else_)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Macro:
        self._bind(node.name, node.lineno)
        self._parameters(node)
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        self.visit(node.call)
        self._parameters(node)
        return node

    def _parameters(self, node: Any) -> None:
        """Parameters and body of a macro or of what is given to one."""
        for default in node.defaults:
            self.visit(default)
        with self.inside(_OF_MACROS):
            for parameter in node.args:
                self.visit(parameter)
            node.body = self.walk(node.body)

    def visit_Assign(self, node: nodes.Assign) -> nodes.Assign:
        self.visit(node.node)
        self.visit(node.target)
        return node

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.AssignBlock:
        if node.filter is not None:
            self.visit(node.filter)
        with self.inside():
            node.body = self.walk(node.body)
        self.visit(node.target)
        return node

    def visit_FilterBlock(self, node: nodes.FilterBlock) -> nodes.FilterBlock:
        self.visit(node.filter)
        with self.inside():
            node.body = self.walk(node.body)
        return node

    def visit_With(self, node: nodes.With) -> nodes.With:
        for value in node.values:
            self.visit(value)
        with self.inside():
            for target in node.targets:
                self.visit(target)
            node.body = self.walk(node.body)
        return node

    def visit_Block(self, node: nodes.Block) -> nodes.Block:
        if node.name in self.blocks:
            self.analysis.report("template-syntax", f"the block `{node.name}` stands here twice", node.lineno)
        self.blocks.add(node.name)
        with self.inside(("super",)):
            node.body = self.walk(node.body)
        return node

    def visit_ScopedEvalContextModifier(self, node: nodes.Node) -> nodes.Node:
        self.analysis.report("template-syntax", "`autoescape` is for HTML; remove it", node.lineno)
        return node

    # Files

    def visit_Include(self, node: nodes.Include) -> nodes.Node | Body:
        path = self._path(node.template, node.lineno)
        if path is None or (node.ignore_missing and self.analysis.loader.read(path) is None):
            return []
        node.template, node.with_context = nodes.Const(path, lineno=node.lineno), True
        tree = self._file(path, node, self.bound)
        if tree is None:
            return []
        if tree.find(nodes.Extends) or tree.find(nodes.Block):
            return node  # its blocks are a matter of its own: Jinja brings it in
        return nodes.Scope(tree.body, lineno=node.lineno)

    def visit_Extends(self, node: nodes.Extends) -> nodes.Node | Body:
        path = self._path(node.template, node.lineno)
        if path is None:
            return []
        node.template = nodes.Const(path, lineno=node.lineno)
        self._file(path, node, ())
        return node

    def visit_Import(self, node: nodes.Import) -> nodes.Import:
        self._import(node)
        self._bind(node.target, node.lineno)
        return node

    def visit_FromImport(self, node: nodes.FromImport) -> nodes.FromImport:
        tree = self._import(node)
        offered = _exports(tree) if tree else None
        for name in node.names:
            original, alias = (name, name) if isinstance(name, str) else name
            if offered is not None and original not in offered:
                self._unknown("function", original, node.lineno, offered)
            self._bind(alias, node.lineno)
        return node

    def _import(self, node: Any) -> nodes.Template | None:
        """Take in a file whose macros are imported. Its macros see our scopes."""
        path = self._path(node.template, node.lineno)
        if path is None:
            return None
        node.template, node.with_context = nodes.Const(path, lineno=node.lineno), True
        return self._file(path, node, ())

    def _file(self, path: str, node: nodes.Node, bound: Iterable[str]) -> nodes.Template | None:
        source = self.analysis.open(path, node.lineno)
        if source is None:
            return None
        tree = read_source(source, self.analysis, bound)
        self.analysis.opened.pop()
        if tree is not None:
            self.analysis.loader.files.trees[source.scalar.file] = tree
        return tree

    def _path(self, node: nodes.Expr, position: int) -> str | None:
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            return self.analysis.clean(node.value, node.lineno)
        self.analysis.report(
            "template-include",
            "the path of a file must be written out",
            position,
            "choose between files with {% if %} around the statements",
        )
        return None


def _exports(tree: nodes.Template) -> set[str]:
    """The names that a file offers to those who import it."""
    macros = {node.name for node in tree.find_all(nodes.Macro)}
    return macros | {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
