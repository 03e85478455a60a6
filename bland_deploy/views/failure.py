"""A failure as one sentence, the state we are in, and the way out; or as the contract's JSON document."""

from bland_deploy.diagnostics import has_errors
from bland_deploy.errors import DeployError
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics import text
from bland_deploy.views.diagnostics.checked import clean
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json


def failure_text(problem: DeployError, *, color: bool = False) -> str:
    """What is wrong in the user's files, if that is it; then the failure, what became of the work, and the way out."""
    found = problem.diagnostics
    shown = text.render(found, problem.read_source, color)
    closing = f" ({text.summary(found)})" if found else ""
    lines = [f"error: {clean(problem.message)}{closing}; {problem.outcome}"]
    if problem.help:
        lines.append(f"  = help: {clean(problem.help)}")
    return shown + "\n".join(lines) + "\n"


def failure_json(problem: DeployError) -> str:
    """A document whose diagnostics hold the failure."""
    found = [diagnostic_dict(diagnostic) for diagnostic in problem.diagnostics]
    own: JsonObject = {
        "rule": problem.rule,
        "severity": "error",
        "message": problem.message,
        "file": None,
        "line": None,
        "column": None,
        "help": problem.help,
    }
    if not has_errors(problem.diagnostics):
        found.append(own)
    return render_json({"format_version": 1, "diagnostics": found, "outcome": problem.outcome})
