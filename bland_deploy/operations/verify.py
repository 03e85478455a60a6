"""After the sends: one live batch at the provider for each claim, extras stopped, late news taken in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bland_deploy.api.outcomes import Listed
from bland_deploy.diagnostics import Diagnostic, warning
from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.applied import BatchFate
from bland_deploy.model.entries import Verified, instant
from bland_deploy.operations.dispatch import Dispatched
from bland_deploy.operations.provider import list_batches, stop_batch
from bland_deploy.operations.send import Sent
from bland_deploy.operations.witness import by_attempt, settle
from bland_deploy.operations.world import World
from bland_deploy.state.log import Log, record
from bland_deploy.state.replay import Attempt, Phase


def verify(
    done: Sequence[Dispatched], logs: Mapping[str, Log], world: World
) -> tuple[list[Dispatched], dict[str, Log], list[Diagnostic]]:
    """Look at the provider's list once more. What cannot be verified now is left to a later run, and said.

    A batch whose answer was lost and which the list shows after all was sent.
    """
    after = dict(logs)
    if any(item.sent.batch.fate is BatchFate.HELD for item in done):
        world.sleep(world.settle)
    try:
        batches = list_batches(world.client, {item.claimed.api for item in done})
    except DeployError as problem:
        return list(done), after, [_later(problem)]
    found: list[Diagnostic] = []
    ours = {item.claimed.attempt for item in done}
    for campaign, before in logs.items():
        try:
            log = after[campaign] = settle(before, batches, world.now(), ours)
            found += _stop_extras(log, batches, world)
            after[campaign] = _verified(log, batches, world)
        except DeployError as problem:
            found.append(_later(problem))
    return [_with_news(item, after) for item in done], after, found


def _later(problem: DeployError) -> Diagnostic:
    return warning("verify-later", f"what was sent could not be verified: {problem.message}", help="apply again")


def _stop_extras(log: Log, batches: Iterable[Listed], world: World) -> Iterable[Diagnostic]:
    """Stop every batch that carries the attempt of another one: the same people would be called twice."""
    listed = by_attempt(batches)
    for attempt in log.standing.in_phase(Phase.SENT):
        for extra in listed.get(attempt.batch.attempt, []):
            if extra.batch_id == attempt.batch_id:
                continue
            stopped = stop_batch(world.client, attempt.claim.api, extra.batch_id)
            became = "it was stopped" if stopped.done else f"stopping it failed: {stopped.message}"
            yield warning(
                "extra-batch",
                f"the provider has a second batch {extra.batch_id} of the send that gave {attempt.batch_id}; {became}",
                help="check in the provider's dashboard whether anybody was called twice",
            )


def _verified(log: Log, batches: Iterable[Listed], world: World) -> Log:
    listed = by_attempt(batches)
    unverified = [attempt for attempt in log.standing.in_phase(Phase.SENT) if not attempt.verified]
    attempts = tuple(attempt.batch.attempt for attempt in unverified if _is_listed(attempt, listed))
    return record(log, Verified(at=instant(world.now()), attempts=attempts)) if attempts else log


def _is_listed(attempt: Attempt, listed: Mapping[str, list[Listed]]) -> bool:
    return any(batch.batch_id == attempt.batch_id for batch in listed.get(attempt.batch.attempt, []))


def _with_news(item: Dispatched, logs: Mapping[str, Log]) -> Dispatched:
    """A held batch that turned out to be sent."""
    attempt = logs[item.claimed.request.campaign].standing.attempts[item.claimed.attempt]
    if item.sent.batch.fate is not BatchFate.HELD or attempt.phase is not Phase.SENT:
        return item
    batch = replace(item.sent.batch, fate=BatchFate.SENT, batch_id=attempt.batch_id, reason=None)
    return Dispatched(item.claimed, Sent(batch, item.sent.log, ExitCode.DONE))
