"""Estimates, by the prices of the API reference."""

import pytest

from bland_deploy.model.workspace import PRICES_OF, Prices
from bland_deploy.planning.cost import estimate

PRICES = Prices(minute=0.14, minimum=0.015, expected_minutes=2.0)


@pytest.mark.parametrize(
    ("calls", "max_duration", "expected"),
    [
        (100, 10, (28.0, 140.0)),
        (100, 1, (14.0, 14.0)),
        (100, None, (28.0, 420.0)),
        (100, "10", (28.0, 420.0)),
        (0, 10, (0.0, 0.0)),
    ],
)
def test_a_call_costs_its_minutes(calls, max_duration, expected):
    found = estimate(calls, max_duration, PRICES)
    assert (found.estimate, found.upper_bound) == expected


def test_a_call_never_costs_less_than_the_minimum():
    found = estimate(100, 10, Prices(minute=0.001, minimum=0.015, expected_minutes=2.0))
    assert (found.estimate, found.upper_bound) == (1.5, 1.5)


def test_an_estimate_says_what_it_rests_on():
    found = estimate(1, 1, PRICES)
    assert (found.minute, found.minimum, found.expected_minutes, found.longest_minutes) == (0.14, 0.015, 1.0, 1.0)
    assert found.prices_of == PRICES_OF
    assert estimate(1, 1, Prices(minute=0.2, minimum=0.015, expected_minutes=2.0)).prices_of is None
