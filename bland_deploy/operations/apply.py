"""Apply: settle what is open, witness, difference, claim, send, record, verify. Each step only adds to the log."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from bland_deploy.diagnostics import Diagnostic, in_order
from bland_deploy.errors import DeployError, ExitCode, Unfinished
from bland_deploy.model.applied import Applied, BatchFate
from bland_deploy.model.plan import Plan
from bland_deploy.operations.guards.watch import InState
from bland_deploy.operations.plans.proposal import Logs, Proposal, propose
from bland_deploy.operations.plans.work import Aim, Work
from bland_deploy.operations.provider.listed import account_fingerprint, list_batches
from bland_deploy.operations.provider.witness import refuse_unknown, refuse_unsent, settle
from bland_deploy.operations.release import WAVE_NOT_DUE, Passage, pass_gates
from bland_deploy.operations.sending.claim import Basis, begin, claim_all, open_checked
from bland_deploy.operations.sending.dispatch import Dispatched, dispatch
from bland_deploy.operations.sending.verify import look_after, verify
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.state.log import Log, refresh
from bland_deploy.state.replay import UNFINISHED, Phase


def apply(works: Sequence[Work], aim: Aim, world: World, asked: Asked, found: Sequence[Diagnostic]) -> Applied:
    """Send what is left to send of campaigns that were just read, as `carry_out` does. `aim` has the state key."""
    assert aim.state_key is not None
    in_state = InState(world.store, aim.state_key)
    return carry_out(propose(works, aim, found, in_state), aim.state_key, world, asked)


def carry_out(proposal: Proposal, state_key: bytes, world: World, asked: Asked) -> Applied:
    """Send what is left to send of a proposal, and record it.

    Raises before anything is sent; after that, whatever happens is in the result and its exit code.
    """
    with ExitStack() as held:
        for offer in proposal.offers:
            held.enter_context(world.store.lock(offer.campaign, 0.0))
        account = account_fingerprint(world.client)
        logs = _opened(proposal, state_key, world, account)
        world.passed("opened")
        logs, news = _settled(proposal, logs, world)
        world.passed("settled")
        passage = pass_gates(proposal.plan(logs), logs, world, asked.promoter)
        plan, news = passage.plan, [*news, *passage.news]
        world.stop_if_interrupted()
        asked.approve(plan)
        if not plan.calls:
            return _result(plan, logs, (), news)
        begun = {name: log or begin(world, name, state_key, account) for name, log in logs.items()}
        world.passed("begun")
        asked.judge(proposal.frequent(plan))
        begun = passage.promote(begun, world, asked.promoter)
        done, begun, more = _send(proposal, passage, begun, world, asked)
        with _told_truly():
            return _result(plan, begun, done, [*news, *more])


def _send(
    proposal: Proposal, passage: Passage, logs: Mapping[str, Log], world: World, asked: Asked
) -> tuple[list[Dispatched], dict[str, Log], list[Diagnostic]]:
    """Claim and send what was approved, and verify it."""
    plan = passage.plan
    basis = Basis(plan.digest, proposal.plan_id, passage.released, passage.held_back)
    claimed, begun = claim_all(proposal, logs, world, basis)
    world.passed("claimed")
    world.sleep(world.settle)
    begun = _witness(proposal, begun, world)
    world.passed("witnessed")
    with _told_truly():
        done, begun = dispatch(claimed, begun, replace(world, dropped=proposal.dropped), asked, _pauses(plan))
        world.passed("dispatched")
        done, begun, more = verify(done, begun, world)
        world.passed("verified")
    return done, begun, more


def _pauses(plan: Plan) -> dict[str, float]:
    return {campaign.campaign: campaign.pause for campaign in plan.campaigns}


@contextmanager
def _told_truly() -> Iterator[None]:
    """From here on batches may have been sent, so no failure may say that nothing was."""
    try:
        yield
    except DeployError as problem:
        raise Unfinished(problem.message, help=problem.help) from problem
    except Exception as problem:
        raise Unfinished(f"unexpected error ({type(problem).__name__})") from problem


def _opened(proposal: Proposal, state_key: bytes, world: World, account: str | None) -> dict[str, Log | None]:
    """The logs, where they are those that the proposal was made against."""
    names = [offer.campaign for offer in proposal.offers]
    logs = {name: open_checked(world, name, state_key, account) for name in names}
    proposal.refuse(logs)
    return logs


def _settled(proposal: Proposal, logs: Logs, world: World) -> tuple[dict[str, Log | None], list[Diagnostic]]:
    """End what earlier runs left open, and see to what they sent; refuse to go on where the provider knows more."""
    batches = list_batches(world.client, _apis(proposal, logs))
    settled: dict[str, Log | None] = {}
    found: list[Diagnostic] = []
    for offer in proposal.offers:
        log = _up_to_date(logs[offer.campaign])
        refuse_unknown(offer.campaign, offer.round, log, batches)
        if log is not None:
            log, news = look_after(settle(log, batches, world.now()), batches, world)
            found += news
        settled[offer.campaign] = log
    if any(_took_over(logs[campaign], log) for campaign, log in settled.items()):
        world.sleep(world.settle)
    return settled, found


def _took_over(before: Log | None, after: Log | None) -> bool:
    """Whether claims were voided meanwhile: a run that is alive must see that before its people are sent to."""
    known = before.standing.attempts if before else {}
    voided = after.standing.in_phase(Phase.VOID) if after else ()
    return any(attempt != known.get(attempt.batch.attempt) for attempt in voided)


def _apis(proposal: Proposal, logs: Logs) -> set[str]:
    """The generations of the API that bear witness: of what is sent now, and of what was sent before."""
    before = {attempt.claim.api for log in logs.values() if log for attempt in log.standing.attempts.values()}
    return before | {offer.api for offer in proposal.offers}


def _up_to_date(log: Log | None) -> Log | None:
    """The log as it is after the provider's list was read: what others sent and is listed was claimed before that."""
    return refresh(log) if log else None


def _witness(proposal: Proposal, logs: Mapping[str, Log], world: World) -> dict[str, Log]:
    """Look once more, now that the claims are visible: whoever sent meanwhile from another state stops us here.

    Gives the logs with what others wrote meanwhile: a run whose claims were voided must not go on.
    """
    batches = list_batches(world.client, _apis(proposal, logs))
    after = {campaign: refresh(log) for campaign, log in logs.items()}
    for offer in proposal.offers:
        refuse_unknown(offer.campaign, offer.round, after[offer.campaign], batches)
        refuse_unsent(after[offer.campaign], batches)
    return after


def _result(plan: Plan, logs: Logs, done: Sequence[Dispatched], news: Sequence[Diagnostic] = ()) -> Applied:
    open_holds = sum(
        attempt.batch.calls
        for log in logs.values()
        if log is not None
        for attempt in log.standing.in_phase(Phase.HELD, *UNFINISHED)
    )
    return Applied(
        environment=plan.environment,
        batches=tuple(item.sent.batch for item in done),
        exit_code=_exit_code(done, open_holds, waits=any(item.rule == WAVE_NOT_DUE for item in news)),
        open_holds=open_holds,
        done_before=sum(campaign.counts.sent for campaign in plan.campaigns),
        diagnostics=in_order([*plan.diagnostics, *news]),
    )


def _exit_code(done: Sequence[Dispatched], open_holds: int, *, waits: bool) -> ExitCode:
    """8 wins, then an interrupt, then 7, then the reason why nothing was sent. `waits` where a wave is not due."""
    codes = [item.sent.code for item in done if item.sent.code is not ExitCode.DONE]
    if open_holds:
        return ExitCode.UNKNOWN
    for code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
        if code in codes:
            return code
    if waits:
        codes.append(ExitCode.BLOCKED)
    if not codes:
        return ExitCode.DONE
    sent = any(item.sent.batch.fate is BatchFate.SENT for item in done)
    return ExitCode.PARTIAL if sent else codes[0]
