"""One tree laid over another: mappings merge deeply, lists and scalars replace, `!unset` deletes."""

from collections.abc import Iterator

from bland_deploy.documents.nodes import UNSET, Items, Mapping, Node, Scalar

_NOTHING = Scalar(None, "", "", 1, 1)


def merge(under: Node, over: Node) -> Node:
    """What holds when `over` is laid over `under`. Every value keeps the place at which it was written."""
    if not isinstance(over, Mapping):
        return over
    entries = dict(under.entries) if isinstance(under, Mapping) else {}
    for name, (key, value) in over.entries.items():
        if is_unset(value):
            entries.pop(name, None)
        else:
            below = entries[name][1] if name in entries else _NOTHING
            entries[name] = (key, merge(below, value))
    return Mapping(entries, over.file, over.line, over.column)


def is_unset(node: Node) -> bool:
    """Whether a value is `!unset`."""
    return isinstance(node, Scalar) and node.style == UNSET


def find_unset(node: Node) -> Iterator[Scalar]:
    """Every `!unset` of a tree."""
    match node:
        case Scalar():
            if node.style == UNSET:
                yield node
        case Mapping():
            for _, value in node.entries.values():
                yield from find_unset(value)
        case Items():
            for item in node.items:
                yield from find_unset(item)


def without(node: Mapping, *names: str) -> Mapping:
    """A mapping less some of its keys."""
    kept = {name: entry for name, entry in node.entries.items() if name not in names}
    return Mapping(kept, node.file, node.line, node.column)
