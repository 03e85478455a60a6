"""What a probe found of the provider, held against a plan: it can only ask for more care, never for less."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bland_deploy.api.starts import start_forms
from bland_deploy.diagnostics import Diagnostic, Place, error, warning
from bland_deploy.model.plan import ANY_MOMENT, CampaignPlan, Plan
from bland_deploy.model.start_forms import WRITTEN, StartForm
from bland_deploy.model.workspace import Limits

if TYPE_CHECKING:
    from bland_deploy.model.capability import Capability, Generation

OLD = timedelta(days=183)
_BROKEN = {"at-once": "dialled at once", "failed": "failed", "refused": "refused"}


class Bounds(NamedTuple):
    """What an environment allows, what is known of its provider if anything, and its `settle` in seconds."""

    limits: Limits
    capability: "Capability | None" = None
    settle: float = 0.0


def check_capability(plan: Plan, bounds: Bounds, now: datetime) -> Iterator[Diagnostic]:
    """What speaks against sending a plan by what is known of the provider. `now` is aware."""
    capability = bounds.capability
    if capability is None or not plan.calls:
        return
    for campaign in plan.campaigns:
        if campaign.counts.create:
            yield from _check_campaign(campaign, capability)
    if bounds.settle < capability.longest_delay:
        yield warning(
            "settle-too-short",
            f"`settle` of {plan.environment} is {bounds.settle:g}s, and a probe saw the provider's list lag "
            f"{capability.longest_delay:g}s",
            help="leave `settle` out: it follows from what was measured",
        )
    if is_old(capability, now):
        message = f"{plan.environment} was probed on {capability.probed_at[:10]}"
        yield warning("capability-old", message, help="probe again: `bland-deploy probe`")


def is_old(capability: "Capability", now: datetime) -> bool:
    """Whether a probe is so old that another is due. A time that cannot be read is."""
    try:
        return datetime.fromisoformat(capability.probed_at) < now - OLD
    except (TypeError, ValueError):
        return True


def _check_campaign(campaign: CampaignPlan, capability: "Capability") -> Iterator[Diagnostic]:
    known, place = capability.of(campaign.api), Place(campaign.file)
    if known.cut_body.answer == "carried-out":
        yield error(
            "capability-cut-body",
            f"{campaign.campaign} cannot be sent safely: the provider carries out requests of {campaign.api} that were "
            "cut short",
            place,
            "send it by the other generation of the API, or ask the provider, and probe again",
        )
    broken = _broken_form(campaign, known)
    if broken is not None:
        yield error(
            "capability-start-time",
            f"the times of {campaign.campaign} would not be kept: with such a start_time one was {broken} in a probe",
            place,
            "write them in another form, or apply within calling hours without `schedule`",
        )
    if known.stop.answer == "leaves":
        yield warning(
            "capability-stop",
            f"in a probe, a stop left calls of {campaign.api} that wait for their time: it may not end all of "
            f"{campaign.campaign}",
            place,
            "send in small batches or waves, so that little is left to be stopped",
        )
    if known.list_echo.answer == "neither":
        yield warning(
            "capability-no-echo",
            f"the provider's list does not show the stamps of {campaign.api}: a lost answer of {campaign.campaign} "
            "cannot be settled, and a lost state is not noticed",
            place,
        )


def _broken_form(campaign: CampaignPlan, known: "Generation") -> str | None:
    """What became in a probe of a form in which a time of these calls is written, if that was not to keep to it."""
    broken = {form: _BROKEN[start.answer] for form, start in known.start_times.items() if start.answer in _BROKEN}
    if not broken:
        return None
    forms = {WRITTEN} if any(request.moments != ANY_MOMENT for request in campaign.requests) else set[StartForm]()
    for request in campaign.requests:
        if request.timed:
            forms |= start_forms(request.read().body, request.route.calls_key, request.calls)
    return next((broken[form] for form in sorted(forms) if form in broken), None)
