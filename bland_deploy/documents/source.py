"""The characters of a YAML file: where they are, and what of a scalar's source is the text itself."""

import re

from bland_deploy.diagnostics import Place

# Line breaks of YAML 1.1 that are plain characters in 1.2; libyaml still breaks lines there.
_OLD_BREAKS = "\x85\u2028\u2029"
_PRIVATE_USE = range(0xE000, 0xF900)
_BREAK = re.compile(r"\r\n|\r|\n")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


def place_at(text: str, index: int, file: str) -> Place:
    """The place of a character of a file's text."""
    before = _BREAK.split(text[:index])
    return Place(file, len(before), len(before[-1]) + 1)


def hide_old_breaks(text: str) -> tuple[str, dict[int, str]]:
    """The text with YAML 1.1's further line breaks hidden as private characters, and a table that restores them."""
    found = [old for old in _OLD_BREAKS if old in text]
    if not found:
        return text, {}
    unused = (chr(code) for code in _PRIVATE_USE if chr(code) not in text)
    hidden = dict(zip(found, unused, strict=False))
    return text.translate({ord(old): private for old, private in hidden.items()}), {
        ord(private): old for old, private in hidden.items()
    }


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
