"""Rows of text that need no look one by one: cells under a header, to be had by column."""

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

from bland_deploy.model.recipient import Row, full_row


class Sheet(NamedTuple):
    """Rows, each as wide as the header, by column; and the line where each stands."""

    header: tuple[str, ...]
    lines: Sequence[int]
    columns: Sequence[Sequence[str]]

    def rows(self) -> list[Row]:
        """All of them."""
        values = map(dict, map(zip, repeat(self.header), zip(*self.columns, strict=True)))
        return [*map(full_row, zip(self.lines, values, repeat(None)))]

    def row(self, at: int) -> Row:
        """One of them."""
        return Row(self.lines[at], {name: cells[at] for name, cells in zip(self.header, self.columns, strict=True)})

    def column(self, name: str) -> Sequence[str | None]:
        """The cells of a column, None where the list has none of that name."""
        return self.columns[self.header.index(name)] if name in self.header else [None] * len(self.lines)

    def overrides(self) -> Sequence[None]:
        """No row of text has a `call` of its own."""
        return [None] * len(self.lines)

    def only(self, places: Sequence[int]) -> "Sheet":
        """Some of them."""
        columns = [[cells[at] for at in places] for cells in self.columns]
        return Sheet(self.header, [self.lines[at] for at in places], columns)
