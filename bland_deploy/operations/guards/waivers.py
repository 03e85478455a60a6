"""Waivers: rules that a campaign need not follow, whether they may be waived, and what they take away.

Who asked not to be called is protected by rules that nobody can waive, and so is the payload.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bland_deploy.diagnostics import Diagnostic, Place, Severity, error, shown, warning
from bland_deploy.model.pack import past_review
from bland_deploy.model.plan import CampaignPlan
from bland_deploy.model.waiver import Waiver
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.rules.pack import load_pack

EXPIRED = "waiver-expired"
OVERDUE = "rules-pack-overdue"
_SHOWN = 3
_FOLLOW = "follow the rule; `bland-deploy explain RULE` says whether one can be waived"


def check_waivers(prepared: Prepared) -> Iterator[Diagnostic]:
    """Waivers of rules that do not exist, that cannot be waived, or that are waived twice."""
    if not prepared.campaign.waivers:
        return
    from bland_deploy.rules.registry import find_rule, suggest_rule  # noqa: PLC0415 - the texts of all rules

    seen: set[str] = set()
    for index, waiver in enumerate(prepared.campaign.waivers):
        place, rule = prepared.place_of(("waivers", index, "rule")), find_rule(waiver.rule)
        if rule is None:
            meant = suggest_rule(waiver.rule)
            way_out = f"did you mean `{meant}`?" if meant else "`bland-deploy rules` lists them all"
            yield error("waiver-unknown-rule", f"there is no rule `{shown(waiver.rule)}`", place, way_out)
        elif not rule.can_waive:
            yield error("waiver-not-possible", f"`{rule.id}` cannot be waived", place, _FOLLOW)
        elif rule.id in seen:
            yield error("waiver-not-possible", f"`{rule.id}` is waived twice", place, "keep one of them")
        seen.add(waiver.rule)


def waived(found: Iterable[Diagnostic], waivers: Sequence[Waiver], today: date | None) -> tuple[Diagnostic, ...]:
    """The diagnostics of a campaign, those that a waiver takes away as notes which say so."""
    holding = {waiver.rule: waiver for waiver in waivers if waiver.holds(today)}
    return tuple(_waived(item, holding[item.rule]) if item.rule in holding else item for item in found)


def _waived(item: Diagnostic, waiver: Waiver) -> Diagnostic:
    words = f"waived until {waiver.expires} by {shown(waiver.approver)}: {shown(waiver.reason)}"
    return replace(item, severity=Severity.NOTE, message=f"{item.message} [{words}]", help=None)


def check_use(campaign: CampaignPlan, found: Iterable[Diagnostic], today: date) -> Iterator[Diagnostic]:
    """Waivers that have expired, and those that waive nothing of what was found against the calls of a plan."""
    rules = {item.rule for item in found}
    for waiver in campaign.waivers if campaign.counts.create else ():
        place = Place(campaign.file)
        if not waiver.holds(today):
            yield error(
                EXPIRED,
                f"{campaign.campaign}: the waiver of `{waiver.rule}` has expired on {waiver.expires}",
                place,
                "follow the rule, or have the waiver approved anew",
            )
        elif waiver.rule not in rules:
            yield warning(
                "waiver-unused",
                f"{campaign.campaign}: the waiver of `{waiver.rule}` waives nothing here",
                place,
                "remove it",
            )


def check_review(today: date) -> Iterator[Diagnostic]:
    """Rules of the pack that nobody has looked at again in time: a warning, and after a while an error."""
    pack = load_pack()
    overdue = past_review(pack, today)
    if not overdue:
        return
    (review,) = pack.review
    late = overdue[0].review_by + timedelta(days=review.days) < today
    names = ", ".join(f"`{rule.id}`" for rule in overdue[:_SHOWN]) + (", …" if len(overdue) > _SHOWN else "")
    message = (
        f"{len(overdue)} rules of the pack are past their review date, the first since {overdue[0].review_by}: {names} "
        f"({review.rule.id}: {review.rule.text} Source: {review.rule.source})"
    )
    make = error if late else warning
    yield make(OVERDUE, message, help="upgrade bland-deploy: a newer version brings reviewed rules")
