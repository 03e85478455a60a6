"""Diagnostics as the JSON of the contract."""

import json
from collections.abc import Sequence

from bland_deploy.diagnostics import Diagnostic, Severity, counted
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics.checked import Checked

FORMAT_VERSION = 1


def diagnostic_dict(diagnostic: Diagnostic) -> JsonObject:
    """One entry of the `diagnostics` of every command's document."""
    place = diagnostic.place
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "help": diagnostic.help,
    }


def document(diagnostics: Sequence[Diagnostic]) -> JsonObject:
    """The document of `lint --format json`; `ignored` is there where comments ignore something."""
    counting = counted(diagnostics)
    severities = [diagnostic.severity for diagnostic in counting]
    content: JsonObject = {
        "format_version": FORMAT_VERSION,
        "diagnostics": [diagnostic_dict(diagnostic) for diagnostic in counting],
        "summary": {"errors": severities.count(Severity.ERROR), "warnings": severities.count(Severity.WARNING)},
    }
    ignored = [item for item in diagnostics if item.ignored is not None]
    if ignored:
        content["ignored"] = [{**diagnostic_dict(item), "reason": item.ignored} for item in ignored]
    return content


def render(diagnostics: Sequence[Diagnostic], _checked: Checked, _color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The document as text, keys sorted."""
    return json.dumps(document(diagnostics), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
