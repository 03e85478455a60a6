"""Stopping what was sent: every batch that is not final yet."""

from collections.abc import Iterable, Iterator

from bland_deploy.client.connection import Client
from bland_deploy.errors import DeployError
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.operations.provider import stop_batch
from bland_deploy.state.log import Log


def sent_batches(logs: Iterable[Log]) -> Iterator[tuple[str, str, str]]:
    """Campaign, API version and batch id of everything that was sent."""
    for log in logs:
        for attempt in log.standing.attempts.values():
            if attempt.batch_id is not None:
                yield log.campaign, attempt.claim.api, attempt.batch_id


def stop(client: Client, batches: Iterable[tuple[str, str, str]]) -> tuple[StoppedBatch, ...]:
    """Ask the provider to stop each batch. One that cannot be stopped does not keep the others running.

    The provider refuses to stop what is finished; calls that are being talked are not cut off.
    """
    return tuple(_stop(client, *batch) for batch in batches)


def _stop(client: Client, campaign: str, api: str, batch_id: str) -> StoppedBatch:
    try:
        answer = stop_batch(client, api, batch_id)
    except DeployError as problem:
        return StoppedBatch(campaign, batch_id, stopped=False, failed=True, message=problem.message)
    return StoppedBatch(
        campaign, batch_id, stopped=answer.done, failed=False, message=answer.message, calls=answer.calls
    )
