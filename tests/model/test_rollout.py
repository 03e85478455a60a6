"""Targets of waves."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from bland_deploy.model.rollout import Gate, Rollout, limit_of


def rollout(*waves, **gate):
    return Rollout.model_validate({"waves": list(waves), "gate": gate})


@pytest.mark.parametrize(
    ("waves", "people", "targets"),
    [
        ((10, "5%", "25%", "100%"), 1000, (10, 50, 250, 1000)),
        ((10, "5%", "100%"), 100, (10, 5, 100)),
        ((10, "100%"), 3, (3, 3)),
        (("0.5%", "100%"), 1, (1, 1)),
        (("33.3%", "100%"), 100, (34, 100)),
        (("100%",), 0, (0,)),
    ],
)
def test_targets_are_counts_of_people_rounded_up(waves, people, targets):
    assert rollout(*waves).targets(people) == targets


@pytest.mark.parametrize(
    ("waves", "says"),
    [
        ((), "end with 100%"),
        ((10,), "end with 100%"),
        (("50%",), "end with 100%"),
        (("50%", "50%", "100%"), "50% follows 50%"),
        ((20, "5%", 10, "100%"), "10 follows 20"),
        (("100%", "100%"), "100% follows 100%"),
        ((0, "100%"), "at least 1"),
        ((True, "100%"), "valid integer"),
        ((1.5, "100%"), "valid integer"),
        (("0%", "100%"), "more than 0%"),
        (("101%",), "such as 10"),
        (("ten", "100%"), "such as 10"),
    ],
)
def test_targets_that_cannot_be_are_refused(waves, says):
    with pytest.raises(ValidationError, match=says):
        rollout(*waves)


@pytest.mark.parametrize(
    "gate",
    [
        {"answered": "<= 30%"},
        {"answered": "30%"},
        {"failed": ">= 5%"},
        {"failed": "<= 5"},
        {"opt_out": "<= 100.5%"},
        {"min_completed": "80"},
        {"min_completed": 80},
        {"after": 30},
        {"busy": "<= 5%"},
    ],
)
def test_gates_that_cannot_be_are_refused(gate):
    with pytest.raises(ValidationError):
        rollout("100%", **gate)


def test_without_anything_said_all_calls_of_a_wave_have_to_end():
    assert Gate.model_validate({}).min_completed == "100%"
    assert limit_of("<=2.5%") == Fraction(1, 40)
