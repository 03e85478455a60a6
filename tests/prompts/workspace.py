"""What the tests of templates share: a small workspace, scopes, and cases read from files."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from bland_deploy.documents.nodes import Scalar
from bland_deploy.model.run import Run
from bland_deploy.prompts.compile import NOTHING_KNOWN, compile_expression, compile_text, compile_value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.prompts.scopes import EVERYWHERE, PER_BATCH, PER_ROW, make_batch_scope, make_scopes

CASES = Path(__file__).parent / "cases"
FILES = {
    path.relative_to(CASES / "files").as_posix(): path.read_bytes().decode()
    for path in (CASES / "files").rglob("*")
    if path.is_file()
}
VARS = {
    "company": "Acme",
    "flag": True,
    "nothing": None,
    "price": 9.5,
    "list": ["a", "b", {"name": "c"}],
    "map": {"one": 1, "two": {"deep": "yes"}},
    "items": [3, 1, 2],
    "braces": "{{ssn}}",
    "when": "2025-10-25T12:00:00+01:00",
}
ROW = {
    "first_name": "Ann",
    "Amount Due": "007.50",
    "id": "17",
    "empty": "",
    "status": "active",
    "items": "cell",
    "keys": "cell too",
    "null": None,
    "number": 5,
    "list": [1, "2"],
    "name": "é\r\n",
}
RUN = Run("r" * 16, datetime(2025, 6, 1, 23, 30, tzinfo=UTC), date(2025, 6, 1))
AVAILABLE = {"everywhere": EVERYWHERE, "row": PER_ROW, "batch": PER_BATCH}
KINDS = {
    "text": compile_text,
    "value": compile_value,
    "where": lambda node, scopes, _loader, known=NOTHING_KNOWN: compile_expression(node, scopes, known),
}


def scopes():
    found = make_scopes(VARS, "sandbox", "renewal", "1", RUN)
    return found | {"row": ROW, "batch": make_batch_scope(1, 3, 500)}


def loader(files=None):
    files = FILES if files is None else files
    return Loader(files.get, files.keys)


def scalar(text, style="file"):
    return Scalar(text, text, "t.j2", 1, 1, style)


def rendered(text, kind="value", where="row", known=None):
    """The result of a template that must compile."""
    template, found = KINDS[kind](scalar(text), AVAILABLE[where], loader(), known or {})
    assert template is not None, found
    return template.render(scopes())


def failure(text, kind="value", where="row"):
    """The diagnostic with which a template ends, when compiled or when rendered."""
    template, found = KINDS[kind](scalar(text), AVAILABLE[where], loader())
    if template is None:
        return next(diagnostic for diagnostic in found if diagnostic.severity == "error")
    try:
        result = template.render(scopes())
    except RenderFailed as failed:
        return failed.diagnostic
    raise AssertionError(f"rendered to {str(result)[:200]!r}")


class Case(NamedTuple):
    title: str
    options: dict
    template: str
    expected: str


def read_cases(path: Path) -> Iterator[Case]:
    """Cases of a file: `## title`, options as `key: value`, `<<<`, the template, `>>>`, what is expected."""
    for part in path.read_bytes().decode().split("\n## ")[1:]:
        head, rest = part.split("\n<<<\n", 1)
        title, *options = head.split("\n")
        template, expected = rest.split("\n>>>\n", 1)
        pairs = dict(option.split(": ", 1) for option in options if option)
        yield Case(title, pairs, template.replace("\\r", "\r"), expected.strip())


def describe(case: Case) -> str:
    """What becomes of a case: diagnostics, then the result or the failure, and what was found in the template."""
    known = {"row": list(ROW), "vars": list(VARS)} if case.options.get("known") == "yes" else {}
    where = case.options.get("where", "row")
    template, found = KINDS[case.options.get("kind", "value")](scalar(case.template), AVAILABLE[where], loader(), known)
    lines = [line for diagnostic in found for line in _told(diagnostic)]
    if template is not None:
        lines += _outcome(template)
    return "\n".join(lines)


def _told(diagnostic):
    yield f"{diagnostic.severity} {diagnostic.rule} {diagnostic.place}: {diagnostic.message}"
    if diagnostic.help:
        yield f"  help: {diagnostic.help}"


def _outcome(template):
    try:
        result = template.render(scopes())
        yield "= " + (repr(result) if repr(result) == "omit" else json.dumps(result, ensure_ascii=False))
    except RenderFailed as failed:
        yield from (f"! {line}" for line in _told(failed.diagnostic))
    if template.placeholders:
        yield "placeholders: " + ", ".join(f"{name} {place}" for name, place in template.placeholders)
    if template.roots:
        yield "roots: " + ", ".join(sorted(template.roots))
    if template.columns:
        yield "columns: " + ", ".join(template.columns)
