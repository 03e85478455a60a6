"""The short way to render plain templates: functions made from the tree, where Jinja makes code and has it compiled.

Texts, conditions, and expressions of names, constants, filters, tests and comparisons go this way; all else is left
to Jinja, and so is whatever fails here, since Jinja's way knows where. Results are equal: a property test compares.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jinja2 import nodes

from bland_deploy.prompts.bounds import MAX_TEXT, OMIT
from bland_deploy.prompts.environment import Sandbox
from bland_deploy.prompts.scopes import Scopes

Evaluate: TypeAlias = Callable[[Scopes], Any]
Write: TypeAlias = Callable[[Scopes], str]
Part: TypeAlias = str | Write


class _Beyond(Exception):
    """Something that is left to Jinja."""


def direct_value(node: nodes.Node, sandbox: Sandbox) -> Evaluate | None:
    """The function that evaluates an expression, or None where that is left to Jinja. It raises anything."""
    try:
        return _evaluate(node, sandbox)
    except (_Beyond, RecursionError):
        return None


def direct_text(body: list[nodes.Node], sandbox: Sandbox) -> Write | None:
    """The function that writes statements, or None where that is left to Jinja. It raises anything."""
    try:
        write = _write(body, sandbox)
    except (_Beyond, RecursionError):
        return None

    def write_whole(scopes: Scopes) -> str:
        text = write(scopes)
        if len(text) > MAX_TEXT:
            raise _Beyond
        return text

    return write_whole


def _write(body: list[nodes.Node], sandbox: Sandbox) -> Write:
    """Pieces of text, and functions in between them: `%` is the fastest way to put together what they give."""
    parts = [part for node in body for part in _parts(node, sandbox)]
    pattern = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
    functions = [part for part in parts if not isinstance(part, str)]
    if len(functions) == 1:
        (function,) = functions
        return function if pattern == "%s" else lambda scopes: pattern % function(scopes)
    return lambda scopes: pattern % tuple([function(scopes) for function in functions])


def _parts(node: nodes.Node, sandbox: Sandbox) -> list[Part]:
    match node:
        case nodes.Output(nodes=printed):
            return [_printed(child, sandbox) for child in printed]
        case nodes.Scope(body=body):  # an included file; nothing here binds names
            return [_write(body, sandbox)]
        case nodes.If(test=test, body=body, elif_=branches, else_=otherwise):
            for branch in reversed(branches):
                otherwise = [nodes.If(branch.test, branch.body, [], otherwise)]
            return [_choose(_evaluate(test, sandbox), _write(body, sandbox), _write(otherwise, sandbox))]
    raise _Beyond


def _printed(child: nodes.Expr, sandbox: Sandbox) -> Part:
    if isinstance(child, nodes.TemplateData):
        return child.data
    value, show = _evaluate(child, sandbox), sandbox.show
    return lambda scopes: show(value(scopes))


def _evaluate(node: nodes.Node, sandbox: Sandbox) -> Evaluate:
    make = _EXPRESSIONS.get(type(node))
    if make is None:
        raise _Beyond
    return make(node, sandbox)


def _constant(node: nodes.Node) -> Any:
    match node:
        case nodes.Const(value=value):
            return value
        case nodes.Name(name="omit"):
            return OMIT
    raise _Beyond


def _literal(node: nodes.Node, _sandbox: Sandbox) -> Evaluate:
    value = _constant(node)
    return lambda _scopes: value


def _attribute(node: nodes.Getattr, sandbox: Sandbox) -> Evaluate:
    if isinstance(node.node, nodes.Name):
        return _cell(node.node.name, node.attr, sandbox)
    owner, name = _evaluate(node.node, sandbox), node.attr
    return lambda scopes: sandbox.getattr(owner(scopes), name)


def _item(node: nodes.Getitem, sandbox: Sandbox) -> Evaluate:
    key = _constant(node.arg)
    if isinstance(node.node, nodes.Name):
        return _cell(node.node.name, key, sandbox)
    owner = _evaluate(node.node, sandbox)
    return lambda scopes: sandbox.getitem(owner(scopes), key)


def _cell(root: str, name: Any, sandbox: Sandbox) -> Evaluate:
    """What a scope holds under a name. A name that is no scope's raises KeyError when it is evaluated."""

    def read(scopes: Scopes) -> Any:
        scope = scopes[root]
        return scope[name] if name in scope else sandbox.undefined(obj=scope, name=name)

    return read


def _filtered(node: nodes.Filter, sandbox: Sandbox) -> Evaluate:
    if node.node is None:
        raise _Beyond
    return _called(node, sandbox, sandbox.filters)


def _tested(node: nodes.Test, sandbox: Sandbox) -> Evaluate:
    return _called(node, sandbox, sandbox.tests)


def _called(node: Any, sandbox: Sandbox, functions: Mapping[str, Any]) -> Evaluate:
    """A filter or test with constant arguments, of those that ask for nothing else."""
    function = functions[node.name]
    if hasattr(function, "jinja_pass_arg") or node.dyn_args or node.dyn_kwargs:
        raise _Beyond
    value = _evaluate(node.node, sandbox)
    arguments = [_constant(argument) for argument in node.args]
    named = {argument.key: _constant(argument.value) for argument in node.kwargs}
    if named:
        return lambda scopes: function(value(scopes), *arguments, **named)
    return _applied(function, value, arguments)


def _applied(function: Any, value: Evaluate, arguments: list[Any]) -> Evaluate:
    """Few arguments are handed over one by one, which is faster."""
    match arguments:
        case []:
            return lambda scopes: function(value(scopes))
        case [first]:
            return lambda scopes: function(value(scopes), first)
        case [first, second]:
            return lambda scopes: function(value(scopes), first, second)
    return lambda scopes: function(value(scopes), *arguments)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


def _compared(node: nodes.Compare, sandbox: Sandbox) -> Evaluate:
    if len(node.ops) != 1:
        raise _Beyond
    left, right = _evaluate(node.expr, sandbox), _evaluate(node.ops[0].expr, sandbox)
    compare = _COMPARISONS[node.ops[0].op]
    return lambda scopes: compare(left(scopes), right(scopes))


def _and(node: nodes.And, sandbox: Sandbox) -> Evaluate:
    left, right = _evaluate(node.left, sandbox), _evaluate(node.right, sandbox)
    return lambda scopes: left(scopes) and right(scopes)


def _or(node: nodes.Or, sandbox: Sandbox) -> Evaluate:
    left, right = _evaluate(node.left, sandbox), _evaluate(node.right, sandbox)
    return lambda scopes: left(scopes) or right(scopes)


def _not(node: nodes.Not, sandbox: Sandbox) -> Evaluate:
    value = _evaluate(node.node, sandbox)
    return lambda scopes: not value(scopes)


def _chosen(node: nodes.CondExpr, sandbox: Sandbox) -> Evaluate:
    if node.expr2 is None:
        raise _Beyond
    return _choose(_evaluate(node.test, sandbox), _evaluate(node.expr1, sandbox), _evaluate(node.expr2, sandbox))


def _choose(test: Evaluate, first: Evaluate, second: Evaluate) -> Evaluate:
    return lambda scopes: first(scopes) if test(scopes) else second(scopes)


_EXPRESSIONS: Mapping[type[nodes.Node], Callable[[Any, Sandbox], Evaluate]] = {
    nodes.Const: _literal,
    nodes.Name: _literal,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.Filter: _filtered,
    nodes.Test: _tested,
    nodes.Compare: _compared,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.CondExpr: _chosen,
}
