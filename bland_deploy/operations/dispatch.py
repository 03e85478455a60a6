"""Claimed batches onto the wire, one after the other."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bland_deploy.errors import ExitCode
from bland_deploy.model.applied import AppliedBatch, BatchFate
from bland_deploy.model.entries import Void, instant
from bland_deploy.operations.send import Claimed, Sent, send
from bland_deploy.operations.world import Asked, World
from bland_deploy.state.log import Log, record

REFUSALS_IN_A_ROW = 3
"""So many refused or unclear batches in a row end a run: the next one would fare no better."""


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
    after, done = dict(logs), list[Dispatched]()
    failures = 0
    for number, batch in enumerate(claimed):
        campaign = batch.request.campaign
        if number and claimed[number - 1].request.campaign == campaign:
            world.sleep(pauses.get(campaign, 0.0))
        if world.interrupted() is not None:
            break
        sent = send(world, after[campaign], batch)
        after[campaign] = sent.log
        done.append(Dispatched(batch, sent))
        asked.told(sent.batch)
        failures = 0 if sent.batch.fate is BatchFate.SENT else failures + 1
        if not sent.goes_on or failures == REFUSALS_IN_A_ROW:
            break
    return _give_back(claimed[len(done) :], done, after, world)


def _give_back(
    unsent: Sequence[Claimed], done: list[Dispatched], logs: dict[str, Log], world: World
) -> tuple[list[Dispatched], dict[str, Log]]:
    """Void what was claimed and not sent, so that others need not find out."""
    code = world.interrupted() or (done[-1].sent.code if done else ExitCode.UNAVAILABLE)
    for batch in unsent:
        campaign, reason = batch.request.campaign, "the run ended before it"
        void = Void(at=instant(world.now()), attempt=batch.attempt, reason=reason)
        logs[campaign] = record(logs[campaign], void)
        fate = AppliedBatch(campaign, batch.request.calls, BatchFate.NOT_SENT, reason=reason)
        done.append(Dispatched(batch, Sent(fate, logs[campaign], code)))
    return done, logs
