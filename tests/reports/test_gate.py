"""Figures of a wave against its gate."""

import pytest

from bland_deploy.model.rollout import Gate
from bland_deploy.reports.gate import Health, Verdict, figures, verdict
from bland_deploy.reports.wording import briefly, missed

GATE = Gate.model_validate(
    {"after": "30m", "min_completed": "80%", "answered": ">= 30%", "failed": "<= 5%", "opt_out": "<= 1%"}
)
GOOD = {"sent": 100, "ended": 80, "dialled": 80, "answered": 24, "failed": 4, "told": 24}
HOUR = 3600.0


def judged(seconds=HOUR, gate=GATE, **changes):
    return figures(gate, Health(**{**GOOD, **changes}), seconds)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Verdict.PASSED),
        ({"ended": 79}, Verdict.NOT_DUE),
        ({"answered": 23}, Verdict.FAILED),
        ({"failed": 5}, Verdict.FAILED),
        ({"told": 100, "opted_out": 1}, Verdict.PASSED),
        ({"told": 99, "opted_out": 1}, Verdict.FAILED),
        ({"answered": 10, "ended": 79}, Verdict.NOT_DUE),
        # lost before it is due: not all of the 21 that are left would make up for it
        ({"answered": 9, "ended": 79, "dialled": 80}, Verdict.FAILED),
        ({"answered": 9, "ended": 79, "dialled": 79}, Verdict.NOT_DUE),
        ({"failed": 5, "ended": 79}, Verdict.NOT_DUE),
        ({"failed": 6, "ended": 79}, Verdict.FAILED),
        ({"told": 2, "opted_out": 1, "ended": 79}, Verdict.NOT_DUE),
        ({"told": 2, "opted_out": 2, "ended": 79}, Verdict.FAILED),
        ({"stopped": 1}, Verdict.FAILED),
        ({"stopped": 1, "ended": 0}, Verdict.FAILED),
        ({"dialled": 0, "answered": 0}, Verdict.NOT_DUE),
        ({"told": 0}, Verdict.NOT_DUE),
        (dict.fromkeys(GOOD, 0), Verdict.NOT_DUE),
    ],
)
def test_a_wave_passes_fails_or_is_not_due(changes, expected):
    assert verdict(judged(**changes)) is expected


def test_the_time_after_a_wave_has_to_pass():
    assert verdict(judged(seconds=1799.9)) is Verdict.NOT_DUE
    assert verdict(judged(seconds=1800.0)) is Verdict.PASSED
    assert verdict(judged(seconds=-5.0)) is Verdict.NOT_DUE


def test_shares_are_compared_exactly():
    gate = Gate.model_validate({"min_completed": "0%", "failed": "<= 0.1%"})
    many = {"sent": 3000, "ended": 3000, "dialled": 3000}
    assert verdict(judged(gate=gate, **many, failed=3)) is Verdict.PASSED
    assert verdict(judged(gate=gate, **many, failed=4)) is Verdict.FAILED


def test_figures_are_told_with_their_numbers_and_their_limit():
    found = judged(seconds=600.0, answered=20, told=0, stopped=3)
    assert [missed(figure) for figure in found if not figure.holds] == [
        "10 min have passed since the last send or dial, and the gate asks for 30 min",
        "25.0 % of those dialled answered (20 of 80), and the gate asks for >= 30%",
        "of nobody who answered it is known yet whether they asked not to be called",
        "3 of its 100 calls were stopped",
    ]
    assert briefly(found[1]) == "ended 80.0 % (80 of 100), >= 80%"
    assert briefly(found[0]) == "10 min after it, >= 30 min"
