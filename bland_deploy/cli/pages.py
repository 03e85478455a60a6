"""The pages of `--help` as they were written by `scripts/generate`: read at once, without what it takes to make them.

There is one file for each of the widths that most have: 80 columns, where nothing is known, and 110, the widest there
is. Whatever else is asked, in other words or another width, is answered by the commands themselves.
"""

import os
import sys

USUAL, WIDEST = 80, 110
MARK = "\f"
"""Before the command line of each page, on a line of its own."""


def page(arguments: list[str]) -> str | None:
    """The answer to a command line, if it asks for a page that was written before."""
    if arguments[-1:] != ["--help"]:
        return None
    columns = _columns()
    width = min(WIDEST, columns)
    path = os.path.join(os.path.dirname(__file__), "pages", f"{width}.txt")  # noqa: PTH118, PTH120 - pathlib takes longer than all of this
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the same
            written = file.read()
    except OSError:
        return None
    _, found, after = written.partition(f"{MARK}{' '.join(arguments)}\n")
    return after.partition(MARK)[0] if found else None


def _columns() -> int:
    """How wide the terminal is, as `shutil.get_terminal_size` finds out; 80 where there is none."""
    columns = os.environ.get("COLUMNS", "0")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or USUAL  # type: ignore[union-attr]  # as there
    except (AttributeError, ValueError, OSError):
        return USUAL
