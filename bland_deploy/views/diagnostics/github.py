"""Diagnostics as workflow commands of GitHub Actions, which become annotations in a pull request.

Syntax and escaping: docs.github.com, "Workflow commands for GitHub Actions", and the runner's ActionCommand.cs.
GitHub shows 10 annotations of a kind a step (and 50 a job): what is beyond that is written as plain lines.
"""

from collections.abc import Iterator, Sequence

from bland_deploy.diagnostics import Diagnostic, Severity, counted
from bland_deploy.views.diagnostics.checked import Checked, clean, sentence
from bland_deploy.views.diagnostics.text import summary

MOST_OF_A_KIND = 10

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(diagnostics: Sequence[Diagnostic], checked: Checked, _color: bool) -> str:  # noqa: FBT001 - the signature of every format
    """One command for each of the first of a kind, a plain line for each of the others, and a last line that counts.

    `##[`, with which older commands begin anywhere in a line, is taken apart.
    """
    return "".join(f"{line.replace('##[', '# #[')}\n" for line in _lines(diagnostics, checked))


def _lines(diagnostics: Sequence[Diagnostic], checked: Checked) -> Iterator[str]:
    beyond: list[Diagnostic] = []
    for severity in Severity:
        found = [diagnostic for diagnostic in counted(diagnostics) if diagnostic.severity is severity]
        yield from (_command(diagnostic, checked.folder) for diagnostic in found[:MOST_OF_A_KIND])
        beyond += found[MOST_OF_A_KIND:]
    yield from map(_plain, beyond)
    limit = f"; {len(beyond)} of them are no annotations: GitHub shows {MOST_OF_A_KIND} of a kind a step"
    yield summary(diagnostics) + (limit if beyond else "")


def _command(diagnostic: Diagnostic, folder: str) -> str:
    place = diagnostic.place
    known = {
        "file": None if place.file is None else clean(folder + place.file),
        "line": place.line,
        "col": place.column,
        "title": diagnostic.rule,
    }
    properties = ",".join(
        f"{name}={str(value).translate(_IN_PROPERTIES)}" for name, value in known.items() if value is not None
    )
    lines = [sentence(diagnostic.message), *([f"help: {sentence(diagnostic.help)}"] if diagnostic.help else [])]
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{chr(10).join(lines).translate(_IN_DATA)}"


def _plain(diagnostic: Diagnostic) -> str:
    """A line that is no command: these begin with `::`."""
    place = str(diagnostic.place)
    text = f"- {place}{': ' if place else ''}{diagnostic.severity}: {diagnostic.message} [{diagnostic.rule}]"
    return sentence(text)
