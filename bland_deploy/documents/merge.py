"""One tree laid over another: mappings merge deeply, lists and scalars replace, `!unset` deletes."""

from bland_deploy.documents.nodes import UNSET, Items, Mapping, Node, Scalar

_NOTHING = Mapping({}, "", 1, 1)


def merge(under: Mapping, over: Mapping) -> Mapping:
    """What holds when `over` is laid over `under`. Every value keeps the place at which it was written."""
    entries = dict(under.entries)
    for name, (key, value) in over.entries.items():
        if is_unset(value):
            entries.pop(name, None)
        elif isinstance(value, Mapping):
            _, below = entries.get(name, (key, _NOTHING))
            entries[name] = (key, merge(below if isinstance(below, Mapping) else _NOTHING, value))
        else:
            entries[name] = (key, value)
    return Mapping(entries, over.file, over.line, over.column)


def is_unset(node: Node) -> bool:
    """Whether a value is `!unset`."""
    return isinstance(node, Scalar) and node.style == UNSET


def find_unset(node: Node) -> list[Scalar]:
    """Every `!unset` of a tree."""
    found: list[Scalar] = []
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            waiting += [value for _, value in node.entries.values()]
        elif isinstance(node, Items):
            waiting += node.items
        elif node.style == UNSET:
            found.append(node)
    return found


def without(node: Mapping, *names: str) -> Mapping:
    """A mapping less some of its keys."""
    kept = {name: entry for name, entry in node.entries.items() if name not in names}
    return Mapping(kept, node.file, node.line, node.column)
