"""A plan as text: one module a format, one line in the table."""

from collections.abc import Callable

from bland_deploy.model.plan import Plan
from bland_deploy.views.mask import Privacy
from bland_deploy.views.plan import text


def _json(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    from bland_deploy.views.plan import document  # noqa: PLC0415 - most plans are shown as text

    return document.render(plan, privacy, payloads)


def _markdown(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    from bland_deploy.views.plan import markdown  # noqa: PLC0415 - the same

    return markdown.render(plan, privacy, payloads)


def _html(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    from bland_deploy.views.plan import html  # noqa: PLC0415 - templates are slow to import

    return html.render(plan, privacy, payloads)


FORMATS: dict[str, Callable[[Plan, Privacy, bool], str]] = {
    "text": text.render,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}
"""Format name to a function of the plan, what may be shown, and whether payloads are wanted."""
