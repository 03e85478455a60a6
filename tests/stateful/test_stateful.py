"""Some thousands of steps of the machine; `run.py` takes as many as you like.

A run that fails prints its steps as code: such a run becomes a case here.
"""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bland_deploy.client.send import send_create
from tests.dispatch.broken import send_again
from tests.stateful.machine import Weeks

FEW = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
UNSHRUNK = settings(FEW, phases=[Phase.generate], max_examples=400, report_multiple_bugs=False)


def test_nobody_is_rung_twice_or_lost_in_weeks_of_faults():
    run_state_machine_as_test(Weeks, settings=FEW)
    assert Weeks.counts["double rings"] == 0
    assert Weeks.counts.keys() >= {"people rung", "people held", "rolled back", "killed", "paused", "creates late"}


def test_the_machine_finds_a_protocol_that_rings_twice():
    careless = type("Careless", (Weeks,), {"replaced": {send_create: send_again}, "counts": Counter()})
    with pytest.raises(AssertionError, match="rung twice"):
        run_state_machine_as_test(careless, settings=UNSHRUNK)
