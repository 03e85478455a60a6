"""The characters of a YAML file: where they are, and what of a scalar's source is the text itself."""

import re
from typing import NamedTuple

from bland_deploy.diagnostics import Place

# Line breaks of YAML 1.1 that are plain characters in 1.2; libyaml still breaks lines there.
_OLD_BREAKS = "\x85\u2028\u2029"
_PRIVATE_USE = range(0xE000, 0xF900)
_BREAK = re.compile(r"\r\n|\r|\n")
UNSET_IN_FLOW = "!unse"  # what is left of the tag `!unset` before a comma or a bracket
_UNSET_BEFORE = re.compile(r"!unset(?=[,\]}])")
_INSIDE_PLAIN = re.compile(r"""(?<=[^\s,\[\]{}"':]):(?=[^\s,\[\]{}])|(?<=[^\s,\[\]{}"'])\?""")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


def place_at(text: str, index: int, file: str) -> Place:
    """The place of a character of a file's text."""
    before = _BREAK.split(text[:index])
    return Place(file, len(before), len(before[-1]) + 1)


class Readable(NamedTuple):
    """A text that libyaml, a parser of YAML 1.1, reads as 1.2: all characters in place, some of them hidden."""

    text: str
    hidden: dict[int, str]

    def restore(self, value: str) -> str:
        """A value as it was written."""
        return value.replace(f"{UNSET_IN_FLOW}\t", "!unset").translate(self.hidden)


def for_libyaml(text: str) -> Readable:
    """1.1 breaks lines at more characters, and takes the comma or bracket after a tag for a part of it."""
    readable = _hide(Readable(text, {}), re.compile(f"[{_OLD_BREAKS}]")) if not text.isascii() else Readable(text, {})
    return readable._replace(text=_UNSET_BEFORE.sub(f"{UNSET_IN_FLOW}\t", readable.text))


def with_colons_in_flow(readable: Readable) -> Readable:
    """1.1 allows no `:` and `?` inside the plain texts of flow collections, such as `[https://example.com/?a=b]`."""
    return _hide(readable, _INSIDE_PLAIN)


def _hide(readable: Readable, pattern: re.Pattern[str]) -> Readable:
    """The text with what matches replaced by characters that it does not have."""
    text = readable.text
    found = dict.fromkeys(pattern.findall(text))
    unused = (chr(code) for code in _PRIVATE_USE if chr(code) not in text)
    hiding = dict(zip(found, unused, strict=False))
    if not hiding:
        return readable
    hidden = {**readable.hidden, **{ord(private): old for old, private in hiding.items()}}
    return Readable(pattern.sub(lambda match: hiding[match[0]], text), hidden)


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
