"""The report as Markdown, for comments and wikis."""

from bland_deploy.reports.report import Report
from bland_deploy.views.markdown import Blocks, escape
from bland_deploy.views.markdown import render as render_blocks
from bland_deploy.views.report.tables import Table, tables


def blocks(report: Report, *, short: bool = False) -> Blocks:
    """A title, a table for each section, and a line about where the figures come from."""
    name = escape(", ".join(report.campaigns)) or "nothing yet"
    sections = tuple(_section(table) for table in tables(report, short=short))
    return Blocks(f"## Report: {name}", sections, "Figures are the provider's; shares have Wilson intervals of 95 %.")


def render(report: Report, *, short: bool = False) -> str:
    """The document as text."""
    return render_blocks(blocks(report, short=short))


def _section(table: Table) -> str:
    heads = " | ".join(map(escape, table.heads))
    rule = " | ".join(["---", *["---:"] * (len(table.heads) - 1)])
    rows = [" | ".join(map(escape, row)) for row in table.rows]
    return "\n".join([f"### {escape(table.title)}", "", *(f"| {line} |" for line in (heads, rule, *rows))])
