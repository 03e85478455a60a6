"""A report: the funnel from the list to the outcome, over time, by place, by length, and groups side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bland_deploy.diagnostics import mask_text
from bland_deploy.model.results import CallResult
from bland_deploy.reports.figures import LENGTH_NAMES, Figures, hour_of, length_name

MOST_HOURS = 72
"""Longer than that, calls are shown by day."""
MOST_GROUPS = 20
_MOST_ERRORS = 20
_DAY = len("2026-01-01")
NO_ZONE = "unknown"
NO_GROUP = "(none)"
OTHERS = "(others)"
_ALWAYS = ("round", "wave")

ZoneOf = Callable[[str], str | None]
Tallies = Mapping[str, Mapping[str, int]]


class Ledger(NamedTuple):
    """What the state and the list say beside the calls: people held, and left out by reason, as far as it is known.

    `waiting` are people who would be called now, and those of later waves. `estimated` and `at_most` are USD for what
    was sent.
    """

    sent: int
    held: int
    waiting: int | None
    left_out: Mapping[str, int]
    estimated: float
    at_most: float


class Group(NamedTuple):
    """Some of the calls, by what they have in common."""

    name: str
    figures: Figures


class Comparison(NamedTuple):
    """Groups of calls side by side; `by` is what tells them apart."""

    by: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one or several campaigns; nothing names a person but values that calls are compared by.

    `over_time` has hours or days as keys, in order.
    """

    campaigns: tuple[str, ...]
    ledger: Ledger
    figures: Figures
    over_time: Tallies
    by_zone: Tallies
    lengths: Mapping[str, int]
    errors: Mapping[str, int]
    comparisons: tuple[Comparison, ...]

    @property
    def funnel(self) -> tuple[tuple[str, int], ...]:
        """From who could be called to who answered, each step a part of the one before."""
        ledger, figures = self.ledger, self.figures
        eligible = ledger.sent + ledger.held + (ledger.waiting or 0)
        steps = (
            ("eligible", eligible),
            ("sent", ledger.sent),
            ("dialled", figures.dialled),
            ("answered", figures.answered),
        )
        return steps if ledger.waiting is not None else steps[1:]


def make_report(results: Iterable[CallResult], ledger: Ledger, zone_of: ZoneOf, compare: Sequence[str] = ()) -> Report:
    """The report of these calls. `compare` names variables, or columns of the list, whose values make groups.

    Rounds and waves are compared wherever there are several.
    """
    whole = Figures()
    over_time: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_zone: defaultdict[str, Counter[str]] = defaultdict(Counter)
    lengths: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    groups: dict[str, dict[str, Figures]] = {name: {} for name in (*_ALWAYS, *compare)}
    campaigns: dict[str, None] = {}
    for call in results:
        campaigns[call.campaign] = None
        whole.add(call)
        if (hour := hour_of(call)) is not None:
            over_time[hour][call.outcome] += 1
        by_zone[zone_of(call.number) or NO_ZONE][call.outcome] += 1
        if call.minutes:
            lengths[length_name(call.minutes)] += 1
        if call.error:
            errors[mask_text(call.error)] += 1
        for by, members in groups.items():
            _member(members, _group_of(call, by)).add(call)
    return Report(
        campaigns=tuple(campaigns),
        ledger=ledger,
        figures=whole,
        over_time=_by_day_if_long(over_time),
        by_zone=dict(sorted(by_zone.items(), key=lambda item: (-sum(item[1].values()), item[0]))),
        lengths={name: lengths[name] for name in LENGTH_NAMES},
        errors=dict(sorted(errors.items(), key=lambda item: (-item[1], item[0]))[:_MOST_ERRORS]),
        comparisons=tuple(
            Comparison(by, tuple(Group(name, figures) for name, figures in _ordered(by, members)))
            for by, members in groups.items()
            if by not in _ALWAYS or len(members) > 1
        ),
    )


def without_values(report: Report) -> Report:
    """The same without values of rows: groups, but of rounds and waves, are numbered in the order of their names."""
    return replace(
        report,
        comparisons=tuple(
            comparison
            if comparison.by in _ALWAYS
            else Comparison(
                comparison.by,
                tuple(
                    Group(f"group {number}", group.figures) for number, group in enumerate(comparison.groups, start=1)
                ),
            )
            for comparison in report.comparisons
        ),
    )


def _member(members: dict[str, Figures], name: str) -> Figures:
    """The figures of a group; after so many of them, those of all others."""
    known = name if name in members or len(members) < MOST_GROUPS else OTHERS
    return members.setdefault(known, Figures())


def _group_of(call: CallResult, by: str) -> str:
    if by == "round":
        return call.round
    if by == "wave":
        return NO_GROUP if call.wave is None else f"round {call.round}, wave {call.wave}"
    return _value(call, by)


def _ordered(by: str, members: Mapping[str, Figures]) -> Iterable[tuple[str, Figures]]:
    """The groups by their names; waves as they were sent."""
    return members.items() if by == "wave" else sorted(members.items())


def _value(call: CallResult, name: str) -> str:
    """The value that puts a call into a group: a cell of the list's row, else a variable of the call."""
    value = call.columns.get(name, (call.variables or {}).get(name))
    return NO_GROUP if value is None or isinstance(value, dict | list) else mask_text(str(value))[:40]


def _by_day_if_long(over_time: Mapping[str, Counter[str]]) -> Tallies:
    if len(over_time) <= MOST_HOURS:
        return dict(sorted(over_time.items()))
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hour, outcomes in over_time.items():
        days[hour[:_DAY]] += outcomes
    return dict(sorted(days.items()))
