"""What calls may cost, in USD, by the reference's section 6.2."""

from bland_deploy.model.json import Json
from bland_deploy.model.plan import Cost
from bland_deploy.model.workspace import PRICES_OF, Prices

DEFAULT_MAX_DURATION = 30.0
"""Minutes a call may last when the campaign does not say (bland-api 4.3)."""


def estimate(calls: int, max_duration: Json, prices: Prices) -> Cost:
    """The expected cost and the upper bound of so many calls.

    A call costs its minutes, and the minimum where that is more. Transfers and text messages are not in it.
    """
    longest = float(max_duration) if isinstance(max_duration, int | float) else DEFAULT_MAX_DURATION
    expected = min(prices.expected_minutes, longest)
    return Cost(
        estimate=round(calls * max(prices.minimum, expected * prices.minute), 2),
        upper_bound=round(calls * max(prices.minimum, longest * prices.minute), 2),
        minute=prices.minute,
        minimum=prices.minimum,
        expected_minutes=expected,
        longest_minutes=longest,
        prices_of=PRICES_OF if prices.published else None,
    )
