"""The canonical form of a file: order of keys, indentation, quotes, spaces. Comments stay, and the meaning does.

ruamel.yaml's round trip is not used for it: it leaves comments where they stood when what they explain moves, and reads
no `!unset` before a bracket. Whatever comes out is read again and compared before anybody sees it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, Place, error, has_errors
from bland_deploy.documents.keys import Models
from bland_deploy.documents.leaves import STEP, header_comment, is_block_scalar, leaf_lines, quoted
from bland_deploy.documents.nodes import Items, Mapping, Node, Scalar
from bland_deploy.documents.order import models_of, ranks_at
from bland_deploy.documents.outline import Block, Comment, Entry, Leaf, Outline, outline
from bland_deploy.documents.read import read_text


class Rewritten(NamedTuple):
    """The canonical text of a file, None where it cannot be read, and why."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def rewrite(text: str, name: str) -> Rewritten:
    """The canonical form of a file's text; `name` is the file of its places.

    A file with errors in its YAML has none: nothing is guessed. The text comes back as it was where a change would
    alter its meaning or lose a comment, with an error that says so.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    before, problems = read_text(plain, name)
    if before is None or has_errors(problems):
        return Rewritten(None, problems)
    found = outline(plain)
    models = models_of(list(before.entries))
    written = _write(found, plain, models)
    if _is_same(before, found, written, name):
        return Rewritten(written)
    message = "the file cannot be laid out anew without a change of its meaning, or the loss of a comment"
    way_out = "it was left as it is; simplify anchors, tags or comments between brackets, or report it"
    return Rewritten(None, (error("unformatted", message, Place(name), way_out),))


def _is_same(before: Mapping, found: Outline, written: str, name: str) -> bool:
    """Whether a text that was written says the same, with the same comments."""
    after, problems = read_text(written, name)
    if after is None or has_errors(problems):
        return False
    models = models_of(list(before.entries))
    same = _meaning(before, (), models) == _meaning(after, (), models)
    return same and sorted(found.comments) == sorted(outline(written).comments)


def _meaning(node: Node, path: tuple[str, ...], models: Models) -> object:
    """A tree's values with their types; the order of keys counts where it is the user's."""
    match node:
        case Scalar():
            return type(node.value), node.value, node.style == "!unset"
        case Items():
            return [_meaning(item, (*path, str(number)), models) for number, item in enumerate(node.items)]
        case Mapping():
            pairs = [(key, _meaning(value, (*path, key), models)) for key, value in node.items()]
            return {"pairs": dict(pairs) if ranks_at(path, models) else pairs}


def _write(found: Outline, text: str, models: Models) -> str:
    if not isinstance(found.root, Block):
        return text.strip() + "\n"
    if not found.has_anchors:
        _sort(found.root, (), models)
    writer, head = _Writer(text), found.head
    lines = [*writer.lines(head, 0, begins=True), *writer.block(found.root, 0, begins=not head or not head[-1])]
    return "\n".join(lines) + "\n"


def _sort(block: Block, path: tuple[str, ...], models: Models) -> None:
    """Put the keys of models into the models' order, each with the comments above it."""
    ranks = ranks_at(path, models)
    block.entries.sort(key=lambda entry: ranks.get(entry.name, len(ranks)))
    for number, entry in enumerate(block.entries):
        if isinstance(entry.value, Block):
            _sort(entry.value, (*path, entry.name if entry.key else str(number)), models)


class _Writer:
    """Lines of an outline; `text` is what it was made from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_kept = False
        """Whether empty lines would join the text of the block scalar above."""

    def lines(self, above: Sequence[str], indent: int, *, begins: bool) -> Iterator[str]:
        """Comments and empty lines; where something begins, none is empty."""
        for line in above:
            if line or not (begins or self.is_kept):
                yield " " * indent + line if line else ""
                self.is_kept = False
            begins = False

    def block(self, block: Block, indent: int, *, begins: bool = True) -> Iterator[str]:
        """All lines of a block."""
        for entry in block.entries:
            yield from self.lines(self.above(entry), indent, begins=begins)
            yield from self.entry(entry, indent)
            begins = False
        yield from self.lines(block.below, indent, begins=False)

    def above(self, entry: Entry) -> list[str]:
        """The lines above an entry: a comment that has no place behind it any more comes last."""
        return [*entry.above, *(comment.text for comment in entry.behind[:-1])]

    def entry(self, entry: Entry, indent: int) -> Iterator[str]:
        """The lines of a key with its value, or of an item."""
        mark = "-" if entry.key is None else f"{self.key(entry.key)}:"
        start = " " * indent + " ".join([mark, *entry.properties])
        self.is_kept = False
        comment = entry.behind[-1] if entry.behind else None
        if isinstance(entry.value, Leaf):
            yield from self.value(start, entry, indent, comment)
        elif self.is_compact(entry, entry.value):
            first, *rest = self.block(entry.value, indent + STEP)
            yield f"{start} {first.lstrip(' ')}"
            yield from rest
        else:
            yield behind(start, comment)
            yield from self.block(entry.value, indent + STEP)

    def key(self, key: Leaf) -> str:
        """A key as it is written."""
        token = key.tokens[-1]
        return f"{self.text[key.tokens[0].start : token.start]}{quoted(token)}"

    def value(self, start: str, entry: Entry, indent: int, comment: Comment | None) -> Iterator[str]:
        """The lines of an entry whose value is no block."""
        assert isinstance(entry.value, Leaf)
        first, *rest = leaf_lines(entry.value, self.text, indent, indent - entry.column)
        self.is_kept = is_block_scalar(entry.value) and "+" in first
        line = f"{start} {first}".rstrip(" ")
        if is_block_scalar(entry.value):
            text = header_comment(entry.value)
            comment = Comment(0, text) if text else comment
        if rest and not is_block_scalar(entry.value):
            *middle, last = rest
            yield from [line, *middle, behind(last, comment)]
        else:
            yield from [behind(line, comment), *rest]

    def is_compact(self, entry: Entry, block: Block) -> bool:
        """Whether a block begins on the line of its item."""
        return not (entry.key or entry.properties or entry.behind or any(self.above(block.entries[0])))


def behind(line: str, comment: Comment | None) -> str:
    """A line with the comment behind it, in the comment's column where the line leaves room."""
    return line if comment is None else f"{line:<{max(comment.column, len(line) + 2)}}{comment.text}"
