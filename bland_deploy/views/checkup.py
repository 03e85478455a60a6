"""What `doctor` found, as text and as JSON."""

from collections.abc import Callable, Mapping, Sequence

from bland_deploy.model.checkup import Check, Checkup, Health
from bland_deploy.views.diagnostics.checked import clean
from bland_deploy.views.json import render_json

_COLORS = {Health.WELL: "\x1b[32m", Health.NOTE: "\x1b[36m", Health.WARNING: "\x1b[33m", Health.ERROR: "\x1b[31m"}
_RESET = "\x1b[0m"
_WIDEST_VALUE = 60


def render_text(checkup: Checkup, color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """A line for each thing, with the way out below it, then the settings, then a count."""
    width = max(len(check.subject) for check in checkup.checks)
    lines = [line for check in checkup.checks for line in _check(check, width, color=color)]
    rows = [tuple(map(clean, setting)) for setting in checkup.settings]
    widths = [min(_WIDEST_VALUE, max(len(row[column]) for row in rows)) for column in (0, 1)]
    lines += ["", "Settings, and what gives them:"]
    lines += [f"  {name:<{widths[0]}}  {value:<{widths[1]}}  {source}" for name, value, source in rows]
    return "\n".join([*lines, "", _summary(checkup.checks)]) + "\n"


def _check(check: Check, width: int, *, color: bool) -> list[str]:
    word = f"{check.health.value:<7}"
    shown = f"{_COLORS[check.health]}{word}{_RESET}" if color else word
    first = f"{shown}  {check.subject:<{width}}  {clean(check.message)}"
    return [first, f"{'':<{7 + 2 + width}}  = help: {clean(check.help)}"] if check.help else [first]


def _summary(checks: Sequence[Check]) -> str:
    counts = {health: sum(check.health is health for check in checks) for health in (Health.ERROR, Health.WARNING)}
    words = [f"{count} {health}{'' if count == 1 else 's'}" for health, count in counts.items() if count]
    return ", ".join(words) or "All well."


def render_document(checkup: Checkup, _color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The document of `doctor --format json`; what is wrong stands among the checks."""
    checks = [
        {
            "subject": check.subject,
            "health": check.health.value,
            "message": check.message,
            "help": check.help,
            "exit_code": int(check.exit_code),
        }
        for check in checkup.checks
    ]
    settings = [setting._asdict() for setting in checkup.settings]
    return render_json({"format_version": 1, "checks": checks, "settings": settings, "diagnostics": []})


FORMATS: Mapping[str, Callable[[Checkup, bool], str]] = {"text": render_text, "json": render_document}
"""Formats by name: from what was found, and whether to colour."""
