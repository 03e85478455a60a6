"""Calls to finished requests: the envelope rendered for each batch, the stamp put in its places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bland_deploy.api.stamps import Stamped
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.plan import NO_ATTEMPT, Call, Request
from bland_deploy.model.run import Run
from bland_deploy.model.stamp import Stamp, suffix
from bland_deploy.operations.checks.shared import check_parts, stamp_notes
from bland_deploy.operations.prepare import Parts, Prepared, render_parts
from bland_deploy.planning.assemble import Marks, assemble
from bland_deploy.planning.split import split
from bland_deploy.prompts.scopes import make_batch_scope


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, with which headers beside the version's, under which lineage, and how calls were marked."""

    environment: str
    headers: tuple[str, ...]
    lineage: str
    marks: Marks


def make_requests(prepared: Prepared, calls: Sequence[Call], run: Run, target: Target) -> tuple[Request, ...]:
    """The requests for these calls, in order. Raises RenderFailed where a template cannot be rendered."""
    return tuple(_request(prepared, batch, parts, target) for batch, parts in _batches(prepared, calls, run))


def check_requests(prepared: Prepared, calls: Sequence[Call], run: Run) -> Iterator[Diagnostic]:
    """What is wrong with what the calls of each batch share. Raises RenderFailed."""
    for _, parts in _batches(prepared, calls, run):
        yield from check_parts(prepared, parts)
        yield from stamp_notes(prepared, _stamped(prepared, parts, "", NO_ATTEMPT))


def _batches(prepared: Prepared, calls: Sequence[Call], run: Run) -> Iterator[tuple[Sequence[Call], Parts]]:
    batches = list(split(calls, prepared.campaign.split.size))
    for index, batch in enumerate(batches, start=1):
        parts = render_parts(prepared, run, make_batch_scope(index, len(batches), len(batch)))
        yield batch, parts
        if is_test(prepared, parts):
            break


def is_test(prepared: Prepared, parts: Parts) -> bool:
    """Whether the provider dials the first recipient only (v1's `test_mode`)."""
    return prepared.version.name == "v1" and parts.test_mode


def _stamped(prepared: Prepared, parts: Parts, stamp: str, attempt: str) -> Stamped:
    """The envelope with marks where its stamp goes, as far as the campaign wants one."""
    wanted = prepared.campaign.stamp
    envelope = prepared.version.envelope(parts.prompt, parts.call, parts.batch, parts.description)
    return prepared.version.stamp_into(
        envelope,
        stamp if "metadata" in wanted else None,  # type: ignore[arg-type]  # a mark stands in for the stamp
        suffix(attempt) if "description" in wanted else None,
    )


def _request(prepared: Prepared, batch: Sequence[Call], parts: Parts, target: Target) -> Request:
    campaign, version, marks = prepared.campaign, prepared.version, target.marks
    rung = batch[:1] if is_test(prepared, parts) else batch
    stamp = Stamp(target.lineage, campaign.campaign, campaign.round, NO_ATTEMPT, len(rung))
    envelope = {**_stamped(prepared, parts, marks.stamp, marks.attempt).envelope, version.calls_key: marks.calls}
    body, slots = assemble(envelope, [call.body for call in batch], stamp, marks)
    return Request(
        campaign=campaign.campaign,
        environment=target.environment,
        method=version.method,
        path=version.path,
        headers=(*version.headers, *target.headers),
        calls_key=version.calls_key,
        body=body,
        slots=slots,
        keys=tuple(call.key for call in rung),
        numbers=tuple(call.identity for call in batch),
    )
