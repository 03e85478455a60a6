"""Puts the bounds into a template's tree: loops, macros, joins, lists and comparisons pay for what they do."""

# ruff: noqa: N802 - Jinja's visitors find their methods by the names of its classes

from typing import Any, cast

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

LOOP, CALL, JOIN, WEIGH = "§loop", "§call", "§join", "§weigh"
"""The sandbox's filters that take from the allowance; no template can write their names."""

_REPEATING: tuple[type[nodes.Node], ...] = (
    nodes.For,
    nodes.Macro,
    nodes.CallBlock,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
)


def add_bounds(tree: nodes.Template, environment: Environment) -> nodes.Template:
    """The tree, changed in place, with everything that can grow or repeat drawing on the allowance."""
    _Bounds(repeats=any(isinstance(node, _REPEATING) for node in tree.find_all(nodes.Node))).visit(tree)
    tree.set_environment(environment)
    return tree


class _Bounds(NodeTransformer):
    """The walk. Where nothing repeats, looking through a value once needs no bound."""

    def __init__(self, *, repeats: bool) -> None:
        self.repeats = repeats

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.iter = _filter(cast("nodes.Expr", node.iter), LOOP, _weight(node))
        if node.recursive:
            node.body.insert(0, charge(node))
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Macro:
        self.generic_visit(node)
        node.body.insert(0, charge(node))
        return node

    def visit_Block(self, node: nodes.Block) -> nodes.Block:
        self.generic_visit(node)
        node.body.insert(0, charge(node))
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        self.generic_visit(node)
        node.body.insert(0, charge(node))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), JOIN)

    def visit_List(self, node: nodes.List) -> nodes.Expr:
        self.generic_visit(node)
        return _filter(node, WEIGH)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:
        self.generic_visit(node)
        return _filter(node, WEIGH)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        self.generic_visit(node)
        return _filter(node, WEIGH) if node.ctx == "load" else node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:
        self.generic_visit(node)
        if self.repeats:
            node.expr = _filter(node.expr, WEIGH)
            for operand in node.ops:
                operand.expr = _filter(operand.expr, WEIGH)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Getitem:
        self.generic_visit(node)
        if self.repeats and isinstance(node.arg, nodes.Slice):
            node.node = _filter(node.node, WEIGH)
        return node


def _filter(node: nodes.Expr, name: str, *arguments: int) -> nodes.Expr:
    if isinstance(node, nodes.Const):
        return node
    values = [nodes.Const(argument, lineno=node.lineno) for argument in arguments]
    return nodes.Filter(node, name, values, [], None, None, lineno=node.lineno)


def charge(node: Any) -> nodes.Output:
    """A statement that writes nothing and pays for the run of a body."""
    empty = nodes.TemplateData("", lineno=node.lineno)
    weight = nodes.Const(_weight(node), lineno=node.lineno)
    return nodes.Output([nodes.Filter(empty, CALL, [weight], [], None, None, lineno=node.lineno)], lineno=node.lineno)


def _weight(node: nodes.Node) -> int:
    """Characters of text that a body writes at most, each branch counted."""
    return sum(len(data.data) for data in node.find_all(nodes.TemplateData))
