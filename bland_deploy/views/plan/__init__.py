"""A plan as text: one module a format, one line in the table."""

from collections.abc import Callable

from bland_deploy.model.plan import Plan
from bland_deploy.views.mask import Privacy
from bland_deploy.views.plan import document, markdown, text

FORMATS: dict[str, Callable[[Plan, Privacy, bool], str]] = {
    "text": text.render,
    "json": document.render,
    "markdown": markdown.render,
}
"""Format name to a function of the plan, what may be shown, and whether payloads are wanted."""
