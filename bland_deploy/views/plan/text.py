"""A plan for people: a symbol and a verb for each campaign, everyone left out by reason, and the closing line."""

from bland_deploy.model.plan import CampaignPlan, Counts, Plan
from bland_deploy.views.json import render_json
from bland_deploy.views.mask import Privacy, request_document
from bland_deploy.views.words import count, dollars

_LEFT_OUT = {
    "sent": "already called in this round",
    "held": "held: the outcome of an earlier send is unknown (see `bland-deploy reconcile`)",
    "suppressed": "on a suppression list",
    "invalid": "without a valid number",
    "duplicate": "met twice in the list",
    "excluded": "left out by `where`",
    "deferred": "later: their time has not come",
}


def render(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    """The plan as text; `payloads` shows every request as it would be sent."""
    lines = [f"Environment {plan.environment}", ""]
    for campaign in plan.campaigns:
        lines += _campaign(campaign)
        if payloads:
            lines += _payloads(campaign, privacy)
    if not plan.state_read:
        lines += ["The state was not read (no state key): this plans as if nobody had been called.", ""]
    lines += [_summary(plan), f"Digest: {plan.digest}"]
    return "\n".join(lines) + "\n"


def _campaign(campaign: CampaignPlan) -> list[str]:
    counts = campaign.counts
    head = f"{campaign.campaign} ({campaign.api}, round {campaign.round})"
    lines = [f"  {_symbol(counts)} {head}"]
    if counts.create:
        lines.append(f"      {count(counts.create, 'call')} in {count(len(campaign.requests), 'batch')}")
    lines += [f"      {amount:>6,} {reason}" for name, reason in _LEFT_OUT.items() if (amount := getattr(counts, name))]
    if campaign.earlier_text:
        lines.append(f"      {campaign.earlier_text:,} of those called got an earlier text; they are not called again")
    if campaign.repeated:
        lines.append(f"      {campaign.repeated:,} of them were called in an earlier round and will be called again")
    return [*lines, ""]


def _symbol(counts: Counts) -> str:
    if counts.create:
        return "+ call"
    return "? held" if counts.held else "= done"


def _payloads(campaign: CampaignPlan, privacy: Privacy) -> list[str]:
    lines: list[str] = []
    for number, request in enumerate(campaign.requests, start=1):
        lines.append(f"      batch {number}: {request.method} {request.path}  sha256 {request.payload_sha256}")
        shown = render_json(request_document(request, privacy)["body"])
        lines += [f"        {line}" for line in shown.splitlines()]
    return [*lines, ""] if lines else lines


def _summary(plan: Plan) -> str:
    launching = sum(1 for campaign in plan.campaigns if campaign.counts.create)
    held = sum(campaign.counts.held for campaign in plan.campaigns)
    parts = [f"{launching} to launch ({count(plan.calls, 'call')})", f"{len(plan.campaigns) - launching} unchanged"]
    if held:
        parts.append(f"{held:,} held")
    estimate = sum(campaign.cost[0] for campaign in plan.campaigns)
    upper_bound = sum(campaign.cost[1] for campaign in plan.campaigns)
    cost = f" Estimated cost {dollars(estimate)}, at most {dollars(upper_bound)}." if plan.calls else ""
    return f"Plan: {', '.join(parts)}.{cost}"
