"""A plan for people: a symbol and a verb for each campaign, everyone left out by reason, and the closing line."""

from bland_deploy.model.plan import CampaignPlan, Plan
from bland_deploy.views.harmless import harmless
from bland_deploy.views.json import render_json
from bland_deploy.views.mask import Privacy, request_document
from bland_deploy.views.plan import outline
from bland_deploy.views.plan.changes import changes, shortened


def render(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    """The plan as text; `payloads` shows every request as it would be sent."""
    lines = [f"Environment {plan.environment}", ""]
    for campaign in plan.campaigns:
        lines += _campaign(plan, campaign)
        if payloads:
            lines += _payloads(campaign, privacy)
    if not_read := outline.not_read(plan):
        lines += [not_read, ""]
    lines += [outline.summary(plan), f"Digest: {plan.digest}"]
    return harmless("\n".join(lines)) + "\n"


def _campaign(plan: Plan, campaign: CampaignPlan) -> list[str]:
    lines = []
    if campaign.counts.create:
        lines += [outline.size(campaign), outline.times(campaign)]
    lines += [f"{amount:>6,} {reason}" for amount, reason in outline.left_out(campaign)]
    lines += outline.remarks(campaign)
    lines += outline.waivers(campaign)
    for change in changes(campaign):
        lines += [f"{change.part} since it was last sent:", *(f"  {line}" for line in shortened(change.lines))]
    if campaign.counts.create:
        lines.append(f"estimated cost {outline.cost([campaign])}")
        lines += [f"  {assumption}" for assumption in outline.assumptions(campaign.cost)]
    return [
        f"  {outline.verb(plan, campaign)} {outline.name(campaign)}",
        *(f"      {line}" for line in lines),
        "",
    ]


def _payloads(campaign: CampaignPlan, privacy: Privacy) -> list[str]:
    lines: list[str] = []
    for number, request in enumerate(campaign.requests, start=1):
        lines.append(
            f"      batch {number}: {request.route.method} {request.route.path}  sha256 {request.payload_sha256}"
        )
        shown = render_json(request_document(request, privacy)["body"])
        lines += [f"        {line}" for line in shown.splitlines()]
    return [*lines, ""] if lines else lines
