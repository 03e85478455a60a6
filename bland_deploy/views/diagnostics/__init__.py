"""Diagnostics as text, one file a format."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.views.diagnostics import github, json, junit, sarif, text
from bland_deploy.views.diagnostics.checked import Checked

Render: TypeAlias = Callable[[Sequence[Diagnostic], Checked, bool], str]

FORMATS: dict[str, Render] = {
    "text": text.render_with_summary,
    "json": json.render,
    "github": github.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""Formats by name: from diagnostics, what is known of the files, and whether to colour."""
