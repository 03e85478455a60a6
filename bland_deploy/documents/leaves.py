"""How single values are written: quotes where they are needed and nowhere else, brackets with even spaces."""

import re
from collections.abc import Iterator

from _ruamel_yaml import (  # libyaml's own kinds of tokens
    AliasToken,
    FlowEntryToken,
    KeyToken,
    ScalarToken,
    ValueToken,
)

from bland_deploy.documents.outline import Leaf
from bland_deploy.documents.source import block_indent
from bland_deploy.documents.tokens import FLOW_ENDS, FLOW_STARTS, Token

STEP = 2
# Words and phrases that no reader of YAML, of 1.1 or 1.2, takes for anything but text, also between brackets.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()&%-]*[\w.)%])?")
_TYPED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"])
_HEADER = re.compile(r"([|>])([-+0-9]*)(?:[ \t]+(#.*))?")


def quoted(token: Token) -> str:
    """A scalar on one line: plain where that is plainly text, else in double quotes, else as it was."""
    raw = token.raw
    if raw[:1] not in {"'", '"'} or "\n" in raw:
        return raw
    value = token.value
    if _PLAIN.fullmatch(value) and value.lower() not in _TYPED:
        return value
    is_simple = raw[0] == "'" and not set(value) & {'"', "\\"} and value.isprintable()
    return f'"{value}"' if is_simple else raw


def is_block_scalar(leaf: Leaf) -> bool:
    """Whether it is a text below `|` or `>`."""
    return bool(leaf.tokens) and leaf.tokens[-1].style in {"|", ">"}


def header_comment(leaf: Leaf) -> str | None:
    """The comment behind a `|` or `>`."""
    match = _HEADER.match(leaf.tokens[-1].raw)
    return match[3].rstrip() if match and match[3] else None


def leaf_lines(leaf: Leaf, text: str, indent: int, shift: int) -> list[str]:
    """The lines of a value: the first as it follows its key, the others whole.

    `indent` is where the lines of its block begin; `shift` by how much that moved.
    """
    if not leaf.tokens:
        return [""]
    first, last = leaf.tokens[0], leaf.tokens[-1]
    raw = text[first.start : last.end]
    if last.style in {"|", ">"}:
        return list(_block_scalar(last, text, indent))
    if "\n" not in raw:
        return [_on_one_line(leaf.tokens, raw)]
    head, *rest = (line.strip(" \t") for line in raw.split("\n"))
    if first.kind is ScalarToken:
        return [head, *(f"{' ' * (indent + STEP)}{line}" if line else "" for line in rest)]
    return [head, *_moved(raw.split("\n")[1:], indent, shift)]


def _moved(lines: list[str], indent: int, shift: int) -> Iterator[str]:
    """Further lines of a collection in brackets, moved as a whole."""
    for line in lines:
        text = line.strip(" \t")
        least = indent if text[:1] in {"]", "}"} else indent + STEP
        yield " " * max(least, len(line) - len(line.lstrip(" \t")) + shift) + text if text else ""


def _on_one_line(tokens: list[Token], raw: str) -> str:
    """A scalar, an alias, or a collection in brackets, with its properties."""
    if any(token.kind is KeyToken and token.raw for token in tokens):
        return raw  # `? key`
    line = ""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind is FlowEntryToken and following is not None and following.kind in FLOW_ENDS:
            continue
        piece = quoted(token) if token.kind is ScalarToken else token.raw
        line += piece + (" " if _is_apart(token, following) else "")
    return line


def _is_apart(token: Token, following: Token | None) -> bool:
    """Whether a space stands between two tokens of one line."""
    if following is None or token.kind in (*FLOW_STARTS, KeyToken):
        return False
    if token.kind is ValueToken:
        return True  # `a:,` would be a text
    if following.kind in (*FLOW_ENDS, FlowEntryToken):
        return False
    if following.kind is ValueToken:
        return token.kind is AliasToken
    return following.kind is not KeyToken or token.kind is FlowEntryToken


def _block_scalar(token: Token, text: str, indent: int) -> Iterator[str]:
    """A text below `|` or `>`, moved with its block to the character."""
    head, *lines = token.raw.split("\n")
    match = _HEADER.match(head)
    assert match is not None
    first = next((line for line in lines if line.strip(" ")), "")
    begin = _indent_of(token, first, text)
    keeps = "+" in match[2]
    ends = token.value.endswith("\n") or not first
    chomp = "-" if "-" in match[2] or not ends else "+" if keeps else ""
    indicator = str(STEP) if first[begin : begin + 1] in {" ", "\t"} else ""
    yield f"{match[1]}{indicator}{chomp}"
    if keeps and lines and not lines[-1]:
        del lines[-1]  # what follows the last line break
    for line in lines:
        rest = line[begin:]
        yield f"{' ' * (indent + STEP)}{rest}" if rest else ""


def _indent_of(token: Token, first: str, text: str) -> int:
    """How far in the lines of a block scalar begin."""
    if not first:
        return len(text)
    if token.style == "|":
        return block_indent(text, token.start, token.value)
    value = token.value.lstrip("\n")
    return next((cut for cut in range(len(first) + 1) if value.startswith(first[cut:].rstrip(" "))), 0)
