"""A failure as one sentence, the state we are in, and the way out; or as the contract's JSON document."""

from bland_deploy.diagnostics import Diagnostic, error, has_errors
from bland_deploy.errors import DeployError
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
    found = [diagnostic_dict(diagnostic) for diagnostic in diagnostics_of(problem)]
    content = {"diagnostics": found, "exit_code": int(problem.exit_code), "outcome": problem.outcome}
    return render_json({"format_version": 1, **content})


def diagnostics_of(problem: DeployError) -> tuple[Diagnostic, ...]:
    """What a failure has to say, an error among it: the failure itself where the user's files hold none."""
    if has_errors(problem.diagnostics):
        return problem.diagnostics
    return (*problem.diagnostics, error(problem.rule, problem.message, help=problem.help))
