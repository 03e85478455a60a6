"""Calls that the provider lists, added up."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from bland_deploy.api.outcomes import OUTCOMES, ListedCall
from bland_deploy.model.statuses import Tally


def tally(calls: Iterable[ListedCall]) -> Tally:
    """How many calls by outcome, what they cost, and how long those that wait will take."""
    calls = tuple(calls)
    found = Counter(call.outcome for call in calls)
    return Tally(
        outcomes={outcome: found[outcome] for outcome in OUTCOMES if found[outcome]},
        minutes=round(sum(call.minutes or 0.0 for call in calls), 4),
        cost=round(sum(call.price or 0.0 for call in calls), 4),
        drain=_drain(calls, found["queued"]),
    )


def _drain(calls: Iterable[ListedCall], queued: int) -> float | None:
    """Seconds for the queued calls, if they are dialled as fast as the others were by the provider's clock."""
    if not queued:
        return 0.0
    started = [moment for call in calls if call.started_at and (moment := moment_of(call.started_at))]
    if not started or (span := (max(started) - min(started)).total_seconds()) <= 0:
        return None
    return queued * span / (len(started) - 1)


def moment_of(text: str) -> datetime | None:
    """A time of the provider, aware, in UTC where it names no offset; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
