"""Rules as text, as JSON, and as the page `docs/rules.md`."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from bland_deploy.model.json import JsonObject
from bland_deploy.rules.rule import Example, Rule
from bland_deploy.views.json import render_json

_LEVELS = {
    "document": "Files as YAML and as text.",
    "campaign": "Keys of campaign and workspace files, and what stands together in them.",
    "field": "Fields of the API. Errors are what the documentation says the create refuses; every other doubt is a "
    "warning, and the value is sent as written.",
    "template": "Templates and placeholders.",
    "recipient": "Lists of people, their rows and numbers.",
    "callee": "What protects the people who are called, by the rules of the pack ([compliance.md](compliance.md)). In "
    "a sandbox and on loopback errors are warnings.",
    "plan": "What a plan may do, and what was sent.",
    "state": "The log of who was called. What is damaged, lost or foreign is never taken as empty.",
    "command": "A run as a whole, with its exit codes.",
}
_HEAD = """\
# Rules

Everything that `bland-deploy` can say about files, plans and state, by what it looks at. `bland-deploy explain RULE`
shows one of them. An error stops everything, a warning is for a person to judge, a note is information. What a person
has judged, a comment in the file can ignore, where the rule says so ([lint.md](lint.md)).
"""


def render_text(rules: Sequence[Rule]) -> str:
    """A table, one line a rule."""
    width = max((len(rule.id) for rule in rules), default=0)
    lines = []
    for level, group in groupby(rules, key=lambda rule: rule.level):
        lines += [
            level.value,
            *(f"  {rule.id:<{width}}  {rule.severities[0]:<7}  {rule.summary}" for rule in group),
            "",
        ]
    return "\n".join(lines)


def render_document(rules: Sequence[Rule]) -> str:
    """One JSON document."""
    return render_json({"format_version": 1, "rules": [_rule(rule) for rule in rules], "diagnostics": []})


def _rule(rule: Rule) -> JsonObject:
    example: JsonObject | None = None
    if rule.example:
        example = {"file": rule.example.file, "bad": rule.example.bad, "good": rule.example.good}
    return {
        "rule": rule.id,
        "level": rule.level.value,
        "severities": [severity.value for severity in rule.severities],
        "summary": rule.summary,
        "why": rule.why,
        "way_out": rule.way_out,
        "can_ignore": rule.can_ignore,
        "can_waive": rule.can_waive,
        "source": rule.source,
        "example": example,
    }


def render_markdown(rules: Sequence[Rule]) -> str:
    """A page with a chapter for each level."""
    parts = [_HEAD]
    for level, group in groupby(rules, key=lambda rule: rule.level):
        parts += [f"\n## {level.value.capitalize()}\n\n{_LEVELS[level.value]}\n", *map(_chapter, group)]
    return "".join(parts)


def _chapter(rule: Rule) -> str:
    lines = [f"\n### `{rule.id}`\n", f"{_severities(rule)}. {rule.summary}\n", f"{rule.why}\n"]
    lines.append(f"**Way out:** {rule.way_out}\n")
    if rule.can_ignore:
        lines.append(f"**To ignore it:** `{_comment(rule)}`\n")
    if rule.can_waive:
        lines.append(f"**To waive it:** `{_waiver(rule)}`\n")
    if rule.source:
        lines.append(f"Source: {rule.source}\n")
    if rule.example:
        lines += _shown(rule.example)
    return "\n".join(lines)


def _shown(example: Example) -> Iterator[str]:
    language = "yaml" if example.file in {"campaign", "workspace"} else example.file.rpartition(".")[2]
    for word, text in (("Wrong", example.bad), ("Right", example.good)):
        content = text if not text or text.endswith("\n") else f"{text}\n"
        yield f"{word}, in {_place(example)}:\n\n```{language}\n{content}```\n"


def describe(rule: Rule) -> str:
    """A rule for a terminal, in the manner of fields of the API."""
    lines = [f"{rule.id}: {_severities(rule).lower()} ({rule.level.value})", f"  {rule.summary}", ""]
    lines += [f"  why:       {rule.why}", f"  way out:   {rule.way_out}"]
    if rule.can_ignore:
        lines.append(f"  to ignore: {_comment(rule)}")
    if rule.can_waive:
        lines.append(f"  to waive:  {_waiver(rule)}")
    if rule.source:
        lines.append(f"  source:    {rule.source}")
    if rule.example:
        for word, text in (("wrong", rule.example.bad), ("right", rule.example.good)):
            lines += ["", f"  {word}, in {_place(rule.example)}:", *(f"    {line}" for line in text.splitlines())]
    return "\n".join(lines)


def _comment(rule: Rule) -> str:
    """What makes lint ignore the rule, on the line or above it."""
    return f"# bland-deploy: ignore[{rule.id}] reason"


def _waiver(rule: Rule) -> str:
    """What makes the rule not hold for a campaign, for a while."""
    return f'waivers: [{{rule: {rule.id}, reason: …, approver: …, expires: "2027-01-31"}}]'


def _severities(rule: Rule) -> str:
    return " or ".join(severity.value for severity in rule.severities).capitalize()


def _place(example: Example) -> str:
    return {"campaign": "a campaign file", "workspace": "bland-deploy.yaml"}.get(example.file, example.file)


FORMATS: dict[str, Callable[[Sequence[Rule]], str]] = {
    "text": render_text,
    "json": render_document,
    "markdown": render_markdown,
}
"""Format name to a function of the rules."""
