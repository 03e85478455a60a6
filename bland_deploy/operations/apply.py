"""Apply: settle what is open, witness, difference, claim, send, record, verify. Each step only adds to the log."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from bland_deploy.diagnostics import Diagnostic, in_order
from bland_deploy.errors import ExitCode
from bland_deploy.model.applied import Applied, BatchFate
from bland_deploy.model.plan import NO_LINEAGE, Plan
from bland_deploy.operations.claim import begin, claim_all, open_checked
from bland_deploy.operations.dispatch import Dispatched, dispatch
from bland_deploy.operations.plan import Aim, Work, difference, make_plan
from bland_deploy.operations.provider import account_fingerprint, list_batches
from bland_deploy.operations.verify import verify
from bland_deploy.operations.witness import refuse_unknown, settle
from bland_deploy.operations.world import Asked, World
from bland_deploy.state.log import Log
from bland_deploy.state.replay import UNFINISHED, Phase


def apply(works: Sequence[Work], aim: Aim, world: World, asked: Asked, found: Sequence[Diagnostic]) -> Applied:
    """Send what is left to send of these campaigns, and record it.

    Raises before anything is sent; after that, whatever happens is in the result and its exit code. `aim` has the
    state key.
    """
    assert aim.state_key is not None
    with ExitStack() as held:
        for work in works:
            held.enter_context(world.store.lock(_id(work), 0.0))
        account = account_fingerprint(world.client)
        logs = {_id(work): open_checked(world, _id(work), aim.state_key, account) for work in works}
        world.passed("opened")
        logs = _settled(works, logs, world)
        world.passed("settled")
        plan = _plan(works, logs, aim, found)
        asked.approve(plan)
        if not plan.calls:
            return _result(works, logs, aim, (), found)
        begun = {name: log or begin(world, name, aim.state_key, account) for name, log in logs.items()}
        world.passed("begun")
        claimed, begun = claim_all(works, begun, aim, world, plan.digest)
        world.passed("claimed")
        world.sleep(world.settle)
        _witness(works, begun, world)
        world.passed("witnessed")
        pauses = {campaign.campaign: campaign.pause for campaign in plan.campaigns}
        done, begun = dispatch(claimed, begun, world, asked, pauses)
        world.passed("dispatched")
        done, begun, news = verify(done, begun, world)
        world.passed("verified")
        return _result(works, begun, aim, done, [*found, *news])


def _id(work: Work) -> str:
    return work.prepared.campaign.campaign


def _settled(works: Sequence[Work], logs: Mapping[str, Log | None], world: World) -> dict[str, Log | None]:
    """End what earlier runs left open; refuse to go on where the provider knows more than the state."""
    batches = list_batches(world.client, {work.prepared.version.name for work in works})
    settled: dict[str, Log | None] = {}
    for work in works:
        log = logs[_id(work)]
        refuse_unknown(_id(work), work.prepared.campaign.round, log, batches)
        settled[_id(work)] = settle(log, batches, world.now()) if log else None
    return settled


def _plan(works: Sequence[Work], logs: Mapping[str, Log | None], aim: Aim, found: Sequence[Diagnostic]) -> Plan:
    campaigns = [
        difference(work, aim, log, log.manifest.lineage if log else NO_LINEAGE)
        for work in works
        for log in [logs[_id(work)]]
    ]
    return make_plan(works, campaigns, aim, state_read=True, found=found)


def _witness(works: Sequence[Work], logs: Mapping[str, Log], world: World) -> None:
    """Look once more, now that the claims are visible: whoever sent meanwhile from another state stops us here."""
    batches = list_batches(world.client, {work.prepared.version.name for work in works})
    for work in works:
        refuse_unknown(_id(work), work.prepared.campaign.round, logs[_id(work)], batches)


def _result(
    works: Sequence[Work],
    logs: Mapping[str, Log | None],
    aim: Aim,
    done: Sequence[Dispatched],
    found: Sequence[Diagnostic],
) -> Applied:
    open_holds = sum(
        attempt.batch.calls
        for log in logs.values()
        if log is not None
        for attempt in log.standing.in_phase(Phase.HELD, *UNFINISHED)
    )
    after = [difference(work, aim, logs[_id(work)], NO_LINEAGE).counts.sent for work in works]
    sent_now = sum(item.sent.batch.calls for item in done if item.sent.batch.fate is BatchFate.SENT)
    return Applied(
        environment=aim.environment,
        batches=tuple(item.sent.batch for item in done),
        exit_code=_exit_code(done, open_holds),
        open_holds=open_holds,
        done_before=sum(after) - sent_now,
        diagnostics=in_order(found),
    )


def _exit_code(done: Sequence[Dispatched], open_holds: int) -> ExitCode:
    """8 wins, then an interrupt, then 7, then the reason why nothing was sent."""
    codes = [item.sent.code for item in done if item.sent.code is not ExitCode.DONE]
    if open_holds:
        return ExitCode.UNKNOWN
    for code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
        if code in codes:
            return code
    if not codes:
        return ExitCode.DONE
    sent = any(item.sent.batch.fate is BatchFate.SENT for item in done)
    return ExitCode.PARTIAL if sent else codes[0]
