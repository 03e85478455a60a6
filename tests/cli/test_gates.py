"""Every gate has a campaign that passes it and one that does not, with the message that people read.

A gate is a rule that depends on time, law or state, or a limit. Those that a campaign's file
alone can break have their cases in `cases/callees`; the others are the scenes below.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bland_deploy.operations.guards.gates import GATES
from tests.cli.workspace import ADA, ALAN, GRACE

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]
AT = "2026-03-16T18:00:00+00:00"  # within the calling hours of every American zone
FAR = {"state": "state", "folder_in_ci": True}
OTHERS = {
    "calling-hours-over",
    "country-not-allowed",
    "duplicate-recipient",
    "limit-calls",
    "limit-cost",
    "no-calling-hours",
    "no-time-zone",
    "outside-calling-hours",
    "profile-none",
    "start-time-too-far",
    "suppression-unreadable",
}
# what only a last byte, or a clock that has moved on, meets; and the tests that have them
ELSEWHERE = {
    "calling-hours-over": "tests/operations/test_called_in_time.py",
    "provider-list-too-old": "tests/cli/test_suppress_sync.py",
    "rules-pack-overdue": "tests/cli/test_callees.py",
    "start-time-too-soon": "tests/chaos/test_hazards.py",
}


def far(workspace, **changes):
    """An environment in which people can be rung, on the state of the sandbox."""
    caps = changes.pop("caps", {})
    environments = {"sandbox": {"provider": "sandbox", "state": "state"}, "far": FAR | changes}
    workspace.settings(environments, caps=caps)


def list_of(workspace, *numbers):
    workspace.listed("phone_number\n" + "".join(f"{number}\n" for number in numbers))


def suppressing(workspace, text, **keys):
    workspace.write("stop.csv", text)
    workspace.hello(suppression=[{"file": "stop.csv"} | keys], purpose="informational")


def called_once(workspace, *, per_day):
    far(workspace, profile="none", caps={"per_day": per_day})
    list_of(workspace, ADA, GRACE)
    workspace.run("state", "key")
    assert workspace.apply().code == 0
    list_of(workspace, ALAN, GRACE, ADA)
    return ("--round", "2", "--at", datetime.now(UTC).isoformat())


def grown(workspace, number):
    far(workspace, profile="none")
    lines = [f"+1415555{line:04d}" for line in range(number)]
    workspace.run("state", "key")
    list_of(workspace, *lines[:1200])
    workspace.hello(recipients={"file": "people.csv", "invalid_numbers": "send"}, prompt="Hi.")
    assert workspace.apply().code == 0
    workspace.write("people.csv", "phone_number\n" + "".join(f"{line}\n" for line in lines))
    return ("--at", (datetime.now(UTC) + timedelta(seconds=1)).isoformat())


def plainly(workspace, *, settings=None, numbers=(ADA, GRACE), at=AT, **changes):
    far(workspace, **(settings or {}))
    rows = [{"phone_number": number, "name": "x"} for number in numbers]
    workspace.hello(**{"recipients": {"inline": rows}, "purpose": "informational"} | changes)
    return ("--at", at)


def dated(workspace, number=GRACE, **keys):
    far(workspace)
    suppressing(workspace, f"phone_number\n{number}\n", **keys)
    return ("--at", AT)


# rule: a scene that breaks it, and one that does not
SCENES = {
    "called-too-often": (
        lambda workspace: called_once(workspace, per_day=1),
        lambda workspace: called_once(workspace, per_day=2),
    ),
    "list-grown": (lambda workspace: grown(workspace, 2_400), lambda workspace: grown(workspace, 2_200)),
    "limit-calls": (
        lambda workspace: plainly(workspace, settings={"limits": {"max_calls_per_apply": 1}}),
        lambda workspace: plainly(workspace, settings={"limits": {"max_calls_per_apply": 2}}),
    ),
    "limit-cost": (
        lambda workspace: plainly(workspace, settings={"limits": {"max_cost_per_apply": 0.5}}),
        lambda workspace: plainly(workspace, settings={"limits": {"max_cost_per_apply": 0.6}}),
    ),
    "outside-calling-hours": (
        lambda workspace: plainly(workspace, at="2026-03-16T08:00:00+00:00"),
        plainly,
    ),
    "no-time-zone": (lambda workspace: plainly(workspace, numbers=("+15005550100",)), plainly),
    "no-calling-hours": (
        lambda workspace: plainly(workspace, schedule={"days": "sat", "profile": "us-strict"}),
        lambda workspace: plainly(workspace, schedule={"days": "mon", "profile": "us-strict"}),
    ),
    "profile-none": (
        lambda workspace: plainly(workspace, settings={"protected": True}, schedule={"profile": "none"}),
        lambda workspace: plainly(workspace, settings={"protected": True}),
    ),
    "country-not-allowed": (
        lambda workspace: plainly(workspace, numbers=(ADA, "+15145550120"), countries=["US"]),
        lambda workspace: plainly(workspace, countries=["US"]),
    ),
    "duplicate-recipient": (lambda workspace: plainly(workspace, numbers=(ADA, GRACE, ADA)), plainly),
    "suppression-too-old": (
        lambda workspace: dated(workspace, kind="own", as_of="2026-03-14"),
        lambda workspace: dated(workspace, kind="own", as_of="2026-03-16"),
    ),
    "suppression-undated": (
        lambda workspace: dated(workspace, kind="national"),
        lambda workspace: dated(workspace, kind="national", as_of="2026-03-01"),
    ),
    "suppression-unreadable": (
        lambda workspace: dated(workspace, "555-0100"),
        dated,
    ),
    "start-time-without-offset": (
        lambda workspace: plainly(workspace, call={"start_time": "2026-03-16 15:00:00"}),
        lambda workspace: plainly(workspace, call={"start_time": "2026-03-16 15:00:00 -04:00"}),
    ),
    "start-time-too-far": (
        lambda workspace: plainly(workspace, call={"start_time": "2026-03-18 15:00:00 -04:00"}),
        lambda workspace: plainly(workspace, call={"start_time": "2026-03-16 16:00:00 -04:00"}),
    ),
}


@pytest.mark.parametrize("rule", SCENES)
def test_a_gate_names_the_rows_the_rule_and_the_way_out(workspace, golden, rule):
    breaks, _ = SCENES[rule]
    done = workspace.run("plan", "-e", "far", *breaks(workspace))
    golden(CASES / "gates" / f"{rule}.txt", f"exit {done.code}\n{done.err}")
    assert f"[{rule}]" in done.err


@pytest.mark.parametrize("rule", SCENES)
def test_what_keeps_to_it_passes(workspace, rule):
    _, passes = SCENES[rule]
    done = workspace.run("plan", "-e", "far", *passes(workspace))
    assert (done.code, f"[{rule}]" in done.err) == (0, False), done.everything


def test_every_gate_has_its_cases():
    shown = "".join(path.read_text() for path in (CASES / "callees").glob("*.txt"))
    in_files = {rule for rule in GATES if f"[{rule}]" in shown}
    assert (GATES | OTHERS) - in_files - SCENES.keys() == ELSEWHERE.keys()
    assert all((ROOT / test).exists() for test in ELSEWHERE.values())


def test_who_is_suppressed_is_left_out_counted_and_never_waived(workspace):
    waiver = {"rule": "suppression-unreadable", "reason": "x", "approver": "Ann", "expires": "2026-12-31"}
    far(workspace)
    suppressing(workspace, f"phone_number\n{GRACE}\n")
    assert "1 on a suppression list" in workspace.run("plan", "-e", "far", "--at", AT).out
    workspace.hello(suppression=[{"file": "stop.csv"}], purpose="informational", waivers=[waiver])
    done = workspace.plan("-e", "far", "--at", AT)
    assert (done.code, done.only("waiver-not-possible")["severity"]) == (3, "error")
