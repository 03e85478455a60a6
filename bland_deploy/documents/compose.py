"""Composes libyaml's events to a tree of nodes with places, under limits that no hand-written file meets."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from _ruamel_yaml import (  # libyaml's own parser, as ruamel.yaml.clib ships it
    AliasEvent,
    CParser,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.error import YAMLError

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.documents.complaints import Complaints, Stopped
from bland_deploy.documents.nodes import UNSET, Items, Mapping, Node, Scalar
from bland_deploy.documents.scalars import Unfit, resolve_plain, resolve_tagged
from bland_deploy.documents.source import (
    UNSET_IN_FLOW,
    Readable,
    after_properties,
    block_indent,
    for_libyaml,
    place_at,
    with_colons_in_flow,
)
from bland_deploy.documents.syntax import RULE, syntax_error

MAX_VALUES = 100_000
MAX_DEPTH = 64


class _Anchored(NamedTuple):
    """An anchored node, how many values it stands for, and how deep it is."""

    node: Node
    size: int
    height: int


def compose(text: str, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a document's text, None where it cannot be read to its end, and what is wrong with it."""
    readable = for_libyaml(text)
    composer = _Composer(text, file, readable)
    try:
        return composer.run()
    except YAMLError as problem:
        again = with_colons_in_flow(readable)
        if again is readable:
            return None, composer.broken(problem)
    composer = _Composer(text, file, again)
    try:
        return composer.run()
    except YAMLError as problem:
        return None, composer.broken(problem)


class _Composer:
    """One pass over the events of one document."""

    def __init__(self, text: str, file: str, readable: Readable) -> None:
        self.file = file
        self.text = text
        self.tell = Complaints(text, file)
        self.count = 0
        self.depth = 0
        self.deepest = 0
        self.anchors: dict[str, _Anchored | None] = {}
        self.restore = readable.restore if readable.text != text else None
        self.next = CParser(readable.text).get_event

    def run(self) -> tuple[Node | None, list[Diagnostic]]:
        """The tree, None where a limit stopped it, and what is wrong. Raises the parser's errors."""
        try:
            return self.document(), self.tell.found
        except Stopped as stopped:
            return None, [*self.tell.found, stopped.diagnostic]

    def broken(self, problem: YAMLError) -> list[Diagnostic]:
        """What is wrong up to a syntax error, which is told unless its line has an error already."""
        found = syntax_error(problem, self.text, self.file)
        told = any(earlier.place.line == found.place.line for earlier in self.tell.found)
        return self.tell.found if told else [*self.tell.found, found]

    def document(self) -> Node | None:
        """The only document of the stream."""
        self.next()  # the start of the stream
        start = self.next()
        if type(start) is StreamEndEvent:
            return None
        if start.version is not None and start.version != (1, 2):
            self.tell.report(RULE, "files are YAML 1.2", start, "remove the %YAML line")
        node = self.node(self.next())
        self.next()  # the end of the document
        another = self.next()
        if type(another) is DocumentStartEvent:
            self.tell.report(
                "several-documents", "a second document begins here", another, "one file holds one document"
            )
        return node

    def node(self, event: Any) -> Node:
        """The node that begins with an event."""
        self.count += 1
        if self.count > MAX_VALUES:
            self.tell.stop("too-many-values", f"the file holds more than {MAX_VALUES:,} values", event)
        if event.anchor is None or type(event) is AliasEvent:
            node: Node = self.by_kind[type(event)](self, event)
            return node
        return self.anchored(event)

    def anchored(self, event: Any) -> Node:
        """A node that aliases may repeat: how large and deep it is counts each time."""
        counted, deepest = self.count, self.deepest
        self.anchors[event.anchor] = None
        self.deepest = self.depth
        node: Node = self.by_kind[type(event)](self, event)
        self.anchors[event.anchor] = _Anchored(node, self.count - counted + 1, self.deepest - self.depth)
        self.deepest = max(deepest, self.deepest)
        return node

    def alias(self, event: Any) -> Node:
        """The node that an alias repeats."""
        if event.anchor not in self.anchors:
            self.tell.report(
                RULE, "an alias of an anchor that is not defined above", event, "put a text with * in quotes"
            )
            return self.text_at(event, "")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            self.tell.stop("alias-bomb", "an alias inside the value that it repeats", event)
        self.count += anchored.size - 1
        if self.count > MAX_VALUES:
            self.tell.stop("alias-bomb", f"aliases expand the file to more than {MAX_VALUES:,} values", event)
        self.reach(self.depth + anchored.height, event)
        return anchored.node

    def mapping(self, event: Any) -> Node:
        """A mapping; of a key that is given twice the first is kept."""
        if event.ctag is not None:
            self.tell.collection_tag(event, "map")
        self.depth += 1
        self.reach(self.depth, event)
        entries: dict[str, tuple[Scalar, Node]] = {}
        template = None
        while type(key_event := self.next()) is not MappingEndEvent:
            if type(key_event) is MappingStartEvent and self.tell.begins_template(key_event):
                template = event
            key = self.key(key_event, told=template is not None)
            value = self.node(self.next())
            if key is None:
                continue
            name = key.text
            if self.restore is not None and event.flow_style:
                self.tell.missing_space(key, value)
            if name in entries:
                self.tell.duplicate(name, key, entries[name][0])
            else:
                entries[name] = (key, value)
        self.depth -= 1
        if template is not None:
            return self.text_at(event, self.text[event.start_mark.index : key_event.end_mark.index])
        mark = event.start_mark
        return Mapping(entries, self.file, mark.line + 1, mark.column + 1)

    def sequence(self, event: Any) -> Node:
        """A list."""
        if event.ctag is not None:
            self.tell.collection_tag(event, "seq")
        self.depth += 1
        self.reach(self.depth, event)
        items = []
        while type(item := self.next()) is not SequenceEndEvent:
            items.append(self.node(item))
        self.depth -= 1
        mark = event.start_mark
        return Items(items, self.file, mark.line + 1, mark.column + 1)

    def key(self, event: Any, *, told: bool) -> Scalar | None:
        """A key, or None (and a diagnostic) where it is not text."""
        plain = type(event) is ScalarEvent and event.anchor is None
        key = self.scalar(event) if plain else self.node(event)
        if told:
            return None
        if type(key) is Scalar and type(key.value) is str:
            return None if key.text == "<<" and self.tell.is_merge(key, event) else key
        help_text = "put the key in quotes" if isinstance(key, Scalar) else "a key is one text; put it in quotes"
        self.tell.report("non-text-key", "a key must be text", event, help_text)
        return None

    def scalar(self, event: Any) -> Scalar:
        """One value."""
        text = event.value
        if self.restore is not None:
            text = self.restore(text)
        if event.ctag is not None or event.anchor is not None:
            return self.dressed_scalar(event, text)
        mark = event.start_mark
        style = event.style
        if style == "":
            try:
                return Scalar(resolve_plain(text), text, self.file, mark.line + 1, mark.column + 1)
            except Unfit as problem:
                return self.unfit(problem, event, text)
        indent = block_indent(self.text, mark.index, text) if style == "|" else 0
        return Scalar(text, text, self.file, mark.line + 1, mark.column + 1, style, indent)

    def dressed_scalar(self, event: Any, text: str) -> Scalar:
        """A scalar with a tag or an anchor: it begins after them."""
        index = after_properties(self.text, event.start_mark.index)
        _, line, column = place_at(self.text, index, self.file)
        scalar = Scalar(text, text, self.file, line or 1, column or 1, event.style)
        if event.tag in {UNSET, UNSET_IN_FLOW}:
            return self.unset(event, text)
        try:
            if event.tag is not None:
                scalar.value = resolve_tagged(text, event.tag)
            elif event.style == "":
                scalar.value = resolve_plain(text)
        except Unfit as problem:
            return self.unfit(problem, event, text)
        if event.style == "|":
            scalar.indent = block_indent(self.text, index, text)
        return scalar

    def unset(self, event: Any, text: str) -> Scalar:
        """`!unset`, which deletes a key and has no value."""
        if text:
            self.tell.report("unknown-tag", "`!unset` deletes a key and takes no value", event, "write `key: !unset`")
        mark = event.start_mark
        return Scalar(None, "", self.file, mark.line + 1, mark.column + 1, UNSET)

    def unfit(self, problem: Unfit, event: Any, text: str) -> Scalar:
        """A scalar that breaks a rule, kept as text so that nothing else complains of it."""
        self.tell.report(problem.rule, problem.message, event, problem.help)
        mark = event.start_mark
        return Scalar(text, text, self.file, mark.line + 1, mark.column + 1, '"')

    def text_at(self, event: Any, text: str) -> Scalar:
        """A text in place of something that could not be read as meant."""
        mark = event.start_mark
        return Scalar(text, text, self.file, mark.line + 1, mark.column + 1, '"')

    def reach(self, depth: int, event: Any) -> None:
        """Notes a depth, and stops where it is too deep."""
        if depth > MAX_DEPTH:
            self.tell.stop("too-deep", f"values are nested more than {MAX_DEPTH} deep", event)
        self.deepest = max(self.deepest, depth)

    by_kind: ClassVar[dict[type, Callable[["_Composer", Any], Node]]] = {
        ScalarEvent: scalar,
        MappingStartEvent: mapping,
        SequenceStartEvent: sequence,
        AliasEvent: alias,
    }
    """What becomes of an event. No composer holds itself by its methods, so that it ends with its document."""
