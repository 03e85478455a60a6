"""What the views of diagnostics know beside these: the files that were looked at, and what may be shown of them."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from bland_deploy.diagnostics import Severity, mask_text

ReadSource: TypeAlias = Callable[[str], str | None]

_LISTS = (".csv", ".tsv", ".json", ".jsonl")
_BREAK = re.compile(r"\r\n|\r|\n")
_ROWS = re.compile(r"[^#]*?(?<![\w-])[\"']?inline[\"']?\s*:")
# in a row: a key, which is the name of a column, or a character of anything else
_IN_ROWS = re.compile(r"((?:^|(?<=[{,])|(?<=- ))\s*[\"']?[^\W\d][\w -]*[\"']?\s*:(?=[\s\"'\[{]|$))|\w")
_KEY = re.compile(r"\b(?:sk|pk|org)[-_][\w-]{6,}")
_SECRET = re.compile(r"(?i)((?:api_?key|encrypted_?key|secret|token|password|authorization)[\"']?\s*:\s*)([^\s{].*)")


class Checked(NamedTuple):
    """What was looked at.

    `read_source` gives a file's text, or None for what is not shown; `folder` is the workspace's within its repository
    (empty, or with a slash at its end); `names` are the files that were asked for; from `fails` on a diagnostic fails
    the run.
    """

    read_source: ReadSource = lambda _name: None
    folder: str = ""
    names: tuple[str, ...] = ()
    fails: Severity = Severity.ERROR


def lines_of(file: str, read_source: ReadSource) -> list[str]:
    """The lines of a file, none of those that hold people or cannot be read."""
    if file.casefold().endswith(_LISTS):
        return []
    return without_people(_BREAK.split((read_source(file) or "").removeprefix("\ufeff")))


def without_people(lines: Sequence[str]) -> list[str]:
    """The lines of a campaign file; of rows that stand in it only keys and shape, since they are a list like any other.

    The file may be no YAML at all, so that they are known by the key before them: what follows it, is further in, or
    stands before the bracket that closes it.
    """
    shown: list[str] = []
    indent, depth = -1, 0
    for line in lines:
        key = _ROWS.match(line) if indent < 0 else None
        begin = key.end() if key else 0
        if indent >= 0 and depth <= 0 and _is_outside(line, indent):
            indent, key = -1, _ROWS.match(line)
            begin = key.end() if key else 0
        if key:
            indent, depth = len(line) - len(line.lstrip(" ")), 0
        if indent >= 0:
            depth += line.count("[", begin) - line.count("]", begin)
        shown.append(line[:begin] + _IN_ROWS.sub(lambda found: found[1] or "•", line[begin:]) if indent >= 0 else line)
    return shown


def _is_outside(line: str, indent: int) -> bool:
    """Whether a line is no row of a key at this indent: neither further in nor an item beside it, nor empty."""
    text = line.lstrip(" ")
    return bool(text) and len(line) - len(text) <= indent and not text.startswith(("-", "]", "#"))


def masked(line: str) -> str:
    """A line with phone numbers and keys unreadable, every character in its place."""
    line = _SECRET.sub(lambda found: found[1] + "•" * len(found[2]), mask_text(line))
    return _KEY.sub(lambda found: "•" * len(found[0]), line)


def clean(text: str) -> str:
    """A text on one line that does nothing to a terminal: control and invisible characters become visible ones."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def sentence(text: str) -> str:
    """A message on one line."""
    return clean(" ".join(text.split("\n")))
