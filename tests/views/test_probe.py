"""A probe as people read it: before it begins, and what it found."""

from pathlib import Path

import pytest

from bland_deploy.model.capability import Capability
from bland_deploy.model.statuses import StoppedBatch
from bland_deploy.model.workspace import Prices
from bland_deploy.planning.cost import estimate
from bland_deploy.views import probe as views

CASES = Path(__file__).parent / "cases" / "probe"
FOUND = Path(__file__).parents[1] / "operations/cases/probe"
STOPPED = StoppedBatch("_probe", "b1", stopped=True, failed=False, calls=1, dialled=0)


def found(name):
    return Capability.model_validate_json((FOUND / f"{name}.json").read_bytes())


OUTCOMES = {
    "all-is-well": views.Outcome("capabilities/lab.json", found("as-the-sandbox-does"), [STOPPED], [], 0),
    "nothing-is-known": views.Outcome("capabilities/lab.json", found("everything-is-refused"), [], [], 0),
    "phones-rang": views.Outcome("capabilities/lab.json", found("start-times-are-ignored"), [STOPPED] * 2, [], 0),
    "some-is-left": views.Outcome("capabilities/lab.json", found("stops-do-nothing"), [STOPPED], ["b2", "b3"], 1),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_was_found(name, golden):
    golden(CASES / f"{name}.txt", views.render(OUTCOMES[name]))


def test_what_will_be_sent(golden):
    steps = [views.Step("v2", 1, "one thing"), views.Step("v1", 2, "another")]
    cost = estimate(3, 1, Prices.model_validate({}))
    planned = views.Planned("lab", "https://lab.example", steps, ["+1212•••0101"], cost, 15)
    golden(CASES / "plan.txt", views.render_plan(planned))
