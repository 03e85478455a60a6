"""From results, logs and lists to a report."""

from collections.abc import Callable, Iterable

from bland_deploy.model.plan import CampaignPlan
from bland_deploy.model.workspace import Prices
from bland_deploy.operations.provider.dialled import identities
from bland_deploy.planning.cost import estimate
from bland_deploy.recipients.phone import normalise
from bland_deploy.reports.report import Ledger
from bland_deploy.state.log import Log
from bland_deploy.state.replay import UNFINISHED, Phase
from bland_deploy.windows.zones import NOTHING, place_reader

_LEFT_OUT = ("suppressed", "invalid", "duplicate", "excluded", "deferred")
_MOST_ZONES = 2


def make_ledger(
    logs: Iterable[Log], plans: Iterable[CampaignPlan] | None, prices: Prices, round_: str | None = None
) -> Ledger:
    """What the logs say of one round or of all, and the plans of who waits and who is left out; None for no plans."""
    attempts = [
        attempt for log in logs for attempt in log.standing.attempts.values() if round_ in {None, attempt.claim.round}
    ]
    sent = sum(attempt.batch.calls for attempt in attempts if attempt.phase is Phase.SENT)
    held = sum(attempt.batch.calls for attempt in attempts if attempt.phase in {Phase.HELD, *UNFINISHED})
    plans = None if plans is None else tuple(plans)
    longest = max((plan.cost.longest_minutes for plan in plans or ()), default=None)
    cost = estimate(sent, longest, prices)
    return Ledger(
        sent=sent,
        held=held,
        waiting=None if plans is None else sum(plan.counts.create + plan.later for plan in plans),
        left_out={reason: total for reason in _LEFT_OUT if (total := sum(_out(plan, reason) for plan in plans or ()))},
        estimated=cost.estimate,
        at_most=cost.upper_bound,
    )


def _out(plan: CampaignPlan, reason: str) -> int:
    """How many are left out for a reason. Whom later waves call is not: they wait."""
    number: int = getattr(plan.counts, reason)
    return number - plan.later if reason == "deferred" else number


def zones_of_numbers() -> Callable[[str], str | None]:
    """A function from a number as the provider lists it to the zones that it may be in, None where none is known."""
    read = place_reader()

    def zone_of(number: str) -> str | None:
        identity = next(iter(identities(number)), None)
        if identity is None:
            return None
        zones = read(identity, normalise(identity).country, NOTHING).zones
        return " or ".join(zones) if len(zones) <= _MOST_ZONES else f"one of {len(zones)} zones"

    return zone_of
