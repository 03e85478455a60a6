"""Diagnostics as text, one file a format."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.views.diagnostics import json, text

ReadSource: TypeAlias = Callable[[str], str | None]
Render: TypeAlias = Callable[[Sequence[Diagnostic], ReadSource, bool], str]

FORMATS: dict[str, Render] = {
    "text": text.render_with_summary,
    "json": json.render,
}
"""Formats by name: from diagnostics, a reader of sources (None for what may not be shown) and whether to colour."""
