"""The characters of a YAML file: where they are, and what of a scalar's source is the text itself."""

import re
from collections.abc import Callable

from bland_deploy.diagnostics import Place

# Line breaks of YAML 1.1 that are plain characters in 1.2; libyaml still breaks lines there.
_OLD_BREAKS = "\x85\u2028\u2029"
_PRIVATE_USE = range(0xE000, 0xF900)
_BREAK = re.compile(r"\r\n|\r|\n")
UNSET_IN_FLOW = "!unse"  # what is left of the tag `!unset` before a comma or a bracket
_UNSET_BEFORE = re.compile(r"!unset(?=[,\]}])")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


def place_at(text: str, index: int, file: str) -> Place:
    """The place of a character of a file's text."""
    before = _BREAK.split(text[:index])
    return Place(file, len(before), len(before[-1]) + 1)


def for_libyaml(text: str) -> tuple[str, Callable[[str], str] | None]:
    """A text that libyaml, a parser of YAML 1.1, reads as 1.2, all characters in place; and what restores a value.

    1.1 breaks lines at more characters, and takes the comma or bracket after a tag for a part of it.
    """
    breaks = [old for old in _OLD_BREAKS if old in text]
    unused = (chr(code) for code in _PRIVATE_USE if chr(code) not in text)
    hidden = {ord(old): private for old, private in zip(breaks, unused, strict=False)}
    shown = {ord(private): chr(old) for old, private in hidden.items()}
    changed = _UNSET_BEFORE.sub(f"{UNSET_IN_FLOW}\t", text.translate(hidden) if hidden else text)
    if changed == text:
        return text, None
    return changed, lambda value: value.replace(f"{UNSET_IN_FLOW}\t", "!unset").translate(shown)


def after_properties(text: str, index: int) -> int:
    """Where a scalar begins whose anchor and tag begin at `index`."""
    match = _PROPERTIES.match(text, index)
    return match.end() if match else index


def block_indent(text: str, index: int, value: str) -> int:
    """The indentation of a literal block scalar whose `|` stands at `index`: 0 where no line has text."""
    lines = value.split("\n")
    first = next((number for number, line in enumerate(lines) if line), None)
    if first is None:
        return 0
    end = index
    for _ in range(first + 1):
        end = text.find("\n", end) + 1
    stop = text.find("\n", end)
    line = text[end : stop if stop >= 0 else len(text)].removesuffix("\r")
    return len(line) - len(lines[first])
