"""Diagnostics as SARIF 2.1.0 (docs.oasis-open.org/sarif), which code scanning reads.

GitHub's code scanning wants a file and a line of each result and shows 5,000 of them, whence the places of diagnostics
without one, and the limit.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from bland_deploy import __version__
from bland_deploy.diagnostics import Diagnostic, Severity
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics.checked import Checked, clean, lines_of, masked, sentence
from bland_deploy.views.json import render_json

MOST_RESULTS = 5_000

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_WHERE_NOWHERE = "bland-deploy.yaml"
_WORST_FIRST = tuple(Severity)


def render(diagnostics: Sequence[Diagnostic], checked: Checked, _color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """The log of one run. Of too many results the errors stay, and a notification counts the others."""
    kept = _most_important(diagnostics)
    rules = sorted({diagnostic.rule for diagnostic in kept})
    run = {
        "tool": {"driver": {"name": "bland-deploy", "version": __version__, "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(len(diagnostics) - len(kept))],
        "results": _results(kept, rules, checked),
    }
    return render_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _most_important(diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    if len(diagnostics) <= MOST_RESULTS:
        return diagnostics
    return sorted(diagnostics, key=lambda diagnostic: _WORST_FIRST.index(diagnostic.severity))[:MOST_RESULTS]


def _invocation(left_out: int) -> JsonObject:
    """That the run came to its end, and how many results are left out."""
    if not left_out:
        return {"executionSuccessful": True}
    text = f"{left_out:,} more were found; {MOST_RESULTS:,} are listed, errors first"
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}],
    }


def _rule(id_: str) -> JsonObject:
    from bland_deploy.rules.registry import find_rule  # noqa: PLC0415 - the texts of all rules, only for this format

    rule = find_rule(id_)
    assert rule is not None
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why} {rule.way_out}",
            "markdown": f"{rule.why}\n\n**Way out:** {rule.way_out}\n\n`bland-deploy explain {rule.id}` shows more.",
        },
        "defaultConfiguration": {"level": rule.severities[0].value},
        "properties": {"tags": [rule.level.value]},
    }


def _results(found: Iterable[Diagnostic], rules: Sequence[str], checked: Checked) -> list[JsonObject]:
    index = {rule: number for number, rule in enumerate(rules)}
    seen: dict[str, int] = {}
    sources: dict[str, list[str]] = {}
    results = []
    for diagnostic in found:
        file = diagnostic.place.file
        if file is not None and file not in sources:
            sources[file] = lines_of(file, checked.read_source)
        mark = _mark(diagnostic, sources.get(file or "", []))
        seen[mark] = seen.get(mark, 0) + 1
        result = _result(diagnostic, checked.folder)
        result["ruleIndex"] = index[diagnostic.rule]
        result["partialFingerprints"] = {"primaryLocationLineHash": f"{mark}:{seen[mark]}"}
        results.append(result)
    return results


def _mark(diagnostic: Diagnostic, lines: Sequence[str]) -> str:
    """What stays of a finding while lines are moved: its rule and the text of its line, without numbers and keys."""
    line = diagnostic.place.line or 0
    text = masked(lines[line - 1]).strip() if 0 < line <= len(lines) else diagnostic.message
    content = "\0".join((diagnostic.rule, diagnostic.place.file or "", text))
    return sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def _result(diagnostic: Diagnostic, folder: str) -> JsonObject:
    from urllib.parse import quote  # noqa: PLC0415 - only for this format

    place = diagnostic.place
    help_text = f"\n\nHelp: {sentence(diagnostic.help)}" if diagnostic.help else ""
    region: JsonObject = {"startLine": place.line or 1}
    if place.column is not None:
        region["startColumn"] = place.column
    ignored = diagnostic.ignored
    return {
        **({} if ignored is None else {"suppressions": [{"kind": "inSource", "justification": clean(ignored)}]}),
        "ruleId": diagnostic.rule,
        "level": diagnostic.severity.value,
        "message": {"text": sentence(diagnostic.message) + help_text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": quote(folder + clean(place.file or _WHERE_NOWHERE), errors="replace"),
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": region,
                }
            }
        ],
    }
