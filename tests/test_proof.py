"""The proof on demand: all of the work is shared out, every count is added up, and no failure is lost."""

import json

from tests.proof import Share, carry_out, main, merge, shares


def test_the_shares_are_all_of_the_work_with_a_seed_each():
    parts = shares(1200, 900, 7)
    assert [(part.kind, part.amount, part.seed) for part in parts] == [
        ("stateful", 500, 7),
        ("stateful", 500, 8),
        ("stateful", 200, 9),
        ("chaos", 500, 7),
        ("chaos", 400, 1007),
    ]


def test_the_report_adds_up_what_the_shares_say():
    stateful = {"counts": {"runs": 5, "killed": 2, "double rings": 0, "people rung": 11, "people held": 1}}
    chaos = {"applies": 9, "faults": {"cut": 4}, "double_rings": 0, "rung": 20, "held_before_reconcile": 3}
    told = [
        (Share("stateful", 5, 1), stateful, ""),
        (Share("chaos", 9, 1), chaos, ""),
        (Share("chaos", 9, 1001), chaos, "story 1003: rung 2 times"),
    ]
    found = merge(told)
    assert (found["stateful runs"], found["applies by real processes"]) == (5, 18)
    assert (found["faults injected"], found["double rings"]) == (10, 0)
    assert (found["people rung"], found["people held"]) == (51, 7)
    again = "python tests/chaos/run.py --applies 9 --seed 1001"
    assert found["wrong"] == [{"again": again, "said": "story 1003: rung 2 times"}]


def test_a_share_that_fails_is_not_fine(tmp_path):
    found, wrong = carry_out(Share("stateful", 1, "no-seed"), tmp_path)
    assert found == {}
    assert "invalid int value" in wrong


def test_one_command_proves_and_reports(tmp_path, capfd):
    report = tmp_path / "report.json"
    assert main(["--runs", "2", "--applies", "1", "--seed", "3", "--report", str(report)]) == 0
    found = json.loads(report.read_text())
    assert json.loads(capfd.readouterr().out) == found
    assert (found["seed"], found["double rings"], found["wrong"]) == (3, 0, [])
    assert found["people rung"] > 0
    assert found["applies by real processes"] >= 1
