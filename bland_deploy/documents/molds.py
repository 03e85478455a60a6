"""Documents that differ only in plain values: what is around those is composed once, for all of these documents.

Such a value takes the rest of a line or an entry of a flow collection, and is a scalar of its own whatever it says.
That it is one shows when the mold is made, where each stand-in has to come out as one plain value. A document of which
there is anything to say has no mold.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from bland_deploy.documents.compose import compose
from bland_deploy.documents.nodes import Items, Mapping, Node, Scalar
from bland_deploy.documents.scalars import Unfit, Value, resolve_plain

_OF_LINE = re.compile(r"""( *[A-Za-z_][A-Za-z0-9_]*: )([A-Za-z0-9](?:[ !"$-9;-~]*[!"$-9;-~])?)""")
_IN_FLOW = re.compile(r"([{,] *[A-Za-z_][A-Za-z0-9_]*: )([A-Za-z0-9](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?)(?=[,}])")
_STAND_IN = "zqx"
_FALLS_APART = ", ]}[{ q"
"""What ends the stand-in of a line: in a flow collection it falls apart, as the value of a line may."""
_LONGEST = 1 << 16
_REMEMBERED = 64


class _Filling(NamedTuple):
    """The values of one document, resolved and as written, and by how much each is longer than its stand-in."""

    file: str
    values: Sequence[Value]
    texts: Sequence[str]
    longer: Sequence[int]


_Fill: TypeAlias = Callable[[_Filling], Node]
_FillScalar: TypeAlias = Callable[[_Filling], Scalar]


def cast(text: str, file: str) -> Node | None:
    """The tree of a document's text by its mold; None where it has none, or where a value is wrong."""
    if len(text) > _LONGEST or _STAND_IN in text:
        return None
    lines, texts, stand_ins = list[str](), list[str](), list[str]()

    def open_(found: re.Match[str], ends: str) -> str:
        stand_in = f"{_STAND_IN}{len(texts)}{ends}"
        texts.append(found[2])
        stand_ins.append(stand_in)
        return found[1] + stand_in

    for line in text.split("\n"):
        if found := _OF_LINE.fullmatch(line):
            lines.append(open_(found, _FALLS_APART))
        else:
            lines.append(_IN_FLOW.sub(lambda found: open_(found, "q"), line) if "{" in line or "," in line else line)
    fill = _mold("\n".join(lines), tuple(stand_ins))
    if fill is None:
        return None
    try:
        values = [*map(resolve_plain, texts)]
    except Unfit:
        return None
    longer = [len(written) - len(stand_in) for written, stand_in in zip(texts, stand_ins, strict=True)]
    return fill(_Filling(file, values, texts, longer))


@lru_cache(_REMEMBERED)
def _mold(outline: str, stand_ins: tuple[str, ...]) -> _Fill | None:
    """The function that makes the tree of a document out of its values."""
    tree, problems = compose(outline, "")
    if tree is None or problems:
        return None
    numbers = {stand_in: number for number, stand_in in enumerate(stand_ins)}
    found = [node for node in _values(tree) if node.style == "" and node.text in numbers]
    if len(found) != len(stand_ins) or {node.text for node in found} != numbers.keys():
        return None
    return _Maker(numbers, found).node(tree)


def _values(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Mapping(entries=entries):
            for _, value in entries.values():
                yield from _values(value)
        case Items(items=items):
            for item in items:
                yield from _values(item)


class _Maker:
    """Makes the functions that make nodes. `numbers` are those of values, by their stand-ins `found` in the tree."""

    def __init__(self, numbers: dict[str, int], found: Sequence[Scalar]) -> None:
        self._numbers = numbers
        self._in_line: dict[int, list[Scalar]] = {}
        for value in found:
            self._in_line.setdefault(value.line, []).append(value)

    def node(self, node: Node) -> _Fill:
        """The function that makes a node."""
        match node:
            case Scalar():
                return self._scalar(node, self._numbers.get(node.text) if node.style == "" else None)
            case Mapping():
                return self._mapping(node)
            case Items():
                return self._items(node)

    def _scalar(self, node: Scalar, number: int | None = None) -> _FillScalar:
        value, text, line, style, indent = node.value, node.text, node.line, node.style, node.indent
        column_of, column = self._column(node), node.column
        if number is not None:
            return lambda given: Scalar(given.values[number], given.texts[number], given.file, line, column_of(given))
        if self._before(node):
            return lambda given: Scalar(value, text, given.file, line, column_of(given), style, indent)
        return lambda given: Scalar(value, text, given.file, line, column, style, indent)

    def _mapping(self, node: Mapping) -> _Fill:
        line, column_of = node.line, self._column(node)
        entries = [(name, self._scalar(key), self.node(value)) for name, (key, value) in node.entries.items()]

        def fill(given: _Filling) -> Mapping:
            made = {name: (key(given), value(given)) for name, key, value in entries}
            return Mapping(made, given.file, line, column_of(given))

        return fill

    def _items(self, node: Items) -> _Fill:
        line, column_of = node.line, self._column(node)
        items = [self.node(item) for item in node.items]
        return lambda given: Items([item(given) for item in items], given.file, line, column_of(given))

    def _before(self, node: Node) -> list[int]:
        """The values that stand before a node in its line, and so move it."""
        return [self._numbers[value.text] for value in self._in_line.get(node.line, ()) if value.column < node.column]

    def _column(self, node: Node) -> Callable[[_Filling], int]:
        column, before = node.column, self._before(node)
        if not before:
            return lambda _given: column
        return lambda given: column + sum(given.longer[number] for number in before)
