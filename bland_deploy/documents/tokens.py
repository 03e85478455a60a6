"""The tokens of a YAML text, as written: what `outline` and `leaves` read. Offsets and columns count from 0."""

from typing import Any, NamedTuple

from _ruamel_yaml import (  # libyaml's own parser, as ruamel.yaml.clib ships it
    AliasToken,
    AnchorToken,
    CParser,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
    StreamEndToken,
    StreamStartToken,
    TagToken,
)
from ruamel.yaml.error import YAMLError

from bland_deploy.documents.source import UNSET_IN_FLOW, Readable, for_libyaml, with_colons_in_flow

PROPERTIES = (AnchorToken, TagToken)
FLOW_STARTS = (FlowMappingStartToken, FlowSequenceStartToken)
FLOW_ENDS = (FlowMappingEndToken, FlowSequenceEndToken)
OF_THE_FILE = (StreamStartToken, DocumentStartToken, DocumentEndToken, DirectiveToken)
INSIDE_AN_ENTRY = (ScalarToken, AliasToken, *PROPERTIES, *FLOW_STARTS)


class Token(NamedTuple):
    """A token of the source: its kind (a class of libyaml's), where it is, as written, and a scalar's value."""

    kind: Any
    start: int
    end: int
    raw: str
    column: int
    value: str = ""
    style: str | None = None


def read_tokens(text: str) -> list[Token]:
    """All tokens of a text without carriage returns. Raises the parser's errors."""
    readable = for_libyaml(text)
    try:
        return _tokens(text, readable)
    except YAMLError:
        return _tokens(text, with_colons_in_flow(readable))


def _tokens(text: str, readable: Readable) -> list[Token]:
    parser = CParser(readable.text)
    found = []
    while True:
        token = parser.get_token()
        start, end, kind = token.start_mark.index, token.end_mark.index, type(token)
        value, style = "", None
        if kind is TagToken and readable.text[start:end] == UNSET_IN_FLOW:
            end += 1
        if kind is ScalarToken:
            value, style = readable.restore(token.value), token.style
            end = _end_of_scalar(text, start, end, style)
        found.append(Token(kind, start, end, text[start:end], token.start_mark.column, value, style))
        if kind is StreamEndToken:
            return found


def _end_of_scalar(text: str, start: int, end: int, style: str | None) -> int:
    """A block scalar ends with its last line that counts: empty ones below are its own only where it keeps them."""
    if style not in {"|", ">"} or "+" in text[start : start + 3]:
        return end
    return start + len(text[start:end].rstrip(" \t\n"))
