"""Text that users wrote, made so that it does nothing where it is shown: to a terminal, or to the log of a CI job.

A prompt may hold anything. Control characters become visible, and what a runner would take for a command of its own
is broken by a character without width.
"""

import re

GAP = "\u200b"
"""A character without width that separates what would mean something together."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_COMMAND = re.compile(r"^([^\S\n]*)(?=::)", re.MULTILINE)
_MARKED = re.compile(r"##(?=\w*\[)")


def harmless(text: str) -> str:
    """A text of any number of lines. Tabs stay; line ends become line feeds.

    Removed from it: what moves a terminal's cursor, turns the direction of writing, or is no character; and workflow
    commands as GitHub (`::name::` at the beginning of a line, `##[name]` anywhere), Azure and TeamCity read them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = _CONTROL.sub("\ufffd", lines)
    return _MARKED.sub(f"##{GAP}", _COMMAND.sub(rf"\1{GAP}", visible))


def one_line(text: str) -> str:
    """A text on one line, its line ends and tabs as blanks."""
    return harmless(" ".join(text.split()))


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters; what is longer ends with `…`."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
