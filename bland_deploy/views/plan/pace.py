"""How many people are called when: the batches of a plan on a line of time, as a chart."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bland_deploy.model.plan import CampaignPlan, Plan
from bland_deploy.views.pages.charts import Chart, Series
from bland_deploy.views.plan.outline import moment
from bland_deploy.views.words import duration

_MOST_LABELS = 48


def calls_over_time(plan: Plan) -> Chart:
    """Calls by when their batch is due, in at most 48 steps; a series for each campaign.

    The times are those of the clock where each campaign has a first one, else since the begin of the apply.
    """
    launching = [campaign for campaign in plan.campaigns if campaign.requests]
    begins = [campaign.first_dial for campaign in launching if campaign.first_dial]
    clock = min(begins) if begins and len(begins) == len(launching) else None
    due = {campaign.campaign: list(_due(campaign, clock)) for campaign in launching}
    times = sorted({second for batches in due.values() for second, _ in batches})
    step = max((times[-1] - times[0]) / (_MOST_LABELS - 1), 1.0) if len(times) > _MOST_LABELS else 0.0
    slots = sorted({_slot(second, step) for second in times})
    return Chart(
        id="calls-over-time",
        title="Calls over time",
        over="batches due",
        labels=tuple(_label(slot, clock) for slot in slots),
        series=tuple(
            Series(
                name, tuple(sum(calls for second, calls in batches if _slot(second, step) == slot) for slot in slots)
            )
            for name, batches in due.items()
        ),
    )


def _due(campaign: CampaignPlan, clock: datetime | None) -> Iterator[tuple[float, int]]:
    """For each batch, the second at which it is due, and its calls."""
    begin = (campaign.first_dial - clock).total_seconds() if clock and campaign.first_dial else 0.0
    between = campaign.pause
    if campaign.first_dial and campaign.last_dial and len(campaign.requests) > 1:
        between = (campaign.last_dial - campaign.first_dial).total_seconds() / (len(campaign.requests) - 1)
    for index, request in enumerate(campaign.requests):
        yield begin + index * between, request.calls


def _slot(second: float, step: float) -> float:
    return second // step * step if step else second


def _label(second: float, clock: datetime | None) -> str:
    if clock is not None:
        return moment(clock + timedelta(seconds=second))
    return f"+ {duration(second)}" if second else "at once"
