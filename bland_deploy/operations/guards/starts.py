"""Start times that users write: when planning, when applying, and once more just before a last byte.

Bland dials at once what is to start in the past. What of a `start_time` that is many hours ahead is not documented
either: the work of a batch is said to end after 24 hours.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bland_deploy.api.starts import start_times
from bland_deploy.diagnostics import Diagnostic, Place, error, warning
from bland_deploy.model.plan import Plan, Request

MARGIN = timedelta(minutes=2)
FARTHEST = timedelta(hours=23)
TOO_SOON = "start-time-too-soon"
HOURS_OVER = "calling-hours-over"


def check_starts(plan: Plan, now: datetime) -> Iterator[Diagnostic]:
    """What is wrong with the start times of the calls that are to be made. `now` is aware."""
    for campaign in plan.campaigns:
        starts: Counter[datetime] = Counter()
        for request in campaign.requests:
            starts.update(_starts(request))
        soon = [start for start in starts if start < now + MARGIN]
        if soon:
            yield error(
                TOO_SOON,
                f"{_calls(starts, soon)} of {campaign.campaign} have a `start_time` that is past, or less than 2 "
                f"minutes ahead (the earliest: {_distance(min(soon) - now)}); Bland dials at once what is past",
                Place(campaign.file),
                "give a later time, or leave it out to call at once",
            )
        far = [start for start in starts if start > now + FARTHEST]
        if far:
            yield warning(
                "start-time-too-far",
                f"{_calls(starts, far)} of {campaign.campaign} have a `start_time` more than 23 hours ahead "
                f"(the latest: {_distance(max(far) - now)}); Bland may give a batch up after 24 hours",
                Place(campaign.file),
                "apply on the day of the calls",
            )


def dials(requests: Iterable[Request]) -> tuple[datetime | None, datetime | None]:
    """When the first and the last of these calls begin; None for at once, and where no call has a start time."""
    starts: Counter[datetime] = Counter()
    calls = 0
    for request in requests:
        starts.update(_starts(request))
        calls += request.calls
    if not starts:
        return None, None
    return (min(starts) if starts.total() == calls else None), max(starts)


def check_closed(plan: Plan, now: datetime) -> Iterator[Diagnostic]:
    """The calls whose hours are over. `now` is aware."""
    for campaign in plan.campaigns:
        closed = sum(request.calls for request in campaign.requests if hours_over(request, now))
        if closed:
            number = "1 call" if closed == 1 else f"{closed:,} calls"
            yield error(
                HOURS_OVER,
                f"{number} of {campaign.campaign} can no longer be made within calling hours as they were planned",
                Place(campaign.file),
                "plan again, which finds other times",
            )


def hours_over(request: Request, now: datetime) -> str | None:
    """Why a request must not go out at a time (aware) by its calling hours; None where they allow it."""
    closes = request.moments.closes
    if closes is not None and now >= closes:
        return "its calls could no longer be made within calling hours; the next apply finds other times"
    return None


def objection(request: Request, now: datetime) -> str | None:
    """Why a request must not go out now (aware); None where calling hours and its start times allow it."""
    if (over := hours_over(request, now)) is not None:
        return over
    if any(start < now + MARGIN for start in _starts(request)):
        return "a `start_time` has passed meanwhile, or is less than 2 minutes ahead: Bland would dial at once"
    return None


def _starts(request: Request) -> Counter[datetime]:
    if not request.timed:
        return Counter()
    return start_times(request.read().body, request.route.calls_key, request.calls)


def _calls(starts: Counter[datetime], some: list[datetime]) -> str:
    number = sum(starts[start] for start in some)
    return "1 call" if number == 1 else f"{number:,} calls"


def _distance(ahead: timedelta) -> str:
    """How far that is from now, in words that give no cell of a list away."""
    minutes = abs(round(ahead.total_seconds() / 60))
    size = f"{minutes:,} minutes" if minutes < _MINUTES_SHOWN else f"{minutes // 60:,} hours"
    return f"{size} ago" if ahead < timedelta() else f"in {size}"


_MINUTES_SHOWN = 600
