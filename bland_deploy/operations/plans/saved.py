"""Saving a plan, and what must still hold when it is applied. People may drop out of it; nothing else may change."""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from bland_deploy.diagnostics import Diagnostic, in_order
from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.documents.nodes import place_of
from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import Claim, Ended, Entry, instant
from bland_deploy.model.json import JsonObject
from bland_deploy.model.keys import key_id
from bland_deploy.model.plan import NO_ATTEMPT, NO_LINEAGE, CampaignPlan, Counts, Plan, Request
from bland_deploy.model.stamp import Stamp
from bland_deploy.model.text import SharedText
from bland_deploy.model.waves import NextWave
from bland_deploy.operations.guards.ages import ages_of
from bland_deploy.operations.guards.gates import judged, refuse_errors
from bland_deploy.operations.guards.past import Past
from bland_deploy.operations.guards.watch import Lists, Together, Watch, stated
from bland_deploy.operations.plans.plan import lineage_of
from bland_deploy.operations.plans.proposal import Logs, Offer, Proposal
from bland_deploy.operations.plans.stale import stale
from bland_deploy.operations.plans.waves import is_opened, opened
from bland_deploy.operations.plans.work import Aim, Work
from bland_deploy.planning.assemble import encode
from bland_deploy.planning.planfile import AGAIN, Header, SavedCampaign, SavedPlan, SavedWave, encode_plan
from bland_deploy.planning.trim import trim
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import read_suppressed
from bland_deploy.state.keyset import key_set
from bland_deploy.state.log import Log, claimed_keys, head_at, known_in, text_sent_before
from bland_deploy.state.replay import UNFINISHED, Attempt, Phase


class PlanUsed(StateProblem):
    """The saved plan was carried out before."""

    rule = "plan-used"


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a plan is saved: its time (aware), how many seconds it is valid, and the digests of what went in.

    `lists` are those that live elsewhere, by campaign.
    """

    at: datetime
    valid_for: float
    inputs: Mapping[str, str]
    lists: Mapping[str, str]
    variables: str


def digest_variables(variables: JsonObject) -> str:
    """The digest of variables, whatever their order."""
    return sha256(encode(dict(sorted(variables.items())))).hexdigest()


def inputs_of(works: Sequence[Work]) -> dict[str, str]:
    """The digests of the files that must not change: all but suppression lists, which may only grow people out."""
    found: dict[str, str] = {}
    for work in works:
        campaign = work.prepared.campaign
        lists = {listed.name for listed in campaign.suppression} - {campaign.recipients.name}
        elsewhere = {campaign.recipients.name} if campaign.recipients.is_elsewhere else set()
        found |= {name: digest for name, digest in work.inputs.items() if name not in lists | elsewhere}
    return found


def lists_of(works: Sequence[Work]) -> dict[str, str]:
    """The digests of the lists that live elsewhere, by campaign."""
    return {
        work.prepared.campaign.campaign: work.inputs[work.prepared.source.name]
        for work in works
        if work.prepared.campaign.recipients.is_elsewhere
    }


def save(plan: Plan, logs: Logs, aim: Aim, terms: Terms) -> Iterator[bytes]:
    """The bytes of the file that saves a plan made against these logs. `aim` has the state key."""
    assert aim.state_key is not None
    header = Header(
        environment=plan.environment,
        address=aim.address,
        digest=plan.digest,
        key_id=key_id(aim.state_key),
        at=instant(terms.at),
        expires=instant(terms.at + timedelta(seconds=terms.valid_for)),
        inputs=dict(terms.inputs),
        lists=dict(terms.lists),
        variables=terms.variables,
        campaigns=tuple(_saved_campaign(campaign, logs[campaign.campaign]) for campaign in plan.campaigns),
    )
    requests = (request for campaign in plan.campaigns for request in campaign.requests)
    return encode_plan(header, requests, aim.state_key)


def _saved_campaign(plan: CampaignPlan, log: Log | None) -> SavedCampaign:
    return SavedCampaign(
        campaign=plan.campaign,
        file=plan.file,
        api=plan.api,
        round=plan.round,
        lineage=log.manifest.lineage if log else None,
        number=log.number if log else 0,
        head=log.head if log else None,
        counts=asdict(plan.counts),
        text=plan.text.encoded.decode(),
        repeated=plan.repeated,
        cost=plan.cost,
        pause=plan.pause,
        first_dial=_instant(plan.first_dial),
        last_dial=_instant(plan.last_dial),
        finish=_instant(plan.finish),
        purpose=plan.purpose,
        waivers=plan.waivers,
        wave=_saved_wave(plan.wave) if plan.wave else None,
        retried=plan.retried,
    )


def _saved_wave(wave: NextWave) -> SavedWave:
    return SavedWave(
        rollout=wave.rollout, number=wave.number, targets=wave.targets, called=wave.called, later=wave.later
    )


def _wave(saved: SavedWave, round_: str, log: Log | None) -> NextWave:
    """The wave that a plan was saved for. By now the log may say that it was begun."""
    waves = opened(log, round_)
    is_open = is_opened(saved.rollout, saved.number, waves)
    refused = None if is_open else waves.refused
    return NextWave(saved.rollout, saved.number, saved.targets, saved.called, saved.later, is_open, refused=refused)


def _instant(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def read_suppressed_now(
    campaigns: Sequence[LoadedCampaign], reach: Reach, now: datetime, aim: Aim
) -> tuple[dict[str, Lists], tuple[Diagnostic, ...]]:
    """Who is suppressed by now, by campaign, and all diagnostics. Raises as `refuse_errors` does."""
    suppressed: dict[str, Lists] = {}
    found: list[Diagnostic] = []
    for loaded in campaigns:
        found += loaded.diagnostics
        if loaded.campaign is not None and loaded.node is not None:
            lists = loaded.campaign.suppression
            read = read_suppressed(lists, reach, now, partial(place_of, loaded.node), ages_of(lists))
            suppressed[loaded.campaign.campaign] = Lists(
                stated(loaded.campaign, loaded.node, aim.care),
                lists,
                reach,
                read.digests,
                Together((read.suppressed, read.keyed)),
            )
            found += judged(read.diagnostics, warn=aim.gates_warn)
    refuse_errors(found)
    return suppressed, in_order(found)


def propose_saved(saved: SavedPlan, watch: Watch, found: Collection[Diagnostic], past: Past | None = None) -> Proposal:
    """What a saved plan has to send, less those who are suppressed by now."""
    header = saved.header
    return Proposal(
        offers=tuple(_offer(saved, part, watch) for part in header.campaigns),
        total=lambda plans: Plan(header.environment, tuple(plans), header.digest, True, in_order(found)),
        dropped=watch.dropped,
        refuse=partial(_refuse_others, saved),
        check=partial(_refuse_used, saved),
        frequent=lambda plan: (
            past.judge(plan, watch.purposes(), lambda _campaign, _people: ()) if past is not None else plan
        ),
        plan_id=saved.id,
    )


def _offer(saved: SavedPlan, part: SavedCampaign, watch: Watch) -> Offer:
    """A campaign at its saved times, whatever others do."""
    compliance = partial(watch.compliance, part.campaign)
    return Offer(part.campaign, part.round, part.api, lambda log, _begun: _left(saved, part, watch, log), compliance)


def _refuse_others(saved: SavedPlan, logs: Logs) -> None:
    """PlanStale for other logs than it was made against. They may have begun and grown since: people drop out."""
    for part in saved.header.campaigns:
        log = logs[part.campaign]
        lineage = log.manifest.lineage if log else None
        if part.lineage is not None and lineage != part.lineage:
            raise stale(f"the state of {part.campaign} is not the one that it was made against")
        if log is not None and part.head is not None and head_at(log, part.number) != part.head:
            raise stale(f"the log of {part.campaign} does not follow from what it was when it was made")
        if log is not None and part.retried is not None and _has_news(log.entries[part.number :], part.round):
            raise stale(f"more is known by now of whom {part.campaign} called and how that ended")


def _has_news(entries: Iterable[Entry], round_: str) -> bool:
    """Whether entries tell of how calls ended, or of calls in another round than this: a retry rests on both."""
    return any(isinstance(entry, Ended) or (isinstance(entry, Claim) and entry.round != round_) for entry in entries)


def _refuse_used(saved: SavedPlan, logs: Logs, plan: Plan) -> None:
    """PlanUsed where it was carried out, and nothing of it is left or open."""
    attempts = [attempt for log in logs.values() for attempt in _attempts(log)]
    is_open = any(attempt.phase in {Phase.HELD, *UNFINISHED} for attempt in attempts)
    if not plan.calls and not is_open and any(_is_of(attempt, saved) for attempt in attempts):
        raise PlanUsed("the saved plan was used: all of it was carried out before", help=AGAIN)


def _left(saved: SavedPlan, part: SavedCampaign, watch: Watch, log: Log | None) -> CampaignPlan:
    """What is left of a campaign: the saved requests, at their times, without those who dropped out."""
    suppressed = watch.look(part.campaign)
    reason = _reasons(saved, part, suppressed, log)
    dropped: Counter[str] = Counter()
    requests: list[Request] = []
    for request in saved.requests[part.campaign]:
        content = request.read()
        rung = [reason(number, key) for number, key in zip(content.numbers, content.keys, strict=False)]
        others = ["suppressed" if number in suppressed else None for number in content.numbers[request.calls :]]
        dropped.update(why for why in rung if why)
        stamp = Stamp(part.lineage or NO_LINEAGE, part.campaign, part.round, NO_ATTEMPT, request.calls)
        smaller = trim(request, [why is None for why in [*rung, *others]], stamp, lineage_of(log))
        requests += [smaller] if smaller else []
    planned = Counts(**part.counts)
    counts = replace(planned.plus(**dropped), create=sum(request.calls for request in requests))
    text = SharedText(part.text.encode())
    share = counts.create / planned.create if planned.create else 0.0
    estimate, upper_bound = part.cost.estimate * share, part.cost.upper_bound * share
    return CampaignPlan(
        campaign=part.campaign,
        file=part.file,
        api=part.api,
        round=part.round,
        counts=counts,
        requests=tuple(requests),
        text=text,
        text_before=text_sent_before(log, text) if log else None,
        earlier_text=log.standing.earlier_text(part.round, text.sha256) if log else 0,
        repeated=part.repeated,
        cost=replace(part.cost, estimate=round(estimate, 2), upper_bound=round(upper_bound, 2)),
        pause=part.pause,
        first_dial=_moment(part.first_dial),
        last_dial=_moment(part.last_dial),
        finish=_moment(part.finish),
        purpose=part.purpose,
        waivers=part.waivers,
        eligible_before=log.standing.eligible(part.round) if log else None,
        wave=_wave(part.wave, part.round, log) if part.wave else None,
        retried=part.retried,
    )


def _reasons(
    saved: SavedPlan, part: SavedCampaign, suppressed: Container[str], log: Log | None
) -> Callable[[str, bytes], str | None]:
    """The function from a person (identity and key) to why they drop out, None for who stays.

    Whom this very plan has sent to once stays out, even if somebody found that they were not rung: that takes a new
    plan. Batches that it claimed and provably did not send are sent when it is applied again.
    """
    known = known_in(log, part.round) if log else None
    used = key_set(claimed_keys(log, attempt) for attempt in _attempts(log) if log and _is_used(attempt, saved))

    def reason(number: str, key: bytes) -> str | None:
        if number in suppressed:
            return "suppressed"
        if key in used or (known is not None and key in known.sent):
            return "sent"
        return "held" if known is not None and any(key in keys for keys in known) else None

    return reason


def _attempts(log: Log | None) -> Collection[Attempt]:
    return log.standing.attempts.values() if log else ()


def _is_of(attempt: Attempt, saved: SavedPlan) -> bool:
    return attempt.claim.plan_id == saved.id


def _is_used(attempt: Attempt, saved: SavedPlan) -> bool:
    provably_unsent = attempt.phase is Phase.VOID and attempt.resolved is None
    return _is_of(attempt, saved) and not provably_unsent
