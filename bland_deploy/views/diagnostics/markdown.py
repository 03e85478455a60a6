"""Diagnostics as a list in Markdown, for comments and summaries: no lines of the files, which may hold people."""

from collections.abc import Sequence

from bland_deploy.diagnostics import Diagnostic, Severity, mask_text
from bland_deploy.views.harmless import clipped
from bland_deploy.views.markdown import code, escape
from bland_deploy.views.words import count

_MOST = 50
_WIDEST = 300


def listed(diagnostics: Sequence[Diagnostic]) -> str:
    """What there is to say, less the notes: the worst first, and of very many the others counted."""
    wanted = [found for severity in Severity for found in diagnostics if found.severity is severity]
    wanted = [found for found in wanted if found.severity is not Severity.NOTE]
    lines = [_line(found) for found in wanted[:_MOST]]
    beyond = len(wanted) - _MOST
    return "\n".join([*lines, f"* and {count(beyond, 'problem')} more"] if beyond > 0 else lines)


def _line(found: Diagnostic) -> str:
    place = f"{code(clipped(str(found.place), _WIDEST))}: " if str(found.place) else ""
    way_out = f" ({_words(found.help)})" if found.help else ""
    return f"* **{found.severity}** {place}{_words(found.message)}{way_out} [{code(found.rule)}]"


def _words(text: str) -> str:
    return escape(clipped(mask_text(text), _WIDEST))
