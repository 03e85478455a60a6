"""A report as text, Markdown, JSON and a page: one module a format, all from the same tables."""

from collections.abc import Callable

from bland_deploy.reports.report import Report
from bland_deploy.views.report import document, html, markdown, text

FORMATS: dict[str, Callable[[Report, bool], str]] = {
    "text": lambda report, short: text.render(report, short=short),
    "json": lambda report, _short: document.render(report),
    "markdown": lambda report, short: markdown.render(report, short=short),
    "html": lambda report, short: html.render(report, short=short),
}
