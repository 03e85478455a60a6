"""The report as one page that works anywhere: every table, and charts of some of them."""

from collections.abc import Iterator

from bland_deploy.reports.report import Report, Tallies
from bland_deploy.views.pages import shell
from bland_deploy.views.pages.charts import Chart, Series
from bland_deploy.views.report.tables import percent, tables
from bland_deploy.views.words import dollars

_PAGE = shell.Page("bland_deploy.views.report", "report.html", "report.js")
# as many as there are colours; the tables have them all
_DRAWN = ("answered", "voicemail", "no-answer", "busy", "failed")
_OTHER = "other"


def render(report: Report, *, short: bool = False) -> str:
    """The page as HTML."""
    figures = report.figures
    charts = {} if short else {chart.id.removeprefix("chart-"): chart for chart in _charts(report)}
    values = {
        "name": ", ".join(report.campaigns) or "nothing yet",
        "figures": [
            (f"{report.ledger.sent:,}", "calls sent"),
            (f"{figures.answered:,}", "answered"),
            (percent(figures.answered, figures.dialled), "of those dialled"),
            (dollars(figures.cost), "paid so far"),
        ],
        "tables": tables(report, short=short),
        "drawn": charts,
    }
    return shell.render(_PAGE, values, tuple(charts.values()))


def _charts(report: Report) -> Iterator[Chart]:
    outcomes = report.figures.by_outcome
    if outcomes:
        names = tuple(outcomes)
        yield _bars("outcomes", "Calls by outcome", "outcome", names, tuple(outcomes.values()))
    if report.over_time:
        yield _stacked("time", "Outcomes over time (UTC)", "from", report.over_time, horizontal=False)
    if report.by_zone:
        yield _stacked("zones", "Outcomes by time zone of the number", "zone", report.by_zone, horizontal=True)
    if any(report.lengths.values()):
        lengths = report.lengths
        yield _bars("lengths", "Calls by length of talk", "length", tuple(lengths), tuple(lengths.values()))


def _bars(key: str, title: str, over: str, labels: tuple[str, ...], values: tuple[int, ...]) -> Chart:
    return Chart(f"chart-{key}", title, over, labels, (Series("calls", values),), horizontal=True)


def _stacked(key: str, title: str, over: str, tallies: Tallies, *, horizontal: bool) -> Chart:
    """Outcomes on each other, those without a colour of their own as one."""
    columns = {name: tuple(tally.get(name, 0) for tally in tallies.values()) for name in _DRAWN}
    whole = (sum(tally.values()) for tally in tallies.values())
    named = zip(*columns.values(), strict=True)
    columns[_OTHER] = tuple(total - sum(parts) for total, parts in zip(whole, named, strict=True))
    series = tuple(Series(name, values) for name, values in columns.items() if any(values))
    return Chart(f"chart-{key}", title, over, tuple(tallies), series, horizontal=horizontal)
