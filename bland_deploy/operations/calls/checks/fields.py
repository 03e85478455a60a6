"""The fields of single calls: what `each` gave them, and what their rows override."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bland_deploy.api.check import UNKNOWN, Finding, check_call, undoubted
from bland_deploy.api.conflicts import check_transfer
from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.json import Json
from bland_deploy.model.recipient import Row
from bland_deploy.operations.calls.checks.shared import placed
from bland_deploy.operations.calls.prepare import Prepared

_TRANSFER = "transfer_phone_number"
_SHOWN = 5
_REMEMBERED = 10_000


@dataclass(slots=True)
class Met:
    """How many rows have a finding, and the lines of the first few."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, lines: Sequence[int], count: int | None = None) -> None:
        """More rows; `count` where these are only the first of them."""
        self.count += len(lines) if count is None else count
        if len(self.lines) < _SHOWN:
            self.lines.extend(lines[: _SHOWN - len(self.lines)])

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.lines)) + (", …" if self.count > len(self.lines) else "")
        return f"row {shown}" if self.count == 1 else f"{self.count:,} rows: {shown}"


class Doubt(NamedTuple):
    """What there is to say about a field of one call: `level` is `each`, `row` or `call`, whichever gave the field."""

    level: str
    finding: Finding


class FieldChecks:
    """Looks at the fields of every call; a finding that many rows share is told once."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._api = prepared.version.name
        varying = (name for name, value in prepared.each.items() if not value.constant)
        self._varying = tuple((name, undoubted(name, self._api, "each")) for name in varying)
        self._met: dict[Doubt, Met] = {}
        self._known: dict[tuple[str, str, Json], tuple[Finding, ...]] = {}
        shared = dict(prepared.call.items()).get(_TRANSFER)
        self._shared = {_TRANSFER: shared.render({})} if shared is not None and shared.constant else {}
        self._transfers = bool(self._shared) or any(name == _TRANSFER for name, _ in prepared.each.items())

    def see(self, row: Row, each: Mapping[str, Json], number: str) -> list[Doubt]:
        """What there is to say about what one row was given, and about the number that is called."""
        doubts: list[Doubt] = []
        for name, is_undoubted in self._varying:
            if name in each and not is_undoubted(each[name]):
                doubts += [Doubt("each", found) for found in self._findings("each", name, each[name])]
        if row.call:
            doubts += [Doubt("row", found) for found in check_call(row.call, self._api, "row")]
        if self._transfers or (row.call and _TRANSFER in row.call):
            doubts += self._see_transfer(row, each, number)
        return doubts

    def _see_transfer(self, row: Row, each: Mapping[str, Json], number: str) -> list[Doubt]:
        """The level that wins says where the call is transferred to."""
        for level, fields in (("row", row.call or {}), ("each", each), ("call", self._shared)):
            if _TRANSFER in fields:
                return [Doubt(level, found) for found in check_transfer(number, fields)]
        return []

    @property
    def sees_numbers(self) -> bool:
        """Whether there may be something to say about a call because of the number that it rings."""
        return self._transfers

    def note(self, doubts: Iterable[Doubt], line: int) -> None:
        """Remember what was said about the row in a line."""
        for doubt in doubts:
            self._met.setdefault(doubt, Met()).add([line])

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What was found."""
        yield from placed(self._prepared, check_call(self._static(), self._api, "each"), ("each",))
        for (level, finding), met in self._met.items():
            if level in {"each", "call"}:
                yield from placed(self._prepared, [finding], (level,), f" ({met})")
            else:
                place = Place(self._prepared.source.name, met.lines[0])
                message = finding.message + (f" ({met})" if met.count > 1 else "")
                yield Diagnostic(finding.rule, finding.severity, message, place, finding.help)

    def _static(self) -> dict[str, object]:
        """`each` as far as it is the same for all; the rest is unknown here and was looked at row by row."""
        parts = self._prepared.each.items()
        return {name: value.render({}) if value.constant else UNKNOWN for name, value in parts}

    def _findings(self, level: str, name: str, value: Json) -> tuple[Finding, ...]:
        """Findings about one field. Short equal values are looked at once."""
        if not isinstance(value, str | int | float | bool):
            return self._about_value(level, name, value)
        key = (level, name, value)
        known = self._known.get(key)
        if known is None:
            known = self._about_value(level, name, value)
            if len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known

    def _about_value(self, level: str, name: str, value: Json) -> tuple[Finding, ...]:
        """What is about the value and not about the key: that is told once, by `_static`."""
        about_key = set(check_call({name: UNKNOWN}, self._api, level))
        return tuple(finding for finding in check_call({name: value}, self._api, level) if finding not in about_key)
