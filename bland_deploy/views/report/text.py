"""The report for a terminal."""

from bland_deploy.reports.report import Report
from bland_deploy.views.harmless import harmless
from bland_deploy.views.report.tables import Table, tables


def render(report: Report, *, short: bool = False) -> str:
    """Tables one after the other; without any call, one line."""
    if not report.figures.calls and not report.ledger.sent:
        return "Nothing was sent yet.\n"
    name = ", ".join(report.campaigns)
    return "\n".join([f"Report of {name}" if name else "Report", "", *map(_table, tables(report, short=short))])


def _table(table: Table) -> str:
    rows = [tuple(map(harmless, row)) for row in (table.heads, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.heads))]
    lines = [table.title]
    for first, *others in rows:
        numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join(("", first.ljust(widths[0]), *numbers)).rstrip())
    return "\n".join([*lines, ""])
