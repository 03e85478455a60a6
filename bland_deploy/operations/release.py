"""Whether the next wave of a round may begin: judged by the provider's figures, before anything is claimed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from bland_deploy.api.outcomes import ListedCall
from bland_deploy.archive import Archive
from bland_deploy.diagnostics import Diagnostic, Place, error, in_order, warning
from bland_deploy.errors import Blocked, InvalidInput
from bland_deploy.model.entries import GateFigure, Promotion, Refusal, instant
from bland_deploy.model.plan import CampaignPlan, Plan
from bland_deploy.model.waves import NextWave
from bland_deploy.operations.plans.waves import opened
from bland_deploy.operations.provider.results import Sent, ask_lacking, collect, read_results
from bland_deploy.operations.sending.claim import Released
from bland_deploy.operations.sending.world import Promoter, World
from bland_deploy.operations.stop import Target, stop
from bland_deploy.reports.gate import Health, Verdict, figures, verdict
from bland_deploy.reports.wording import missed
from bland_deploy.state.log import Log, record
from bland_deploy.state.replay import Attempt
from bland_deploy.state.several import receipts

WAVE_FAILED = "wave-failed"
WAVE_NOT_DUE = "wave-not-due"
PROMOTED_IN_VAIN = "promotion-not-needed"


class Judged(NamedTuple):
    """A wave that is not open, in its log, and what the gate before it says."""

    campaign: CampaignPlan
    log: Log
    wave: NextWave
    last: tuple[Attempt, ...]
    figures: tuple[GateFigure, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the wave may begin."""
        return verdict(self.figures)


@dataclass(frozen=True, slots=True)
class Passage:
    """What may be sent of a plan: the waves whose gate was passed, and those that a person promotes.

    `news` says which waves are not due, and `held_back` names their campaigns.
    """

    plan: Plan
    released: Mapping[str, Released] = field(default_factory=dict)
    promoted: tuple[Judged, ...] = ()
    news: tuple[Diagnostic, ...] = ()
    held_back: frozenset[str] = frozenset()

    def promote(self, logs: Mapping[str, Log], world: World, promoter: Promoter | None) -> dict[str, Log]:
        """The logs with the decisions to send these waves all the same."""
        after = dict(logs)
        for judged in self.promoted:
            assert promoter is not None
            entry = Promotion(
                at=instant(world.now()),
                by=world.by,
                round=judged.campaign.round,
                target=judged.wave.target,
                who=promoter.who,
                reason=promoter.reason,
                gate=judged.figures,
            )
            after[judged.log.campaign] = record(after[judged.log.campaign], entry)
            world.passed("promoted a wave")
        return after


def pass_gates(plan: Plan, logs: Mapping[str, Log | None], world: World, promoter: Promoter | None) -> Passage:
    """What may be sent of a plan by the figures of its waves. Asks the provider only where a new wave is to begin.

    Raises Blocked, where figures failed, before anything is sent of any campaign; and where nothing but waves that are
    not due is left. A wave that is not due does not keep other campaigns back.
    """
    if promoter is not None:
        _refuse_promotion(plan)
    judged = [_judge(campaign, logs[campaign.campaign], world) for campaign in plan.campaigns if _begins(campaign)]
    plan = _with_figures(plan, judged)
    if promoter is not None:
        promoted = tuple(item for item in judged if item.verdict is not Verdict.PASSED)
        return Passage(plan, _released(judged), promoted, () if promoted else (_in_vain(plan.campaigns[0]),))
    late = [item for item in judged if item.verdict is Verdict.NOT_DUE]
    _refuse_failed([item for item in judged if item.verdict is Verdict.FAILED], late, world)
    held_back = frozenset(item.campaign.campaign for item in late)
    rest = _without(plan, held_back)
    if late and not rest.calls:
        raise _blocked([_late(item, holds=True) for item in late])
    news = tuple(_late(item, holds=False) for item in late)
    return Passage(rest, _released(judged), news=news, held_back=held_back)


def _refuse_failed(failed: Sequence[Judged], late: Sequence[Judged], world: World) -> None:
    """Blocked where figures failed, once what is queued was stopped where that is asked for, and it was recorded."""
    if not failed:
        return
    stopped = [found for item in failed for found in _stop(item, world)]
    for item in failed:
        _record(item, world)
    raise _blocked([*map(_failed, failed), *(_late(item, holds=True) for item in late), *stopped])


def _refuse_promotion(plan: Plan) -> None:
    """InvalidInput unless the plan is of one campaign that has waves."""
    if len(plan.campaigns) != 1 or plan.campaigns[0].wave is None:
        what = "several campaigns" if len(plan.campaigns) > 1 else "a campaign without `rollout`"
        raise InvalidInput(f"--promote lets one wave of one campaign begin, and this is {what}", help="name it")


def _in_vain(campaign: CampaignPlan) -> Diagnostic:
    message = f"--promote was not needed: no gate keeps {campaign.campaign} back, and nothing of it was recorded"
    return warning(PROMOTED_IN_VAIN, message, Place(campaign.file))


def _begins(campaign: CampaignPlan) -> bool:
    return campaign.wave is not None and not campaign.wave.is_open and campaign.counts.create > 0


def _with_figures(plan: Plan, judged: Sequence[Judged]) -> Plan:
    """The plan with what was judged, for whoever approves it."""
    waves = {item.log.campaign: replace(item.wave, figures=item.figures) for item in judged}
    campaigns = (replace(item, wave=waves.get(item.campaign, item.wave)) for item in plan.campaigns)
    return replace(plan, campaigns=tuple(campaigns))


def _released(judged: Sequence[Judged]) -> dict[str, Released]:
    return {
        item.log.campaign: Released(item.wave.target, item.figures) for item in judged if item.verdict is Verdict.PASSED
    }


def _without(plan: Plan, late: frozenset[str]) -> Plan:
    """The plan without the calls of these campaigns: they come later."""
    return replace(plan, campaigns=tuple(_later(item) if item.campaign in late else item for item in plan.campaigns))


def _later(campaign: CampaignPlan) -> CampaignPlan:
    counts = replace(campaign.counts.plus(deferred=campaign.counts.create), create=0)
    cost = replace(campaign.cost, estimate=0.0, upper_bound=0.0)
    return replace(campaign, counts=counts, requests=(), cost=cost, objections=(), repeated=0)


def _judge(campaign: CampaignPlan, log: Log | None, world: World) -> Judged:
    """Ask for the calls of the last wave, and hold them against the gate."""
    assert log is not None
    assert campaign.wave is not None
    gate, last = campaign.wave.rollout.gate, opened(log, campaign.round).last
    batches = [Sent(log, attempt) for attempt in last if attempt.batch_id is not None]
    health = Health(sum(attempt.batch.calls for attempt in last))
    with world.archive() as archive:
        collect(world.client, batches, archive, lambda _calls: None, details=False)
        if gate.opt_out is not None:
            for batch in batches:
                ask_lacking(world.client, batch, archive, _is_undisposed)
        health.add(read_results(batches, archive, None, {}))
        seconds = (world.now() - _last_moment(log, last, archive, world.now())).total_seconds()
    return Judged(campaign, log, campaign.wave, last, figures(gate, health, seconds))


def _is_undisposed(call: ListedCall) -> bool:
    """Whether somebody answered a call of which the list tells no disposition."""
    return call.outcome == "answered" and call.disposition is None


def _last_moment(log: Log, last: Sequence[Attempt], archive: Archive, now: datetime) -> datetime:
    """When a wave was last sent to or dialled, by the log and the provider.

    What the provider tells of the future is not believed: the clock of a sandbox is fast.
    """
    ids = {attempt.batch.attempt for attempt in last}
    found = [attempt.claim.at for attempt in last]
    found += [receipt.at for receipt in receipts(log.entries) if receipt.attempt in ids]
    found += [window.last_dial for attempt in last if (window := attempt.batch.window) and window.last_dial]
    dialled = [
        moment
        for attempt in last
        if attempt.batch_id is not None
        for call in archive.calls(attempt.batch_id)
        if (moment := _moment(call.started_at)) is not None and moment <= now
    ]
    return max([*map(datetime.fromisoformat, found), *dialled])


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _failed(item: Judged) -> Diagnostic:
    """Why a wave does not begin, and the way out."""
    ways = f"correct the campaign; then {_promoting(item)}, and a new `round` calls everybody again"
    return error(WAVE_FAILED, _kept_back(item), Place(item.campaign.file), ways)


def _late(item: Judged, *, holds: bool) -> Diagnostic:
    """Why a wave does not begin yet, and the way out: an error where it `holds` everything back."""
    told = _kept_back(item), Place(item.campaign.file), f"apply again later; {_promoting(item)}"
    return error(WAVE_NOT_DUE, *told) if holds else warning(WAVE_NOT_DUE, *told)


def _kept_back(item: Judged) -> str:
    wave = item.wave
    why = "; ".join(missed(figure) for figure in item.figures if not figure.holds)
    name = f"wave {wave.number} of {wave.of} ({wave.target}) of {item.log.campaign}"
    return f"{name} is not sent; {_named(item.last)}: {why}"


def _promoting(item: Judged) -> str:
    return f"`bland-deploy apply {item.log.campaign} --promote REASON` sends wave {item.wave.number} all the same"


def _named(last: Sequence[Attempt]) -> str:
    """The wave that was judged, or what was sent without one."""
    wave = last[-1].claim.wave
    return f"wave {wave.number}" if wave else "what was sent before"


def _stop(item: Judged, world: World) -> Iterator[Diagnostic]:
    """Stop what is queued of a wave that failed, where the campaign says so; what became of it."""
    if item.wave.rollout.on_fail != "stop":
        return
    with world.archive() as archive:
        running = [attempt for attempt in item.last if attempt.batch_id and not archive.reach(attempt.batch_id).whole]
    name = item.log.campaign
    targets = [Target(name, attempt.claim.api, attempt.batch_id) for attempt in running if attempt.batch_id]
    ends = stop(world.client, targets, lambda _left: None) if targets else ()
    cancelled, failed = sum(end.calls or 0 for end in ends), sum(end.failed for end in ends)
    place = Place(item.campaign.file)
    if failed:
        message = f"{failed:,} of {len(targets):,} running batches of {name} could not be stopped"
        yield error(WAVE_FAILED, message, place, f"`bland-deploy stop {name}`")
    if cancelled:
        number = "1 queued call was" if cancelled == 1 else f"{cancelled:,} queued calls were"
        yield error(WAVE_FAILED, f"{number} stopped; {_named(item.last)} of {name}", place)


def _record(item: Judged, world: World) -> None:
    """Write down that figures failed, once for the same ones."""
    entry = Refusal(
        at=instant(world.now()),
        by=world.by,
        round=item.campaign.round,
        target=item.wave.target,
        gate=item.figures,
    )
    before = [known for known in item.log.entries if isinstance(known, Refusal) and known.round == entry.round]
    if not before or before[-1].target != entry.target or _missed(before[-1]) != _missed(entry):
        record(item.log, entry)
        world.passed("refused a wave")


def _missed(entry: Refusal) -> set[str]:
    """The figures that failed, but for calls that were stopped: that follows from the others."""
    return {str(figure.figure) for figure in entry.gate if not figure.holds} - {"stopped"}


def _blocked(found: Sequence[Diagnostic]) -> Blocked:
    problem = Blocked("the next wave is not to be sent now")
    problem.diagnostics = in_order(found)
    return problem
