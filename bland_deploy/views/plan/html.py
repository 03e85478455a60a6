"""A plan as one page that works anywhere: what would be said to whom and when, and the requests to the byte."""

import json
from collections.abc import Iterator, Sequence

from bland_deploy.diagnostics import Diagnostic, Severity, mask_text
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.plan import CampaignPlan, Plan, Request
from bland_deploy.views.harmless import clipped
from bland_deploy.views.mask import Privacy, shown_body
from bland_deploy.views.pages import shell
from bland_deploy.views.pages.charts import Chart, Series
from bland_deploy.views.plan import outline
from bland_deploy.views.plan.changes import changes, shortened
from bland_deploy.views.plan.pace import calls_over_time
from bland_deploy.views.plan.variants import variants
from bland_deploy.views.words import count, dollars

_PAGE = shell.Page("bland_deploy.views.plan", "plan.html", "plan.js")
_MARKS = {"+": "plus", "-": "minus", "@": "at"}
_MOST_CALLS = 50_000
"""Requests behind so many calls are named and not written out: a page of a million would open nowhere."""
_MOST_LINES, _WIDEST_LINE = 2_000, 20_000
_WIDEST_VALUES = 500
"""Of what a person's call brings along, so much is in the list that is searched."""

Shown = list[tuple[Request, JsonObject]]


def render(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: ARG001, FBT001 - the table's signature; the page always has the requests
    """The page as HTML."""
    written = _written(plan, privacy)
    values = {
        "environment": plan.environment,
        "summary": outline.summary(plan),
        "not_read": outline.not_read(plan),
        "calls": plan.calls,
        "batches": plan.batches,
        "cost": {
            "estimate": dollars(sum(campaign.cost.estimate for campaign in plan.campaigns)),
            "upper_bound": dollars(sum(campaign.cost.upper_bound for campaign in plan.campaigns)),
        },
        "digest": plan.digest,
        "diagnostics": [_found(item) for item in plan.diagnostics if item.severity is not Severity.NOTE],
        "campaigns": [_campaign(plan, item, written[item.campaign], privacy) for item in plan.campaigns],
        "marks": _MARKS,
        "numbers": privacy.numbers,
    }
    batches = [(request, body, number) for shown in written.values() for number, (request, body) in enumerate(shown, 1)]
    data: JsonObject = {
        "batches": [[request.campaign, number] for request, _, number in batches],
        "people": [row for index, (request, body, _) in enumerate(batches) for row in _people(request, body, index)],
    }
    return shell.render(_PAGE, values, tuple(_charts(plan)), data)


def _written(plan: Plan, privacy: Privacy) -> dict[str, Shown]:
    """By campaign, the requests that are written out, with their bodies as they may be shown."""
    left, written = _MOST_CALLS, {}
    for campaign in plan.campaigns:
        shown: Shown = []
        for request in campaign.requests:
            left -= request.calls
            if left >= 0:
                shown.append((request, shown_body(request, privacy)))
        written[campaign.campaign] = shown
    return written


def _campaign(plan: Plan, campaign: CampaignPlan, shown: Shown, privacy: Privacy) -> dict[str, object]:
    said, more = variants(shown, privacy)
    bodies = [body for _, body in shown]
    return {
        "verb": outline.verb(plan, campaign),
        "name": outline.name(campaign),
        "size": outline.size(campaign) if campaign.counts.create else "",
        "facts": (*outline.facts(campaign), *outline.waivers(campaign)),
        "left_out": outline.left_out(campaign),
        "changes": [(part, shortened(lines, _MOST_LINES, _WIDEST_LINE)) for part, lines in changes(campaign)],
        "variants": said,
        "more_variants": more,
        "requests": [
            _request(number, request, bodies[number - 1] if number <= len(bodies) else None)
            for number, request in enumerate(campaign.requests, start=1)
        ],
    }


def _request(number: int, request: Request, body: JsonObject | None) -> dict[str, object]:
    return {
        "number": number,
        "size": count(request.calls, "call"),
        "method": request.route.method,
        "path": request.route.path,
        "headers": request.route.headers,
        "sha256": request.payload_sha256,
        "body": None if body is None else shell.embedded(body, indent=2),
    }


def _people(request: Request, body: JsonObject, batch: int) -> Iterator[list[Json]]:
    """For each person: the number, the batch and what the call brings along, as they may be shown."""
    calls = body[request.route.calls_key]
    assert isinstance(calls, list)
    for call in calls[: request.calls]:
        assert isinstance(call, dict)
        values = {**call, **_object(call.get("request_data"))}
        for name in ("phone_number", "request_data", "metadata"):
            values.pop(name, None)
        words = "; ".join(f"{name}: {clipped(_word(value), _WIDEST_VALUES)}" for name, value in values.items())
        yield [call.get("phone_number"), batch, clipped(words, _WIDEST_VALUES)]


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _charts(plan: Plan) -> Iterator[Chart]:
    if plan.calls:
        yield calls_over_time(plan)
    reasons: Sequence[tuple[str, str]] = [
        (key, reason)
        for key, reason in outline.LEFT_OUT_BRIEFLY.items()
        if any(getattr(campaign.counts, key) for campaign in plan.campaigns)
    ]
    if reasons:
        amounts = tuple(sum(getattr(item.counts, key) for item in plan.campaigns) for key, _ in reasons)
        labels = tuple(reason for _, reason in reasons)
        people = Series("people", amounts)
        yield Chart("left-out", "People left out", "why", labels, (people,), horizontal=True)


def _found(found: Diagnostic) -> dict[str, str]:
    return {
        "severity": found.severity.value,
        "place": str(found.place),
        "message": clipped(mask_text(found.message), _WIDEST_LINE),
        "help": clipped(mask_text(found.help or ""), _WIDEST_LINE),
        "rule": found.rule,
    }
