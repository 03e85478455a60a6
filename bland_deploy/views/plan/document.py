"""A plan as one JSON document, as the contract lays it out."""

from dataclasses import asdict
from datetime import datetime

from bland_deploy.model.entries import Refusal
from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import CampaignPlan, Cost, Plan, Request
from bland_deploy.model.waves import NextWave
from bland_deploy.views.diagnostics.json import diagnostic_dict
from bland_deploy.views.json import render_json
from bland_deploy.views.mask import Privacy, request_document
from bland_deploy.views.plan.changes import changes

FORMAT_VERSION = 1


def document(plan: Plan, privacy: Privacy, *, payloads: bool) -> JsonObject:
    """The plan in the contract's shape; `payloads` adds each request."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": plan.environment,
        "campaigns": [_campaign(campaign, privacy, payloads=payloads) for campaign in plan.campaigns],
        "summary": {"batches": plan.batches, "calls": plan.calls},
        "digest": plan.digest,
        "state": "read" if plan.state_read else "not_read",
        "diagnostics": [diagnostic_dict(diagnostic) for diagnostic in plan.diagnostics],
    }


def _campaign(campaign: CampaignPlan, privacy: Privacy, *, payloads: bool) -> JsonObject:
    return {
        "campaign": campaign.campaign,
        "api": campaign.api,
        "round": campaign.round,
        "calls": _calls(campaign),
        "batches": [_batch(request, privacy, payloads=payloads) for request in campaign.requests],
        "cost": _cost(campaign.cost),
        "first_dial": _moment(campaign.first_dial),
        "last_dial": _moment(campaign.last_dial),
        "finish": _moment(campaign.finish),
        "text": _text(campaign),
        "earlier_text": campaign.earlier_text,
        "repeated": campaign.repeated,
        "purpose": campaign.purpose,
        "waivers": [waiver.model_dump() for waiver in campaign.waivers],
        "rollout": _rollout(campaign.wave) if campaign.wave else None,
        **({"retry": asdict(campaign.retried)} if campaign.retried else {}),
    }


def _refused(refusal: Refusal) -> JsonObject:
    return {"at": refusal.at, "figures": [figure.model_dump() for figure in refusal.gate]}


def _rollout(wave: NextWave) -> JsonObject:
    written = wave.rollout.written
    return {
        "wave": wave.number,
        "waves": [{"target": target, "people": people} for target, people in zip(written, wave.targets, strict=True)],
        "called": wave.called,
        "later": wave.later,
        "gated": not wave.is_open,
        "on_fail": wave.rollout.on_fail,
        "refused": _refused(wave.refused) if wave.refused else None,
    }


def _calls(campaign: CampaignPlan) -> JsonObject:
    counts = asdict(campaign.counts)
    return counts if campaign.retried else {name: counts[name] for name in counts if name != "not_retried"}


def _text(campaign: CampaignPlan) -> JsonObject:
    before = campaign.text_before
    return {
        "sha256": campaign.text.sha256,
        "sha256_before": before.sha256 if before else None,
        "changes": [{"part": part, "diff": list(lines)} for part, lines in changes(campaign)],
    }


def _cost(cost: Cost) -> JsonObject:
    assumptions = asdict(cost)
    estimate, upper_bound = assumptions.pop("estimate"), assumptions.pop("upper_bound")
    return {"estimate": estimate, "upper_bound": upper_bound, "currency": "USD", "assumptions": assumptions}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _batch(request: Request, privacy: Privacy, *, payloads: bool) -> JsonObject:
    batch: JsonObject = {"calls": request.calls, "payload_sha256": request.payload_sha256}
    if request.moments.first is not None:
        batch |= {"first_dial": _moment(request.moments.first), "last_dial": _moment(request.moments.last)}
    if payloads:
        batch["request"] = request_document(request, privacy)
    return batch


def render(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    """The document as text."""
    return render_json(document(plan, privacy, payloads=payloads))
