"""People whose rows follow each other, to be asked column by column, whether rows were made of their cells or not."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.recipient import Number, Recipient, Row


class Rows(Protocol):
    """Rows that follow each other, an item of everything each."""

    @property
    def lines(self) -> Sequence[int]: ...

    def row(self, at: int) -> Row:
        """One of them."""

    def column(self, name: str) -> Sequence[Json]:
        """The cells of a column, None where a row has none."""

    def overrides(self) -> Sequence[JsonObject | None]:
        """Their own `call`."""

    def only(self, places: Sequence[int]) -> "Rows":
        """Some of them."""


class RowList(NamedTuple):
    """Rows that are made already."""

    made: Sequence[Row]

    @property
    def lines(self) -> Sequence[int]:
        """Where they stand."""
        return [row[0] for row in self.made]

    def row(self, at: int) -> Row:
        """One of them."""
        return self.made[at]

    def column(self, name: str) -> Sequence[Json]:
        """The cells of a column, None where a row has none."""
        return [row[1].get(name) for row in self.made]

    def overrides(self) -> Sequence[JsonObject | None]:
        """Their own `call`."""
        return [row[2] for row in self.made]

    def only(self, places: Sequence[int]) -> "RowList":
        """Some of them."""
        return RowList([self.made[at] for at in places])


class Crowd(NamedTuple):
    """People by their rows and their numbers, an item each."""

    rows: Rows
    numbers: Sequence[Number]

    @classmethod
    def of(cls, people: Iterable[Recipient]) -> "Crowd":
        """These people."""
        people = [*people]
        return cls(RowList([row for row, _ in people]), [number for _, number in people])

    def person(self, at: int) -> Recipient:
        """One of them."""
        return Recipient(self.rows.row(at), self.numbers[at])
