"""A failure as one sentence, the state we are in, and the way out; or as the contract's JSON document."""

from bland_deploy.errors import DeployError, InvalidInput
from bland_deploy.model.json import JsonObject
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json


def failure_text(problem: DeployError) -> str:
    """Lines for stderr."""
    lines = [f"error: {problem.message}", f"  {problem.outcome}"]
    if problem.help:
        lines.append(f"  help: {problem.help}")
    return "\n".join(lines) + "\n"


def failure_json(problem: DeployError) -> str:
    """A document whose diagnostics hold the failure."""
    found = [diagnostic_dict(diagnostic) for diagnostic in getattr(problem, "diagnostics", ())]
    own: JsonObject = {
        "rule": problem.rule,
        "severity": "error",
        "message": problem.message,
        "file": None,
        "line": None,
        "column": None,
        "help": problem.help,
    }
    if not (isinstance(problem, InvalidInput) and found):
        found.append(own)
    return render_json({"format_version": 1, "diagnostics": found, "outcome": problem.outcome})
