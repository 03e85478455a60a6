"""A YAML file as blocks of entries, each with the comments that belong to it: what `rewrite` lays out anew.

It reads the tokens of a text that `read_text` has found to be in order. Comments above a key or an item go with it;
those at the end of a block, and further in than what follows, stay in the block.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from _ruamel_yaml import (  # libyaml's own kinds of tokens
    AnchorToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    KeyToken,
    ValueToken,
)

from bland_deploy.documents.tokens import (
    FLOW_ENDS,
    FLOW_STARTS,
    INSIDE_AN_ENTRY,
    OF_THE_FILE,
    PROPERTIES,
    Token,
    read_tokens,
)

MODELINE = "# yaml-language-server:"


@dataclass(slots=True)
class Leaf:
    """What is no block: a scalar, an alias, a collection in brackets, or nothing."""

    tokens: list[Token]


class Comment(NamedTuple):
    """A comment behind something, and the column (from 0) in which it stands."""

    column: int
    text: str


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (then `key` is None). `above` are lines; "" is an empty one."""

    key: Leaf | None
    start: int
    column: int
    properties: list[str] = field(default_factory=list)
    value: "Node" = field(default_factory=lambda: Leaf([]))
    above: list[str] = field(default_factory=list)
    behind: list[Comment] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The key's text."""
        return self.key.tokens[-1].value if self.key and self.key.tokens else ""


@dataclass(slots=True)
class Block:
    """Entries below each other, and the comments at their end."""

    column: int
    entries: list[Entry] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


Node: TypeAlias = Leaf | Block


@dataclass(slots=True)
class Outline:
    """A whole file: the lines above everything, and its root."""

    root: Node
    head: list[str]
    comments: list[str]
    has_anchors: bool


def outline(text: str) -> Outline:
    """The outline of a text without carriage returns. Raises the parser's errors."""
    tokens = read_tokens(text)
    builder = _Builder([token for token in tokens if token.kind not in OF_THE_FILE])
    root = builder.node()
    comments = _Attribution(root, builder.blocks).run(text, tokens)
    anchored = any(token.kind is AnchorToken for token in tokens)
    return Outline(root, _take_head(root), comments, anchored)


class _Builder:
    """Tokens to blocks and leaves."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.blocks: list[tuple[Block, Block | None]] = []
        self.open: list[Block] = []

    @property
    def kind(self) -> Any:
        """The kind of the next token."""
        return self.tokens[self.at].kind

    def take(self) -> Token:
        """The next token."""
        self.at += 1
        return self.tokens[self.at - 1]

    def node(self) -> Node:
        """The node that begins here, without its properties."""
        if self.kind is BlockEntryToken:
            return self.block(self.tokens[self.at].column)
        if self.kind in {BlockMappingStartToken, BlockSequenceStartToken}:
            block = self.block(self.take().column)
            self.take()
            return block
        return self.leaf()

    def leaf(self) -> Leaf:
        """A scalar, an alias, a collection in brackets, or nothing."""
        first, depth = self.at, 0
        while self.kind in INSIDE_AN_ENTRY or depth:
            kind = self.take().kind
            depth += (kind in FLOW_STARTS) - (kind in FLOW_ENDS)
            if not depth and kind not in PROPERTIES:
                break
        return Leaf(self.tokens[first : self.at])

    def block(self, column: int) -> Block:
        """The entries of a block, without what ends it."""
        block = Block(column)
        self.blocks.append((block, self.open[-1] if self.open else None))
        self.open.append(block)
        kind = self.kind
        while self.kind is kind and kind in {BlockEntryToken, KeyToken}:
            block.entries.append(self.entry())
        self.open.pop()
        return block

    def entry(self) -> Entry:
        """A key and its value, or an item."""
        begin = self.take()
        entry = Entry(None, begin.start, begin.column)
        if begin.kind is KeyToken:
            entry.key = self.leaf()
            if self.kind is not ValueToken:
                return entry
            self.take()
        while self.kind in PROPERTIES:
            entry.properties.append(self.take().raw)
        is_empty = begin.kind is self.kind is BlockEntryToken
        entry.value = Leaf([]) if is_empty else self.node()
        return entry


class _Line(NamedTuple):
    """An empty line (`text` is "") or a comment between two tokens; `own` where nothing stands before it."""

    column: int
    text: str
    own: bool


class _Attribution:
    """Gives every comment to the entry or the block that it belongs to."""

    def __init__(self, root: Node, blocks: list[tuple[Block, Block | None]]) -> None:
        self.root = root
        self.parents = {id(block): parent for block, parent in blocks}
        pairs = [(entry, block) for block, _ in blocks for entry in block.entries]
        self.entries = sorted(pairs, key=lambda pair: pair[0].start)
        self.seen = 0

    def run(self, text: str, tokens: list[Token]) -> list[str]:
        """All comments in order."""
        found: list[str] = []
        depth = 0
        for before, after in pairwise(tokens):
            depth += (before.kind in FLOW_STARTS) - (before.kind in FLOW_ENDS)
            lines = list(_lines_between(text, before.end, after.start))
            found += [line.text for line in lines if line.text]
            header = before.raw.partition("\n")[0].partition(" #") if before.style in {"|", ">"} else ("", "", "")
            found += [f"#{header[2]}".rstrip()] if header[1] else []
            if not depth and isinstance(self.root, Block):
                self.attribute(lines, before.end, after)
        return found

    def attribute(self, lines: list[_Line], begin: int, after: Token) -> None:
        """The comments and empty lines of one gap."""
        while self.seen < len(self.entries) and self.entries[self.seen][0].start < begin:
            self.seen += 1
        last = self.entries[self.seen - 1] if self.seen else None
        following = self.entries[self.seen] if self.seen < len(self.entries) else None
        narrowest: int | None = None
        empty: list[str] = []
        for line in lines:
            if not line.text:
                empty = [""]
                continue
            if last and not line.own:
                last[0].behind.append(Comment(line.column, line.text))
                continue
            narrowest = min(line.column, line.column if narrowest is None else narrowest)
            inside = last[0].above if last and after.kind in INSIDE_AN_ENTRY else None
            _append(inside if inside is not None else self.target(last, following, narrowest), [*empty, line.text])
            empty = []
        if following and after.kind not in INSIDE_AN_ENTRY:
            _append(following[0].above, empty)

    def target(self, last: tuple[Entry, Block] | None, following: tuple[Entry, Block] | None, column: int) -> list[str]:
        """The lines that a comment at a column joins."""
        assert isinstance(self.root, Block)
        staying = set(self.chain(following[1])) if following else {id(self.root)}
        deeper = following[0].column if following else self.root.column
        block = last[1] if last else None
        while block is not None and id(block) not in staying:
            if deeper < column and block.column <= column:
                return block.below
            block = self.parents[id(block)]
        return following[0].above if following else self.root.below

    def chain(self, block: Block | None) -> Iterator[int]:
        """A block and those around it."""
        while block is not None:
            yield id(block)
            block = self.parents[id(block)]


def _append(lines: list[str], more: list[str]) -> None:
    lines += more[1:] if more[:1] == [""] == lines[-1:] else more


def _lines_between(text: str, start: int, end: int) -> Iterator[_Line]:
    """The comments and empty lines between two tokens."""
    position = start
    pieces = text[start:end].split("\n")
    for number, piece in enumerate(pieces):
        begin = text.rfind("\n", 0, position) + 1
        stripped = piece.strip(" \t")
        column = position - begin + len(piece) - len(piece.lstrip(" \t"))
        if stripped.startswith("#"):
            yield _Line(column, stripped, own=not text[begin:position].strip())
        elif position == begin and number < len(pieces) - 1:
            yield _Line(0, "", own=True)
        position += len(piece) + 1


def _take_head(root: Node) -> list[str]:
    """The lines of the file itself: its modeline, and what is above the first key.

    Of that as far as an empty line, or all where there is none.
    """
    if not isinstance(root, Block) or not root.entries:
        return []
    modelines = []
    for entry in root.entries:
        modelines += [line for line in entry.above if line.startswith(MODELINE)]
        entry.above[:] = [line for line in entry.above if not line.startswith(MODELINE)]
    above = root.entries[0].above
    while above[:1] == [""]:
        del above[0]
    cut = max((number + 1 for number, line in enumerate(above) if not line), default=len(above))
    head, above[:] = above[:cut], above[cut:]
    return modelines + head
