"""Stopping what was sent: every batch that is not final yet, whatever the provider answers meanwhile."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.connection import Client
from bland_deploy.errors import AuthenticationFailed, DeployError
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.operations.provider.listed import AT_ONCE, list_batches, list_calls, stop_batch
from bland_deploy.state.log import Log

BUDGET = 600.0
"""Seconds for which batches that could not be stopped are tried again."""


class Target(NamedTuple):
    """A batch to stop. Without a stamp in its metadata, its campaign is not known, and written as `?`."""

    campaign: str
    api: str
    batch_id: str


def sent_batches(logs: Iterable[Log]) -> Iterator[Target]:
    """Everything that was sent by these logs, the newest first: what was sent last is what is still to be dialled."""
    for log in logs:
        for attempt in reversed(tuple(log.standing.attempts.values())):
            if attempt.batch_id is not None:
                yield Target(log.campaign, attempt.claim.api, attempt.batch_id)


def listed_batches(client: Client, campaigns: Collection[str]) -> tuple[tuple[Target, ...], tuple[DeployError, ...]]:
    """Every batch of these campaigns, of all when none is named, that bears a stamp; and why a list could not be had.

    Nothing but the provider is asked, so it works where the state is lost. Raises where no list can be had at all.
    """
    found: dict[str, tuple[str, Target]] = {}
    problems: list[DeployError] = []
    for api in sorted(VERSIONS, reverse=True):
        try:
            batches = list_batches(client, [api])
        except DeployError as problem:
            problems.append(problem)
            continue
        for batch in batches:
            campaign = batch.stamp.campaign if batch.stamp else "?" if batch.attempt else None
            if campaign is not None and (not campaigns or campaign in campaigns):
                found.setdefault(batch.batch_id, (batch.created_at or "", Target(campaign, api, batch.batch_id)))
    if len(problems) == len(VERSIONS):
        raise problems[0]
    newest_first = sorted(found.values(), key=lambda pair: pair[0], reverse=True)
    return tuple(target for _, target in newest_first), tuple(problems)


def stop(
    client: Client, targets: Sequence[Target], again: Callable[[int], None], budget: float = BUDGET
) -> tuple[StoppedBatch, ...]:
    """Ask the provider to stop each batch, and those that could not be stopped once more, for `budget` seconds.

    `again` hears how many are tried once more. The provider refuses to stop what is finished; calls that are being
    talked are not cut off. Raises AuthenticationFailed where the key may stop nothing.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return _stop_all(client, targets, again, budget, pool.map)


def stop_in_turn(client: Client, targets: Sequence[Target], budget: float) -> tuple[StoppedBatch, ...]:
    """The same of few batches, in turn: no thread is waited for, so a second signal ends it at any moment."""
    return _stop_all(client, targets, lambda _left: None, budget, map)


def _stop_all(
    client: Client,
    targets: Sequence[Target],
    again: Callable[[int], None],
    budget: float,
    each: Callable[..., Iterator[Any]],
) -> tuple[StoppedBatch, ...]:
    clock = client.manners.clock
    until = clock.monotonic() + budget
    ended: dict[Target, StoppedBatch | DeployError] = {}
    left: Sequence[Target] = targets
    while left:
        ended.update(zip(left, each(partial(_stop, client), left), strict=True))
        refused = [end for end in ended.values() if isinstance(end, AuthenticationFailed)]
        if refused and len(refused) == len(ended):
            raise refused[0]
        left = [target for target, end in ended.items() if isinstance(end, DeployError)]
        if clock.monotonic() >= until:
            break
        if left:
            again(len(left))
    return tuple(each(partial(_told, client), ended, ended.values()))


def _stop(client: Client, target: Target) -> StoppedBatch | DeployError:
    try:
        answer = stop_batch(client, target.api, target.batch_id)
    except DeployError as problem:
        return problem
    return StoppedBatch(target.campaign, target.batch_id, answer.done, False, answer.message, answer.calls)


def _told(client: Client, target: Target, end: StoppedBatch | DeployError) -> StoppedBatch:
    """What became of a stop, with how many phones may have rung before; not to know that is no failure.

    v2 answers the same for a batch that was over (API reference, 3.1): one without a cancelled call was.
    """
    if isinstance(end, DeployError):
        return StoppedBatch(target.campaign, target.batch_id, stopped=False, failed=True, message=end.message)
    if not end.stopped:
        return end
    try:
        calls = list_calls(client, target.batch_id)
    except DeployError:
        return end
    dialled = sum(not call.undialled for call in calls)
    cancelled = len(calls) - dialled if end.calls is None else end.calls
    return end._replace(stopped=cancelled > 0, calls=cancelled, dialled=dialled)
