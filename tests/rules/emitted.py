"""Every rule id that the package can emit, read from its code: where, and with which severities.

An emitter is whatever takes a rule: a function with a parameter `rule`, a class with a field `rule` or an `__init__`
that takes one. What it is called with is resolved to words; an expression that cannot be is reported, never skipped.
"""

import ast
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SEVERITIES = ("error", "warning", "note")


class Emission(NamedTuple):
    """One place that emits a rule."""

    rule: str
    severities: frozenset[str]
    place: str


class Module(NamedTuple):
    """A module of the package, with the values of its constants."""

    name: str
    tree: ast.Module
    constants: dict[str, ast.expr]


class Emitter(NamedTuple):
    """Where among its positional arguments something takes the rule, and the severities that it gives."""

    position: int
    severities: frozenset[str]
    is_method: bool = False


class Unresolved(Exception):
    """An expression whose words cannot be told from the code."""


def modules(root=ROOT / "bland_deploy"):
    found = []
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.append(Module(path.relative_to(root.parent).as_posix(), tree, constants_of(tree.body)))
    return found


def constants_of(statements):
    found = {}
    for statement in statements:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        found |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    return found


def emissions(sources):
    """Everything emitted, and the places that cannot be told."""
    emitters = emitters_of(sources)
    shared = {name: value for module in sources for name, value in module.constants.items()}
    found, unresolved = [], []
    for module in sources:
        functions = {node.name: node for _, node in inside_functions(module.tree) if is_function(node)}
        for function, node in inside_functions(module.tree):
            scope = Scope(function, {**shared, **module.constants}, functions)
            for argument, severities in arguments_of(node, emitters, function):
                place = f"{module.name}:{node.lineno}"
                try:
                    ids = resolve(argument, scope)
                except Unresolved:
                    unresolved.append(f"{place}: {ast.unparse(argument)}")
                    continue
                found += [Emission(rule, severities, place) for rule in ids]
    return found, unresolved


def is_function(node):
    return isinstance(node, ast.FunctionDef)


def inside_functions(tree, function=None):
    """Every node with the innermost function around it."""
    for child in ast.iter_child_nodes(tree):
        inner = child if isinstance(child, ast.FunctionDef) else function
        yield function, child
        yield from inside_functions(child, inner)


def arguments_of(node, emitters, function=None):
    """The expressions that a node gives as rules, with the severities they get."""
    match node:
        case ast.Call(func=callee):
            for name in emitters_called(callee, function, emitters):
                argument = rule_argument(node, emitters[name])
                if argument is not None:
                    yield argument, given_severity(node) or emitters[name].severities
        case ast.ClassDef():
            rule = constants_of(item for item in node.body if isinstance(item, ast.Assign)).get("rule")
            if rule is not None:
                yield rule, frozenset({"error"})  # exceptions
        case ast.Assign(targets=[ast.Attribute(attr="rule")], value=value):
            yield value, frozenset({"error"})
        case _:
            return


def emitters_called(callee, function, emitters):
    """The emitters that an expression may call: by name, as a method, or under a local name for one of several."""
    match callee:
        case ast.Name(id=name) if name in emitters:
            return [] if emitters[name].is_method else [name]
        case ast.Attribute(attr=name) if name in emitters:
            return [name] if emitters[name].is_method else []
        case ast.Name(id=name):
            aliased = [node.id for value in assigned(function, name) for node in names_in(value)]
            return [name for name in aliased if name in emitters]
        case _:
            return []


def names_in(expression):
    return [node for node in ast.walk(expression) if isinstance(node, ast.Name)]


def rule_argument(call, emitter):
    for keyword in call.keywords:
        if keyword.arg == "rule":
            return keyword.value
    if any(isinstance(argument, ast.Starred) for argument in call.args[: emitter.position + 1]):
        return call
    return call.args[emitter.position] if len(call.args) > emitter.position else None


def given_severity(call):
    for node in ast.walk(call):
        match node:
            case ast.Attribute(value=ast.Name(id="Severity"), attr=name):
                return frozenset({name.lower()})
            case _:
                continue
    return None


def emitters_of(sources):
    """Emitters by name; their severities are those of what they hand their rule on to."""
    known = {name: Emitter(0, frozenset({name})) for name in SEVERITIES}
    bodies = {}
    for module in sources:
        for _, node in inside_functions(module.tree):
            position, is_method = position_of_rule(node)
            if position is not None and node.name not in SEVERITIES:
                known.setdefault(node.name, Emitter(position, frozenset(), is_method))
                bodies.setdefault(node.name, []).append(node)
    while True:
        grown = {
            name: emitter._replace(severities=emitter.severities | handed_on(bodies.get(name, ()), known))
            for name, emitter in known.items()
        }
        if grown == known:
            return known
        known = grown


def handed_on(bodies, known):
    severities = frozenset()
    for body in bodies:
        for node in ast.walk(body):
            for argument, given in arguments_of(node, known):
                if is_handed_on(argument):
                    severities |= given
    return severities


def is_handed_on(argument):
    match argument:
        case ast.Name(id="rule") | ast.Attribute(attr="rule"):
            return True
        case _:
            return False


def position_of_rule(node):
    """Where a function or a class takes the rule's id, None for those that take none; and whether it is a method."""
    match node:
        case ast.FunctionDef(name=name) if name != "__init__":
            takes = [*node.args.posonlyargs, *node.args.args]
            is_method = bool(takes) and takes[0].arg == "self"
            return index_of_rule((item.arg, item.annotation) for item in takes[is_method:]), is_method
        case ast.ClassDef():
            made = next((item for item in node.body if is_function(item) and item.name == "__init__"), None)
            if made is not None:
                return index_of_rule((item.arg, item.annotation) for item in made.args.args[1:]), False
            fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
            return index_of_rule((item.target.id, item.annotation) for item in fields), False
        case _:
            return None, False


def index_of_rule(names):
    """The place of a `rule` that is text: values of the catalogue are called so too."""
    for index, (name, annotation) in enumerate(names):
        if name == "rule" and (annotation is None or ast.unparse(annotation) == "str"):
            return index
    return None


class Scope(NamedTuple):
    """What names can mean at a place: the function around it, the package's constants, the module's functions."""

    function: ast.FunctionDef | None
    constants: dict[str, ast.expr]
    functions: dict[str, ast.FunctionDef]

    @property
    def parameters(self):
        arguments = self.function.args if self.function is not None else None
        return (
            {item.arg for item in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]} if arguments else ()
        )


def resolve(expression, scope):
    """The words that an expression can be; none where a rule is only handed on."""
    match expression:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.Attribute(attr="rule"):
            return set()
        case ast.Name(id="rule") if "rule" in scope.parameters:
            return set()
    choices = choices_of(expression, scope)
    if not choices:
        raise Unresolved
    return set().union(*(resolve(choice, scope) for choice, scope in choices))


def choices_of(expression, scope):
    """The expressions that an expression chooses from, each with its scope; none where that cannot be told."""
    match expression:
        case ast.IfExp(body=one, orelse=other):
            found = [one, other]
        case ast.Name(id=name):
            found = assigned(scope.function, name) or ([scope.constants[name]] if name in scope.constants else [])
        case ast.Dict(values=values):
            found = values
        case ast.Tuple(elts=[first, *_]):
            found = [first]
        case ast.Call():
            return choices_of_call(expression, scope)
        case _:
            found = []
    return [(choice, scope) for choice in found]


def choices_of_call(call, scope):
    match call:
        case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *rest]):
            return [(choice, scope) for choice in (table, *rest)]
        case ast.Call(func=ast.Name(id=name)) if name in scope.functions:
            function = scope.functions[name]
            inside = scope._replace(function=function)
            return [(node.value, inside) for node in ast.walk(function) if isinstance(node, ast.Return)]
        case _:
            return []


def assigned(function, name):
    """What a function assigns to a name of its own; of several names at once, what the first of them gets."""
    found = []
    for node in ast.walk(function) if function is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=target) | ast.Tuple(elts=[ast.Name(id=target), *_])], value=value):
                found += [value] if target == name else []
            case ast.For(target=ast.Tuple(elts=elements), iter=ast.Call(func=ast.Attribute(value=table, attr="items"))):
                if name in [element.id for element in elements[1:] if isinstance(element, ast.Name)]:
                    found.append(table)
            case _:
                continue
    return found
