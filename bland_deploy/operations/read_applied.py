"""The document that `apply --format json` printed, read back into values."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bland_deploy.diagnostics import Diagnostic, Place, Severity
from bland_deploy.errors import InvalidInput
from bland_deploy.model.applied import Applied, AppliedBatch, BatchFate
from bland_deploy.operations.outputs import AppliedDocument, Failed, Found

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Failure:
    """A command that failed before there was anything to show."""

    exit_code: int
    diagnostics: tuple[Diagnostic, ...]
    outcome: str


def read_applied(content: bytes) -> Applied | Failure:
    """What an apply did, or how it failed. InvalidInput for what is neither."""
    done = _read(AppliedDocument, content)
    if done is not None:
        return Applied(
            environment=done.environment,
            batches=tuple(
                AppliedBatch(batch.campaign, batch.calls, BatchFate(batch.status), batch.batch_id, batch.reason)
                for batch in done.batches
            ),
            exit_code=done.exit_code,
            open_holds=done.open_holds,
            diagnostics=tuple(map(_diagnostic, done.diagnostics)),
        )
    failed = _read(Failed, content)
    if failed is None:
        raise InvalidInput(
            "the file given to --applied is not what `apply --format json` prints",
            help="`bland-deploy apply --format json > applied.json`, also where it fails",
        )
    return Failure(failed.exit_code, tuple(map(_diagnostic, failed.diagnostics)), failed.outcome)


def _read(model: type[_Model], content: bytes) -> _Model | None:
    try:
        return model.model_validate_json(content)
    except ValidationError:
        return None


def _diagnostic(found: Found) -> Diagnostic:
    place = Place(found.file, found.line, found.column)
    return Diagnostic(found.rule, Severity(found.severity), found.message, place, found.help)
