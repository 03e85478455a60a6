"""From everybody's calls to a plan: less those who were called, as finished requests."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic, error, in_order
from bland_deploy.model.keys import STATE_KEY_SIZE, recipient_keys
from bland_deploy.model.plan import NO_LINEAGE, CampaignPlan, Counts, Plan
from bland_deploy.model.retry import Retried
from bland_deploy.model.schedule import Begun
from bland_deploy.model.waves import NextWave
from bland_deploy.model.workspace import Limits
from bland_deploy.operations.calls.checks.fields import Met
from bland_deploy.operations.calls.everybody import Calls, Put
from bland_deploy.operations.calls.objections import Objection, told
from bland_deploy.operations.calls.requests import (
    Lot,
    Pieces,
    Target,
    Timing,
    count_calls,
    everybody,
    is_test,
    make_requests,
    untimed,
)
from bland_deploy.operations.guards.capable import Bounds, check_capability
from bland_deploy.operations.guards.care import profile_of
from bland_deploy.operations.guards.gates import judged
from bland_deploy.operations.guards.growth import check_growth
from bland_deploy.operations.guards.starts import check_closed, check_starts, dials
from bland_deploy.operations.guards.waivers import check_review, check_use, waived
from bland_deploy.operations.guards.watch import Together
from bland_deploy.operations.plans.waves import called, in_wave, next_wave, opened
from bland_deploy.operations.plans.work import Aim, Work
from bland_deploy.planning.cost import estimate
from bland_deploy.planning.digest import digest_plan
from bland_deploy.planning.split import Piece
from bland_deploy.state.log import Log, known_in, text_sent_before
from bland_deploy.state.replay import Known

_NO_KEY = bytes(STATE_KEY_SIZE)
_NOBODY = Known(frozenset(), frozenset(), frozenset())


class Since(NamedTuple):
    """What is known by now that was not when calls were made.

    Who is suppressed, what the log says, and when the calls of other campaigns begin that are sent as well.
    """

    suppressed: Together
    log: Log | None
    begun: Sequence[Begun] = ()


def lineage_of(log: Log | None) -> str:
    """The lineage that requests are stamped with."""
    return log.manifest.lineage if log else NO_LINEAGE


def difference(work: Work, aim: Aim, since: Since) -> CampaignPlan:
    """What is left to send of a campaign, given who was called, and who was suppressed since its calls were made."""
    suppressed, log, begun = since
    prepared = work.prepared
    campaign = prepared.campaign
    known = known_in(log, campaign.round) if log else _NOBODY
    left_out = {outcome.value: number for outcome, number in work.calls.left_out.items()}
    rung = rungs = everybody(work.calls)
    if is_test(prepared, work.parts):
        rungs = _first(rung)
        left_out["excluded"] = left_out.get("excluded", 0) + work.calls.count - count_calls(rungs)
    new, sent, held = _less(rungs, known)
    new, left_out["suppressed"] = _unsuppressed(new, suppressed, left_out.get("suppressed", 0))
    new, retried = _due(work, new, known, aim, log)
    left_out["not_retried"] = sum(retried.left_out.values()) if retried else 0
    new, wave = _wave(work, new, known, log)
    create = count_calls(new)
    target = Target(aim.environment, aim.headers, lineage_of(log), work.marks)
    is_one = rungs is not rung
    timing = _timing(work, new, begun, at_once=is_one)
    create -= timing.deferred
    left_out["deferred"] = timing.deferred + (wave.later if wave else 0)
    requests = make_requests(prepared, [Lot(rung)] if create and is_one else timing.lots, work.run, target)
    first_dial, last_dial = (timing.first, timing.last) if timing.first else dials(requests)
    return CampaignPlan(
        campaign=campaign.campaign,
        file=prepared.loaded.name,
        api=campaign.api,
        round=campaign.round,
        counts=Counts(create=create, sent=sent, held=held, **left_out),
        requests=requests,
        text=work.text,
        text_before=text_sent_before(log, work.text) if log else None,
        earlier_text=log.standing.earlier_text(campaign.round, work.text.sha256) if log else 0,
        repeated=_repeated(work, new, aim, log),
        cost=estimate(create, work.parts.call.get("max_duration"), aim.prices),
        pause=campaign.split.pause,
        first_dial=first_dial,
        last_dial=last_dial,
        finish=timing.finish,
        begun=timing.begun,
        purpose=campaign.purpose,
        waivers=tuple(campaign.waivers),
        objections=(*told(prepared, _objected(work.calls, new)), *timing.objections, *_careless(work, aim, create)),
        eligible_before=log.standing.eligible(campaign.round) if log else None,
        wave=wave,
        retried=retried,
    )


def _timing(work: Work, new: Pieces, begun: Sequence[Begun], *, at_once: bool) -> Timing:
    """When these calls begin, beside others that `begun`. `at_once` where the provider knows no other way."""
    if work.calling is None:
        return untimed(new, work.run)
    from bland_deploy.operations.plans.timing import time_calls  # noqa: PLC0415 - only where somebody asks for times

    return time_calls(work, new, begun, at_once=at_once)


def _wave(work: Work, new: Pieces, known: Known, log: Log | None) -> tuple[Pieces, NextWave | None]:
    """Of calls that could be made those of the wave that is next, and that wave; all where there is no rollout."""
    campaign = work.prepared.campaign
    if campaign.rollout is None:
        return new, None
    wave = next_wave(campaign.rollout, called(known), count_calls(new), opened(log, campaign.round))
    return in_wave(new, wave), wave


def _careless(work: Work, aim: Aim, create: int) -> Iterator[Diagnostic]:
    """A campaign without calling hours where plans need an approval."""
    prepared = work.prepared
    if create and aim.care.protected and aim.care.holds and profile_of(prepared.campaign, aim.care) == "none":
        yield error(
            "profile-none",
            f"{prepared.campaign.campaign} asks for no calling hours at all (`profile: none`), and {aim.environment} "
            "is protected",
            prepared.place_of(("schedule", "profile")),
            "choose another profile, or declare a waiver of `profile-none`",
        )


def _objected(calls: Calls, pieces: Pieces) -> dict[Objection, Met]:
    """What speaks against these calls, and against how many of them."""
    found: dict[Objection, Met] = {}
    for put, places in pieces:
        for at in places if put.objections else ():
            for objection in calls.objections[put.objections[at]]:
                found.setdefault(objection, Met()).add([put.lines[at]])
    return found


def _first(pieces: Pieces) -> Pieces:
    """The first of these calls."""
    return [Piece(where, places[:1]) for where, places in pieces[:1]]


def _less(pieces: Pieces, known: Known) -> tuple[Pieces, int, int]:
    """These calls less those of people who are known; how many were sent, and how many are held."""
    if not any(known):
        return pieces, 0, 0
    new, sent, held = list[Piece[Put]](), 0, 0
    for put, places in pieces:
        keys = put.keys()
        were_sent = known.sent.intersection(keys)
        if len(were_sent) == len(keys):
            sent += len(places)
            continue
        are_held = (known.held.intersection(keys) | known.unfinished.intersection(keys)) - were_sent
        sent += sum(keys[at] in were_sent for at in places) if were_sent else 0
        held += sum(keys[at] in are_held for at in places) if are_held else 0
        left = [at for at in places if keys[at] not in were_sent and keys[at] not in are_held]
        if left:
            new.append(Piece(put, places if len(left) == len(places) else array("H", left)))
    return new, sent, held


def _unsuppressed(pieces: Pieces, suppressed: Together, before: int) -> tuple[Pieces, int]:
    """These calls less those to suppressed people, and how many those are beside the ones of `before`."""
    if not suppressed:
        return pieces, before
    left = list[Piece[Put]]()
    for put, places in pieces:
        numbers = put.numbers()
        some = [at for at in places if numbers[at] not in suppressed]
        before += len(places) - len(some)
        if some:
            left.append(Piece(put, places if len(some) == len(places) else array("H", some)))
    return left, before


def _due(work: Work, new: Pieces, known: Known, aim: Aim, log: Log | None) -> tuple[Pieces, Retried | None]:
    """Those of these calls that the round makes: all of them, or those that are due where it is a retry."""
    campaign = work.prepared.campaign
    if campaign.retry is None:
        return new, None
    from bland_deploy.operations.plans.retry import find_due  # noqa: PLC0415 - only for rounds that are retries

    most = campaign.retry.at_most
    due = find_due(log, campaign, aim.state_key or _NO_KEY, work.run.started_at)
    return due.choose(new, None if most is None else most - sum(map(len, known)))


def _repeated(work: Work, new: Pieces, aim: Aim, log: Log | None) -> int:
    """How many of the people to call were called in an earlier round."""
    campaign = work.prepared.campaign
    rounds = [name for name in (log.standing.rounds() if log else ()) if name != campaign.round]
    if log is None or aim.state_key is None or not rounds:
        return 0
    earlier = [(recipient_keys(aim.state_key, campaign.campaign, name), known_in(log, name)) for name in rounds]
    repeated = 0
    for put, places in new:
        numbers = put.numbers()
        repeated += sum(
            any(key_of(numbers[at]) in keys for key_of, known in earlier for keys in known) for at in places
        )
    return repeated


def make_plan(
    works: Sequence[Work], campaigns: Sequence[CampaignPlan], aim: Aim, *, state_read: bool, found: Iterable[Diagnostic]
) -> Plan:
    """The plan of several campaigns with its digest."""
    inputs = {name: digest for work in works for name, digest in work.inputs.items()}
    digest = digest_plan(
        aim.environment, aim.address, inputs, {work.prepared.campaign.campaign: work.digest for work in works}
    )
    return Plan(aim.environment, tuple(campaigns), digest, state_read, in_order(found))


def judge_plan(
    plan: Plan, bounds: Bounds, now: datetime, *, warn: bool, reviewed: bool = True
) -> tuple[Diagnostic, ...]:
    """What speaks against carrying out a plan now (aware): limits, what the provider does, and gates, which may `warn`.

    `reviewed` where somebody looks at the plan before it is carried out.
    """
    gates = [*check_starts(plan, now), *check_growth(plan, reviewed=reviewed)]
    for campaign in plan.campaigns:
        gates += waived(campaign.objections, campaign.waivers, now.date())
        gates += check_use(campaign, campaign.objections, now.date())
    if plan.calls and not warn:
        gates += check_review(now.date())
    held = [*check_limits(plan, bounds.limits), *check_closed(plan, now), *check_capability(plan, bounds, now)]
    return in_order([*held, *judged(gates, warn=warn)])


def check_limits(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    """The limits of the environment that the plan would break."""
    cost = sum(campaign.cost.estimate for campaign in plan.campaigns)
    if limits.max_calls_per_apply is not None and plan.calls > limits.max_calls_per_apply:
        yield error(
            "limit-calls",
            f"{plan.calls:,} calls are more than max_calls_per_apply of {plan.environment} allows "
            f"({limits.max_calls_per_apply:,})",
            help="name fewer campaigns, or raise the limit in a change that is reviewed",
        )
    if limits.max_cost_per_apply is not None and cost > limits.max_cost_per_apply:
        yield error(
            "limit-cost",
            f"an estimated cost of ${cost:,.2f} is more than max_cost_per_apply of {plan.environment} allows "
            f"(${limits.max_cost_per_apply:,.2f})",
            help="name fewer campaigns, or raise the limit in a change that is reviewed",
        )
