"""A document as a tree whose every value knows where it stands.

Trees of several files can be merged and still point at the right file. Places are worked out on demand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bland_deploy.diagnostics import Place
from bland_deploy.model.json import Json

Path: TypeAlias = Sequence[str | int]

UNSET = "!unset"


@dataclass(slots=True)
class Scalar:
    """One value. `text` is as parsed (no quotes); `style` is YAML's: "", ', ", | or >; "file" for a whole file's text.

    A value that an overlay deletes has the style UNSET. `line` and `column` (from 1) are where the scalar starts in
    `file`; `indent` is the column (from 0) of the first character of a block scalar's lines.
    """

    value: str | int | float | bool | None
    text: str
    file: str
    line: int
    column: int
    style: str = ""
    indent: int = 0

    @property
    def place(self) -> Place:
        """Where the scalar starts."""
        return Place(self.file, self.line, self.column)

    def place_in(self, line: int, column: int) -> Place:
        """The place of a character of the text, given its line and column in the text (both from 1).

        Exact for whole files, block scalars and single-line scalars without escapes; else the scalar's start.
        """
        if self.style == "file":
            return Place(self.file, line, column)
        if self.style == "|":
            return Place(self.file, self.line + line, self.indent + column)
        if line == 1 and self.style != ">":
            return Place(self.file, self.line, self.column + column - 1 + (self.style in ("'", '"')))
        return self.place


@dataclass(slots=True)
class Mapping:
    """Keys in order, each with its node and value. The reader reports duplicate keys and keeps the first."""

    entries: dict[str, tuple[Scalar, "Node"]]
    file: str
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where the mapping starts."""
        return Place(self.file, self.line, self.column)

    def get(self, key: str) -> "Node | None":
        """The value of a key, or None where the key is absent."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Keys and values, in order."""
        return ((key, value) for key, (_, value) in self.entries.items())


@dataclass(slots=True)
class Items:
    """Items in order."""

    items: list["Node"]
    file: str
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where the sequence starts."""
        return Place(self.file, self.line, self.column)


Node: TypeAlias = Scalar | Mapping | Items


def data(node: Node) -> Json:
    """The plain value of a tree."""
    match node:
        case Scalar():
            return node.value
        case Mapping():
            return {key: data(value) for key, (_, value) in node.entries.items()}
        case Items():
            return [data(item) for item in node.items]


def find(node: Node | None, path: Path) -> Node | None:
    """The node at a path of keys and indexes, or None."""
    for step in path:
        match node:
            case Mapping() if isinstance(step, str):
                node = node.get(step)
            case Items() if isinstance(step, int) and -len(node.items) <= step < len(node.items):
                node = node.items[step]
            case _:
                return None
    return node


def place_of(root: Node, path: Path, *, key: bool = False) -> Place:
    """The place of the value at a path, or of its key; of the nearest thing around it where the path leads nowhere."""
    best = root.place
    node: Node | None = root
    for depth, step in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
            key_node, value = node.entries[step]
            best = key_node.place if key and last else value.place
            node = value
            continue
        node = find(node, [step]) if node is not None else None
        if node is None:
            return best
        best = node.place
    return best


def walk(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Scalar]]:
    """Every scalar of a tree with its path."""
    match node:
        case Scalar():
            yield path, node
        case Mapping():
            for key, value in node.items():
                yield from walk(value, (*path, key))
        case Items():
            for index, item in enumerate(node.items):
                yield from walk(item, (*path, index))
