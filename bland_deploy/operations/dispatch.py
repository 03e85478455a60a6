"""Claimed batches onto the wire, one after the other."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.applied import AppliedBatch, BatchFate
from bland_deploy.model.entries import Void, instant
from bland_deploy.operations.claim import claim_again, claim_rest
from bland_deploy.operations.pacing import Pace
from bland_deploy.operations.send import Claimed, Sent, send
from bland_deploy.operations.world import Asked, World
from bland_deploy.state.log import Log, record

UNKNOWN_IN_A_ROW = 3
"""So many sends in a row whose outcome is unknown end a run: something on the way eats answers."""
REFUSED_IN_A_ROW = 3
"""So many refused batches in a row end a run: the next one would fare no better."""


class Dispatched(NamedTuple):
    """A claimed batch and what became of it."""

    claimed: Claimed
    sent: Sent


def dispatch(
    claimed: Sequence[Claimed], logs: Mapping[str, Log], world: World, asked: Asked, pauses: Mapping[str, float]
) -> tuple[list[Dispatched], dict[str, Log]]:
    """Send batch after batch, until all are sent or going on makes no sense; the rest is void again.

    `pauses` are seconds between the batches of a campaign.
    """
    after, done, pace = dict(logs), list[Dispatched](), Pace()
    for number, batch in enumerate(claimed):
        campaign = batch.request.campaign
        goes_on = number > 0 and claimed[number - 1].request.campaign == campaign
        world.sleep(max(pace.pause, pauses.get(campaign, 0.0) if goes_on else 0.0))
        if world.interrupted() is not None:
            break
        item, pace = _send(world, after[campaign], batch, pace, asked)
        after[campaign] = item.sent.log
        done.append(item)
        asked.told(item.sent.batch)
        if not item.sent.goes_on or _broken(done):
            break
    return _give_back(claimed[len(done) :], done, after, world)


def _send(world: World, log: Log, batch: Claimed, pace: Pace, asked: Asked) -> tuple[Dispatched, Pace]:
    """Send a batch; where it was provably not sent and may be sent again, claim it anew and do so, ever more slowly."""
    batch, sent = _send_rest(world, log, batch)
    pace = Pace(pace.pause)
    while sent.again is not None:
        pace = pace.slower()
        anew = _after_a_wait(world, batch, sent, pace.wait(sent.again), asked)
        if anew is None:
            break
        batch, sent = _send_rest(world, anew[1], anew[0])
    code = world.interrupted()
    if sent.again is not None and code is not None:
        sent = replace(sent, code=code)
    return Dispatched(batch, sent), pace.faster() if sent.batch.fate is BatchFate.SENT else pace


def _send_rest(world: World, log: Log, batch: Claimed) -> tuple[Claimed, Sent]:
    """Send a batch; where people of it were suppressed meanwhile, void it and claim it anew for the rest."""
    planned, sent = batch.request.calls, send(world, log, batch)
    while sent.dropped:
        world.passed("dropped people")
        try:
            anew = claim_rest(sent.log, batch, sent.dropped, world)
        except DeployError:
            return batch, sent
        if anew is None:
            return batch, replace(sent, code=ExitCode.DONE)
        batch, log = anew
        sent = send(world, log, batch)
    less = planned - batch.request.calls
    if less and sent.batch.reason is None:
        sent = replace(sent, batch=replace(sent.batch, reason=f"{less:,} suppressed meanwhile, and left out"))
    return batch, sent


def _after_a_wait(
    world: World, batch: Claimed, sent: Sent, wait: float | None, asked: Asked
) -> tuple[Claimed, Log] | None:
    """The batch claimed anew; None where it is not to be sent again: too often, interrupted, or others were faster."""
    if wait is None:
        return None
    asked.waits(sent.batch.reason or "", wait)
    world.sleep(wait)
    if world.interrupted() is not None:
        return None
    try:
        return claim_again(sent.log, batch, world)
    except DeployError:
        return None


def _broken(done: Sequence[Dispatched]) -> bool:
    """Whether the last outcomes say that the next send would fare no better."""
    fates = [item.sent.batch.fate for item in done]
    limits = ((BatchFate.HELD, UNKNOWN_IN_A_ROW), (BatchFate.FAILED, REFUSED_IN_A_ROW))
    return any(len(fates) >= most and set(fates[-most:]) == {fate} for fate, most in limits)


def _give_back(
    unsent: Sequence[Claimed], done: list[Dispatched], logs: dict[str, Log], world: World
) -> tuple[list[Dispatched], dict[str, Log]]:
    """Void what was claimed and not sent, so that others need not find out. What cannot be, the next run finds."""
    code = world.interrupted() or (done[-1].sent.code if done else ExitCode.UNAVAILABLE)
    for batch in unsent:
        campaign, reason = batch.request.campaign, "the run ended before it"
        void = Void(at=instant(world.now()), attempt=batch.attempt, reason=reason)
        with suppress(DeployError):
            logs[campaign] = record(logs[campaign], void)
        fate = AppliedBatch(campaign, batch.request.calls, BatchFate.NOT_SENT, reason=reason)
        done.append(Dispatched(batch, Sent(fate, logs[campaign], code)))
    return done, logs
