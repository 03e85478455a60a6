"""What every list is to those who read it, wherever it lives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Read


class RowSource(Protocol):
    """A list. `name` is what diagnostics call it; `columns` are the names of its header, None where it has none."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...] | None: ...

    def rows(self) -> Iterator[Read]:
        """Rows in order, rows that cannot be used (LeftOut) and what is wrong with the list itself (Diagnostic)."""

    def pieces(self) -> Iterator[Lump | Read]:
        """The same in lumps, as far as the list can be cut into what is read apart from each other."""

    def sha256(self) -> str | None:
        """Digest (hex) of the list's content once its rows were read to the end; None before, and for inline rows."""


@dataclass(slots=True)
class Unread:
    """A list of which nothing can be read, and why."""

    name: str
    problems: tuple[Diagnostic, ...]
    columns: tuple[str, ...] | None = None

    def rows(self) -> Iterator[Read]:
        """The reasons alone."""
        yield from self.problems

    pieces = rows

    def sha256(self) -> None:
        """Nothing was read."""
        return
