"""Small lists that several campaigns of one run name: each is read once, as long as its file stays what it was."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.lists import ListFormat
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.recipients.row_source import RowSource

SMALL = 64 * 1024
"""Bytes of the largest file that is remembered."""
_MOST = 64


class SmallLists:
    """Remembers lists of cells in small files, and nothing of which a campaign has to be told something of its own."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Known | None] = {}

    def read(self, path: Path, listed: ListFormat, read: Callable[[], RowSource]) -> RowSource:
        """The list in a file, which `read` reads."""
        key = _key(path, listed)
        if key is None:
            return read()
        if key in self._known:
            return self._known[key] or read()
        source = read()
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = known = _whole(source)
        return known or source


@dataclass(frozen=True, slots=True)
class _Known:
    """A list that was read to its end."""

    name: str
    columns: tuple[str, ...] | None
    items: tuple[Row | LeftOut, ...]
    digest: str | None

    def rows(self) -> Iterator[Row | LeftOut]:
        """What was read; the rows are everybody's own."""
        return (item._replace(values={**item.values}) if isinstance(item, Row) else item for item in self.items)

    pieces = rows

    def sha256(self) -> str | None:
        return self.digest


def _key(path: Path, listed: ListFormat) -> Hashable | None:
    """What a small file is by now, and all that decides how it is read; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if found.st_size > SMALL:
        return None
    state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return str(path), state, listed.name, listed.format, listed.phone, listed.delimiter, listed.sheet


def _whole(source: RowSource) -> _Known | None:
    """All of a list, where it is cells of text and nothing is wrong with it as a whole."""
    items = list[Row | LeftOut]()
    for item in source.rows():
        if isinstance(item, Diagnostic) or (isinstance(item, Row) and not _is_of_cells(item)):
            return None
        items.append(item)
    return _Known(source.name, source.columns, tuple(items), source.sha256())


def _is_of_cells(row: Row) -> bool:
    return row.call is None and all(isinstance(cell, str) for cell in row.values.values())
