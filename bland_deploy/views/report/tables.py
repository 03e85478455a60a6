"""The report as titled tables, which text, Markdown and the page draw each in its way."""

from collections.abc import Mapping
from dataclasses import dataclass

from bland_deploy.api.outcomes import OUTCOMES
from bland_deploy.reports.figures import CONFIDENCE, Share
from bland_deploy.reports.report import Comparison, Report, Tallies
from bland_deploy.views.words import dollars


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its title, heads and rows of cells; the first column is words, the others numbers. `key` names it."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: Report, *, short: bool = False) -> tuple[Table, ...]:
    """What the report shows, in order, without tables that would be empty. Short is the funnel, outcomes and cost."""
    whole = (
        _funnel(report),
        _counts("outcomes", "Outcomes", "outcome", report.figures.by_outcome, report.figures.calls),
        _cost(report),
        *(_comparison(comparison) for comparison in report.comparisons),
        _counts("dispositions", "Dispositions", "disposition", report.figures.by_disposition, report.figures.calls),
        _tallies("time", "Outcomes over time (UTC)", "from", report.over_time),
        _tallies("zones", "Outcomes by time zone of the number", "zone", report.by_zone),
        _counts("lengths", "Length of talk", "length", report.lengths, sum(report.lengths.values())),
        _counts("errors", "Errors", "message", report.errors, report.figures.calls),
        _left_out(report),
    )
    return tuple(table for table in (whole[:3] if short else whole) if table.rows)


def percent(part: int, whole: int) -> str:
    """`42.5 %`, or a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def interval(share: Share) -> str:
    """`42.5 % (38.1–47.0)`: the share and its interval."""
    if share.share is None:
        return "–"
    return f"{100 * share.share:.1f} % ({100 * share.low:.1f}–{100 * share.high:.1f})"


def _funnel(report: Report) -> Table:
    first = report.funnel[0][1]
    rows = [(step, f"{calls:,}", percent(calls, first)) for step, calls in report.funnel]
    if report.ledger.held:
        rows.append(("held: outcome unknown", f"{report.ledger.held:,}", percent(report.ledger.held, first)))
    return Table("funnel", "From the list to the answer", ("step", "calls", f"of {report.funnel[0][0]}"), tuple(rows))


def _counts(key: str, title: str, head: str, counts: Mapping[str, int], whole: int) -> Table:
    rows = [(name, f"{calls:,}", percent(calls, whole)) for name, calls in counts.items() if calls or key == "lengths"]
    return Table(key, title, (head, "calls", "share"), tuple(rows) if any(counts.values()) else ())


def _cost(report: Report) -> Table:
    ledger, figures = report.ledger, report.figures
    each = figures.cost / figures.answered if figures.answered else None
    rows = [
        ("paid so far", dollars(figures.cost)),
        ("estimated for what was sent", dollars(ledger.estimated)),
        ("at most", dollars(ledger.at_most)),
        ("for each answer", dollars(each) if each is not None else "–"),
        ("minutes talked", f"{figures.minutes:,.1f}"),
    ]
    return Table("cost", "Cost", ("what", "amount"), tuple(rows))


def _comparison(comparison: Comparison) -> Table:
    rows = [
        (
            group.name,
            f"{group.figures.calls:,}",
            f"{group.figures.dialled:,}",
            f"{group.figures.answered:,}",
            interval(group.figures.answer_rate),
            dollars(group.figures.cost),
        )
        for group in comparison.groups
    ]
    heads = (comparison.by, "calls", "dialled", "answered", f"answered of dialled ({CONFIDENCE:.0%} interval)", "cost")
    return Table(f"by-{comparison.by}", f"By {comparison.by}", heads, tuple(rows))


def _tallies(key: str, title: str, head: str, tallies: Tallies) -> Table:
    met = [outcome for outcome in OUTCOMES if any(outcome in tally for tally in tallies.values())]
    rows = [(name, *(f"{tally.get(outcome, 0):,}" for outcome in met)) for name, tally in tallies.items()]
    return Table(key, title, (head, *met), tuple(rows))


def _left_out(report: Report) -> Table:
    rows = [(reason, f"{number:,}") for reason, number in report.ledger.left_out.items()]
    return Table("left-out", "Left out of the list as it is now", ("reason", "people"), tuple(rows))
