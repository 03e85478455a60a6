"""Queries as text: one SELECT, and in an order that does not change from run to run."""

import re
from collections.abc import Iterator

from bland_deploy.diagnostics import Diagnostic, Place, error, shown, warning

_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$|(?P<word>[A-Za-z_]\w*|[();])""",
    re.DOTALL,
)


def check_query(text: str, place: Place) -> Iterator[Diagnostic]:
    """An error for anything but one SELECT, and a warning for one without an order."""
    tokens = [match["word"].upper() for match in _TOKEN.finditer(text) if match["word"]]
    while tokens and tokens[-1] == ";":
        tokens.pop()
    words = [word for word in tokens if word not in {"(", ")"}]
    if not words or words[0] not in {"SELECT", "WITH"} or ";" in tokens:
        found = f"it begins with {shown(words[0])}" if words and ";" not in tokens else "it is several statements"
        yield error(
            "query-not-select",
            f"the query must be one SELECT; {found if words else 'it is empty'}",
            place,
            "write SELECT … or WITH … SELECT …: a list is read, nothing is changed",
        )
    elif not _is_ordered(tokens):
        yield warning(
            "query-unordered",
            "the query has no ORDER BY, so the order of calls, and with it every batch, may differ from run to run",
            place,
            "add ORDER BY with a column that tells all rows apart",
        )


def _is_ordered(tokens: list[str]) -> bool:
    """Whether the outermost SELECT says ORDER BY."""
    depth = 0
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and (token, following) == ("ORDER", "BY"):
            return True
    return False
