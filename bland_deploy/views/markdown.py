"""Markdown for comments on GitHub and GitLab, and what users wrote made harmless in it.

Nothing of a user's text may ring a person (`@name`), link to anything, close an issue, run a quick action, or end the
block that it stands in. Blocks keep what must be seen apart from what may be left out where a platform limits length.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bland_deploy.views.harmless import GAP, harmless, one_line

_SPECIAL = re.compile(r"[\\`*_\[\]#~|!$^]")
_LINKED = re.compile(r"(?<=[@#!$%~^&])(?=\S)|(?<=GH)(?=-)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_BEGINNING = re.compile(r"^(\d*)(?=[-+=:/.)])")
_RUN = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class Blocks:
    """A document in Markdown: a title and a footer, which are always shown, and sections between."""

    title: str
    sections: tuple[str, ...]
    footer: str


def render(blocks: Blocks) -> str:
    """The document as text."""
    return "\n\n".join(part.strip("\n") for part in (blocks.title, *blocks.sections, blocks.footer) if part) + "\n"


def fit(blocks: Blocks, limit: int) -> tuple[Blocks, int]:
    """The document within so many characters and bytes of UTF-8, and how many sections had to be left out of it.

    They go from the middle, with a line in their place that counts them. Title and footer stay whatever the limit.
    """
    if len(render(blocks).encode()) <= limit:
        return blocks, 0
    several = len(blocks.sections)
    fitting = bisect_right(range(several), limit, key=lambda kept: len(render(_keeping(blocks, kept)).encode()))
    kept = max(fitting - 1, 0)
    return _keeping(blocks, kept), several - kept


def _keeping(blocks: Blocks, kept: int) -> Blocks:
    left_out = len(blocks.sections) - kept
    front, back = (kept + 1) // 2, kept // 2
    words = "1 section is" if left_out == 1 else f"{left_out:,} sections are"
    note = f"*{words} left out here: the whole would be too long for a comment.*"
    return replace(blocks, sections=(*blocks.sections[:front], note, *blocks.sections[front + left_out :][:back]))


def escape(text: str) -> str:
    """A user's words within a line of prose or a cell of a table."""
    line = _SPECIAL.sub(r"\\\g<0>", html.escape(_apart(text), quote=False))
    return _BEGINNING.sub(r"\1\\", line)


def escape_html(text: str) -> str:
    """A user's words within a line of HTML, such as a summary."""
    return html.escape(_apart(text))


def _apart(text: str) -> str:
    """A text on one line, in which no mention, reference or address is left together."""
    return _LINKED.sub(GAP, one_line(text))


def code(text: str) -> str:
    """A user's words as code within a line (not of a table, where `|` would end the cell)."""
    line = one_line(text)
    ticks = "`" * (max(map(len, _RUN.findall(line)), default=0) + 1)
    blank = " " if not line or line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{blank}{line}{blank}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A user's text as a block of code, which nothing in it can end."""
    lines = harmless(text).rstrip("\n")
    ticks = "`" * max(3, max(map(len, _RUN.findall(lines)), default=0) + 1)
    return f"{ticks}{language}\n{lines}\n{ticks}"


def details(summary: str, body: str, *, is_open: bool = False) -> str:
    """A section that folds. `summary` is HTML, `body` Markdown; what users wrote in them was escaped."""
    return f"<details{' open' if is_open else ''}>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table. Cells are Markdown, what users wrote in them was escaped."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
