"""A plan as a comment on the change that makes it: in Markdown, a section that folds for each campaign."""

from collections.abc import Iterator
from shlex import quote

from bland_deploy.model.plan import CampaignPlan, Plan, Request
from bland_deploy.views.diagnostics.markdown import listed
from bland_deploy.views.json import render_json
from bland_deploy.views.markdown import Blocks, code, details, escape, escape_html, fence, table
from bland_deploy.views.markdown import render as render_blocks
from bland_deploy.views.mask import Privacy, request_document
from bland_deploy.views.plan import outline
from bland_deploy.views.plan.changes import Change, changes, shortened
from bland_deploy.views.words import count

_SHORT = 10


def blocks(plan: Plan, privacy: Privacy, *, payloads: bool = False) -> Blocks:
    """The plan as a title, a section for each campaign, and a footer with what reviewers approve.

    `payloads` adds the requests as they would be sent.
    """
    return Blocks(
        title=_title(plan),
        sections=tuple(_section(plan, campaign, privacy, payloads=payloads) for campaign in plan.campaigns),
        footer=_footer(plan),
    )


def render(plan: Plan, privacy: Privacy, payloads: bool) -> str:  # noqa: FBT001 - the table's signature
    """The whole document as text."""
    return render_blocks(blocks(plan, privacy, payloads=payloads))


def _title(plan: Plan) -> str:
    head = f"### Planned {count(len(plan.campaigns), 'campaign')} for {code(plan.environment)}"
    not_read = outline.not_read(plan)
    return f"{head}\n\n> {not_read}" if not_read else head


def _section(plan: Plan, campaign: CampaignPlan, privacy: Privacy, *, payloads: bool) -> str:
    verb, create = outline.verb(plan, campaign), campaign.counts.create
    size = f": {outline.size(campaign)}" if create else ""
    summary = f"<code>{verb.symbol}</code> {verb.word} <b>{escape_html(outline.name(campaign))}</b>{size}"
    parts = list(_facts(campaign))
    if left_out := outline.left_out(campaign):
        parts.append(table(("people left out", "why"), [(f"{amount:,}", why) for amount, why in left_out]))
    parts += [_change(change) for change in changes(campaign)]
    if payloads:
        parts += [_payload(number, item, privacy) for number, item in enumerate(campaign.requests, start=1)]
    body = "\n\n".join(parts)
    return details(summary, body, is_open=body.count("\n") < _SHORT)


def _facts(campaign: CampaignPlan) -> Iterator[str]:
    if facts := (*outline.facts(campaign), *map(escape, outline.waivers(campaign))):
        yield "\n".join(f"* {fact}" for fact in facts)


def _change(change: Change) -> str:
    lines = "\n".join(shortened(change.lines))
    return f"{code(change.part)} since it was last sent:\n\n{fence(lines, 'diff')}"


def _payload(number: int, request: Request, privacy: Privacy) -> str:
    shown = fence(render_json(request_document(request, privacy)["body"]), "json")
    summary = f"batch {number}: {count(request.calls, 'call')}, sha256 <code>{request.payload_sha256}</code>"
    return details(summary, f"{code(f'{request.route.method} {request.route.path}')}\n\n{shown}")


def _footer(plan: Plan) -> str:
    command = f"bland-deploy apply -e {quote(plan.environment)} --approved {plan.digest}"
    parts = [listed(plan.diagnostics), f"**{outline.summary(plan)}**"]
    if plan.calls:
        parts.append(f"To make exactly these calls:\n\n{fence(command, 'sh')}")
    else:
        parts.append(f"Digest: `{plan.digest}`")
    return "\n\n".join(part for part in parts if part)
