"""From everybody's calls to a plan: less those who were called, as finished requests."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bland_deploy.diagnostics import Diagnostic, error, in_order
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.plan import Call, CampaignPlan, Counts, Plan
from bland_deploy.model.recipient import Outcome
from bland_deploy.model.workspace import Limits
from bland_deploy.operations.gates import judged
from bland_deploy.operations.requests import Target, is_test, make_requests
from bland_deploy.operations.starts import check_starts
from bland_deploy.operations.work import Aim, Work
from bland_deploy.planning.cost import estimate
from bland_deploy.planning.digest import digest_plan
from bland_deploy.state.log import Log, known_in, text_sent_before
from bland_deploy.state.replay import Known

_NOBODY = Known((), (), ())


def difference(work: Work, aim: Aim, log: Log | None, lineage: str) -> CampaignPlan:
    """What is left to send of a campaign, given who was called."""
    prepared = work.prepared
    campaign = prepared.campaign
    known = known_in(log, campaign.round) if log else _NOBODY
    new: list[Call] = []
    counts = {"sent": 0, "held": 0, **{outcome.value: number for outcome, number in work.calls.left_out.items()}}
    candidates: Sequence[Call] = work.calls.calls
    if is_test(prepared, work.parts):
        counts[Outcome.EXCLUDED] = counts.get(Outcome.EXCLUDED, 0) + max(0, len(candidates) - 1)
        candidates = candidates[:1]
    for call in candidates:
        if call.key in known.sent:
            counts["sent"] += 1
        elif call.key in known.held or call.key in known.unfinished:
            counts["held"] += 1
        else:
            new.append(call)
    rung = work.calls.calls if new and is_test(prepared, work.parts) else new
    requests = make_requests(prepared, rung, work.run, Target(aim.environment, aim.headers, lineage, work.marks))
    return CampaignPlan(
        campaign=campaign.campaign,
        file=prepared.loaded.name,
        api=campaign.api,
        round=campaign.round,
        counts=Counts(create=len(new), **counts),
        requests=requests,
        text=work.text,
        text_before=text_sent_before(log, work.text) if log else None,
        earlier_text=log.standing.earlier_text(campaign.round, work.text.sha256) if log else 0,
        repeated=_repeated(campaign.campaign, campaign.round, new, aim, log),
        cost=estimate(len(new), work.parts.call.get("max_duration"), aim.prices),
        pause=campaign.split.pause,
    )


def _repeated(campaign: str, round_: str, new: Iterable[Call], aim: Aim, log: Log | None) -> int:
    """How many of the people to call were called in an earlier round."""
    rounds = [name for name in (log.standing.rounds() if log else ()) if name != round_]
    if log is None or aim.state_key is None or not rounds:
        return 0
    earlier = [(recipient_keys(aim.state_key, campaign, name), known_in(log, name)) for name in rounds]
    return sum(any(key_of(call.identity) in keys for key_of, known in earlier for keys in known) for call in new)


def make_plan(
    works: Sequence[Work], campaigns: Sequence[CampaignPlan], aim: Aim, *, state_read: bool, found: Iterable[Diagnostic]
) -> Plan:
    """The plan of several campaigns with its digest."""
    inputs = {name: digest for work in works for name, digest in work.inputs.items()}
    digest = digest_plan(
        aim.environment, aim.address, inputs, {work.prepared.campaign.campaign: work.digest for work in works}
    )
    return Plan(aim.environment, tuple(campaigns), digest, state_read, in_order(found))


def judge_plan(plan: Plan, limits: Limits, now: datetime, *, warn: bool) -> tuple[Diagnostic, ...]:
    """What speaks against carrying out a plan now (aware): limits, and gates, which may `warn`."""
    return in_order([*check_limits(plan, limits), *judged(check_starts(plan, now), warn=warn)])


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
