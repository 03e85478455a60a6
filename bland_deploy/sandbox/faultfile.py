"""A plan of faults out of a file, in YAML or JSON."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bland_deploy.diagnostics import Diagnostic, error, has_errors
from bland_deploy.documents.nodes import Mapping, data, place_of
from bland_deploy.documents.read import read_document
from bland_deploy.errors import InvalidInput
from bland_deploy.sandbox.faults import FaultPlan


def read_faults(file: Path) -> FaultPlan:
    """The plan in a file. Raises InvalidInput with what is wrong with it."""
    resolved = file.resolve()
    node, found = read_document(resolved.parent, resolved.name)
    if node is None or has_errors(found):
        raise _no_plan(file, found)
    try:
        return FaultPlan.model_validate(data(node))
    except ValidationError as invalid:
        raise _no_plan(file, tuple(_mistakes(invalid, node))) from None


def _mistakes(invalid: ValidationError, node: Mapping) -> Iterator[Diagnostic]:
    for details in invalid.errors(include_url=False, include_input=False):
        path = _without_tags(details["loc"])
        named = ".".join(map(str, path)) or "the plan"
        is_key = details["type"] == "extra_forbidden"
        text = "is not a key of this fault" if is_key else details["msg"][:1].lower() + details["msg"][1:]
        yield error("fault-plan", f"`{named}`: {text}", place_of(node, path, key=is_key), "see docs/faults.md")


def _without_tags(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The location that pydantic gives, without the `do` that it puts behind the index of a fault."""
    return location[:2] + location[3:4]


def _no_plan(file: Path, found: tuple[Diagnostic, ...]) -> InvalidInput:
    return InvalidInput(f"{file} is not a plan of faults", help="docs/faults.md has examples", diagnostics=found)
