"""Charts as data: drawn by Chart.js in the page, and always shown as a table too."""

from dataclasses import dataclass
from typing import Literal

from bland_deploy.model.json import JsonObject


@dataclass(frozen=True, slots=True)
class Series:
    """Values under one name, one for each label of the chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Some series over the same labels. `id` is unique in its page; `over` says what the labels are.

    Bars of several series stand on each other; `kind` line joins the values instead.
    """

    id: str
    title: str
    over: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["bar", "line"] = "bar"
    horizontal: bool = False

    def to_json(self) -> JsonObject:
        """What the page's script draws."""
        return {
            "id": self.id,
            "kind": self.kind,
            "horizontal": self.horizontal,
            "labels": list(self.labels),
            "series": [{"name": series.name, "values": list(series.values)} for series in self.series],
        }

    @property
    def rows(self) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """The same as the rows of a table: a label and its values."""
        columns = zip(*(series.values for series in self.series), strict=True)
        return tuple(zip(self.labels, columns, strict=True))
