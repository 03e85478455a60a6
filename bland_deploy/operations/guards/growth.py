"""Lists that have grown since they were claimed last: by mistake, perhaps, so that somebody has to look at it first."""

from collections.abc import Iterator

from bland_deploy.diagnostics import Diagnostic, Place, error, warning
from bland_deploy.model.plan import CampaignPlan, Plan

LIST_GROWN = "list-grown"
_MOST_PEOPLE = 1_000
_MOST_PERCENT = 20


def check_growth(plan: Plan, *, reviewed: bool) -> Iterator[Diagnostic]:
    """The campaigns whose lists have grown by more than 20 % and 1,000 people since they were claimed last.

    An error where nobody has `reviewed` the plan, or is going to before it is carried out.
    """
    for part in plan.campaigns:
        if not part.counts.create or not _has_grown(part):
            continue
        before, now = part.eligible_before or 0, part.counts.eligible
        message = (
            f"the list of {part.campaign} has grown from {before:,} people to call to {now:,} since its round was "
            f"applied last: by more than {_MOST_PERCENT} % and {_MOST_PEOPLE:,}"
        )
        place = Place(part.file)
        if reviewed:
            yield warning(LIST_GROWN, message, place, "make sure that these people are meant to be called")
        else:
            way_out = (
                f"have it reviewed: give `--approved {plan.digest}`, or save a plan (`plan --out FILE`) and apply it"
            )
            yield error(LIST_GROWN, message, place, way_out)


def _has_grown(part: CampaignPlan) -> bool:
    before, now = part.eligible_before, part.counts.eligible
    return before is not None and now - before > max(_MOST_PEOPLE, before * _MOST_PERCENT // 100)
