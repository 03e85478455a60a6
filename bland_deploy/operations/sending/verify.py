"""After the sends: one live batch at the provider for each claim, extras stopped, late news taken in."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from bland_deploy.api.answers import parse_status
from bland_deploy.api.outcomes import Listed, Stopped
from bland_deploy.api.versions import VERSIONS
from bland_deploy.client.read import get_json
from bland_deploy.diagnostics import Diagnostic, warning
from bland_deploy.errors import DeployError
from bland_deploy.model.applied import BatchFate
from bland_deploy.model.entries import Verified, instant
from bland_deploy.operations.provider.listed import list_batches, stop_batch
from bland_deploy.operations.provider.witness import by_attempt, settle
from bland_deploy.operations.sending.dispatch import Dispatched
from bland_deploy.operations.sending.send import Sent
from bland_deploy.operations.sending.world import World
from bland_deploy.state.log import Log, record
from bland_deploy.state.replay import Attempt, Phase

UNLISTED = "unlisted-batch"


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
        after[campaign], news = _settle_and_look_after(before, batches, world, ours)
        found += news
    return [_with_news(item, after) for item in done], after, found


def _settle_and_look_after(
    log: Log, batches: Sequence[Listed], world: World, ours: Container[str]
) -> tuple[Log, list[Diagnostic]]:
    try:
        log, found = look_after(settle(log, batches, world.now(), ours), batches, world)
        # so soon after the send a list may lag; the next run will say it
        return log, [item for item in found if item.rule != UNLISTED]
    except DeployError as problem:
        return log, [_later(problem)]


def look_after(log: Log, batches: Sequence[Listed], world: World) -> tuple[Log, list[Diagnostic]]:
    """The duty towards what was sent, by this run or an earlier one.

    Extra batches are stopped, and what is as it should be is recorded as verified. What fails is said, and left to the
    next run.
    """
    listed, ids = by_attempt(batches), {batch.batch_id for batch in batches}
    verified, found = list[str](), list[Diagnostic]()
    for attempt in log.standing.in_phase(Phase.SENT):
        extras = [batch for batch in listed.get(attempt.batch.attempt, []) if batch.batch_id != attempt.batch_id]
        try:
            ended = [_end_extra(attempt, extra, world, found) for extra in extras]
        except DeployError as problem:
            found.append(_later(problem))
            continue
        if attempt.verified:
            continue
        if attempt.batch_id not in ids:
            found.append(_unlisted(attempt))
        elif all(ended):
            verified.append(attempt.batch.attempt)
    if verified:
        log = record(log, Verified(at=instant(world.now()), attempts=tuple(verified)))
    return log, found


def _unlisted(attempt: Attempt) -> Diagnostic:
    return warning(
        UNLISTED,
        f"the provider does not list batch {attempt.batch_id}, which it said that it had made",
        help="check that the key is still of the account that was sent from; if so, apply again later",
    )


def _later(problem: DeployError) -> Diagnostic:
    return warning("verify-later", f"what was sent could not be verified: {problem.message}", help="apply again")


def _end_extra(attempt: Attempt, extra: Listed, world: World, found: list[Diagnostic]) -> bool:
    """Stop a batch that carries the attempt of another one: the same people would be called twice.

    Gives whether it is over. One that had ended before it was first seen is reported all the same.
    """
    api = attempt.claim.api
    over = parse_status(api, get_json(world.client, VERSIONS[api].status_path(extra.batch_id)).body).final
    if over and attempt.verified:
        return True
    stopped = Stopped(done=True) if over else stop_batch(world.client, api, extra.batch_id)
    became = f"stopping it failed: {stopped.message}"
    if stopped.done:
        became = "it had ended already" if over else "it was stopped"
    found.append(
        warning(
            "extra-batch",
            f"the provider has a second batch {extra.batch_id} of the send that gave {attempt.batch_id}; {became}",
            help="check in the provider's dashboard whether anybody was called twice",
        )
    )
    return stopped.done


def _with_news(item: Dispatched, logs: Mapping[str, Log]) -> Dispatched:
    """A held batch that turned out to be sent."""
    attempt = logs[item.claimed.request.campaign].standing.attempts[item.claimed.attempt]
    if item.sent.batch.fate is not BatchFate.HELD or attempt.phase is not Phase.SENT:
        return item
    batch = replace(item.sent.batch, fate=BatchFate.SENT, batch_id=attempt.batch_id, reason=None)
    return Dispatched(item.claimed, Sent(batch))
