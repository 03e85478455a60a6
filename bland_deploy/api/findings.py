"""What checks find: mistakes and doubts about fields, by path. Places in files are added by those who know them."""

from typing import Final, NamedTuple

from bland_deploy.diagnostics import Severity


class Finding(NamedTuple):
    """One mistake or doubt about the value at `path`. Messages quote names of fields, never values or numbers."""

    path: tuple[str | int, ...]
    rule: str
    severity: Severity
    message: str
    help: str | None = None


class Unknown:
    """Some value that is not known yet, since a template is to give it. It is checked when it is rendered."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def refused(path: tuple[str | int, ...], rule: str, message: str, way_out: str | None = None) -> Finding:
    """An error: the documentation says that the create refuses it, or it cannot be built."""
    return Finding(path, rule, Severity.ERROR, message, way_out)


def blocked(path: tuple[str | int, ...], rule: str, message: str, way_out: str | None = None) -> Finding:
    """An error where somebody can be rung, a warning elsewhere: Bland takes it, to the harm of people."""
    return Finding(path, rule, Severity.ERROR, message, way_out)


def doubt(path: tuple[str | int, ...], rule: str, message: str, way_out: str | None = None) -> Finding:
    """A warning: for a person to judge."""
    return Finding(path, rule, Severity.WARNING, message, way_out)


def given(value: object) -> bool:
    """Whether a field has a value that is known: null says nothing, and a template may leave its key out."""
    return value is not None and value is not UNKNOWN
