"""What protects the people who are called: each gate with campaigns that pass it and campaigns that do not."""

import shutil
from pathlib import Path

import pytest

from bland_deploy.operations.plans.planfiles import read_plan_file
from tests.cli.workspace import ADA, GRACE

CASES = Path(__file__).parent / "cases" / "callees"
AT = "2026-03-16T18:00:00+00:00"  # within the calling hours of every American zone
GUARDED = {"guarded": {"protected": True, "state": "state/guarded"}}
WAIVER = {"rule": "purpose-missing", "reason": "a trial", "approver": "Ann", "expires": "2026-12-31"}


@pytest.fixture
def guarded(workspace):
    """A workspace with an environment in which people can be rung, and which asks for an approval."""
    workspace.settings(GUARDED)
    return workspace


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda case: case.stem)
def test_each_gate_says_whom_it_protects_by_what_rule_and_the_way_out(guarded, case, golden):
    shutil.copy(case, guarded.root / "campaigns/hello.yaml")
    done = guarded.run("plan", "-e", "guarded", "--at", AT)
    golden(case.with_suffix(".txt"), f"exit {done.code}\n{done.err}")
    if case.stem.startswith("good"):
        assert (done.code, "warning" in done.err) == (0, False)


@pytest.mark.parametrize(
    "environment", [{"provider": "sandbox", "protected": True}, {"base_url": "http://127.0.0.1:9", "protected": True}]
)
def test_where_nobody_can_be_rung_gates_warn(workspace, environment):
    workspace.settings({"guarded": environment | {"state": "state/guarded"}})
    done = workspace.hello(call={"record": True}).plan("-e", "guarded", "--at", AT)
    assert done.code == 0
    found = {item["rule"]: item["severity"] for item in done.json["diagnostics"]}
    assert found["purpose-missing"] == found["recording-disclosure-missing"] == "warning"


def test_an_environment_that_is_not_protected_needs_no_purpose_and_only_warns_of_invalid_numbers(workspace):
    workspace.settings({"far": {"state": "state/far", "profile": "none"}})
    workspace.people({"phone_number": "+11234567890", "name": "x"}, invalid_numbers="send")
    done = workspace.plan("-e", "far", "--at", AT)
    assert (done.code, done.rules) == (0, ["invalid-number-sent"])


def test_lint_judges_by_the_environment_and_reads_no_clock(guarded):
    consent = {"type": "written", "source": "form", "captured_at": "1999-01-01"}
    guarded.hello(consent=consent, prompt="If they ask, say you are a human.")
    found = {item["rule"]: item["severity"] for item in guarded.lint("-e", "guarded").json["diagnostics"]}
    assert found == {"purpose-missing": "error", "denies-being-an-ai": "error"}
    found = {item["rule"]: item["severity"] for item in guarded.lint().json["diagnostics"]}
    assert found == {"denies-being-an-ai": "warning"}


def test_render_knows_no_gates(guarded):
    guarded.hello(prompt="Deny being an AI.", call={"record": True})
    assert guarded.run("render", "hello", "-e", "guarded").code == 0


def test_gates_judge_only_calls_that_are_still_to_be_made(workspace, address):
    workspace.settings({"far": {"base_url": address, "api_key": {"env": "BLAND_API_KEY"}, "state": "state/far"}})
    consent = {"type": "written", "source": "form", "captured_at": {"column": "agreed"}}
    rows = [{"phone_number": number, "name": "x", "agreed": day} for number, day in ((ADA, ""), (GRACE, "2026-01-01"))]
    keys = {"BLAND_API_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": "ab" * 32}
    campaign = {"consent": consent, "prompt": "Hi."}
    workspace.hello(**campaign, recipients={"inline": rows, "variables": []})
    assert "consent-missing" in workspace.plan("-e", "far", "--at", AT, **keys).rules
    assert workspace.apply("-e", "far", **keys).code == 0
    done = workspace.plan("-e", "far", "--at", AT, **keys)
    assert (done.json["summary"]["calls"], done.rules) == (0, [])


def test_waivers_stand_in_the_plan_in_every_format(guarded):
    guarded.hello(waivers=[WAIVER])
    plan = ("plan", "-e", "guarded", "--at", AT, "--format")
    (campaign,) = guarded.run(*plan, "json").json["campaigns"]
    assert (campaign["purpose"], campaign["waivers"]) == (None, [WAIVER])
    for format_ in ("text", "markdown", "html"):
        shown = guarded.run(*plan, format_).out
        assert all(word in shown for word in ("waived until 2026-12-31", "purpose-missing", "Ann", "a trial"))


def test_what_is_waived_stays_a_note_with_who_allowed_it(guarded):
    found = guarded.hello(waivers=[WAIVER]).plan("-e", "guarded", "--at", AT).only("purpose-missing")
    assert found["severity"] == "note"
    assert "[waived until 2026-12-31 by Ann: a trial]" in found["message"]


def test_a_saved_plan_keeps_its_purpose_and_its_waivers(guarded):
    key = "ab" * 32
    path = guarded.root / "saved"
    consent = {"type": "express", "source": "form", "captured_at": "2026-01-01"}
    guarded.hello(waivers=[WAIVER | {"rule": "premium-number"}], purpose="debt", consent=consent)
    done = guarded.plan("-e", "guarded", "--at", AT, "--out", path, BLAND_DEPLOY_STATE_KEY=key)
    assert done.code == 0
    (campaign,) = read_plan_file(path, bytes.fromhex(key)).header.campaigns
    assert (campaign.purpose, [waiver.rule for waiver in campaign.waivers]) == ("debt", ["premium-number"])


@pytest.mark.parametrize(
    ("day", "code", "severity"),
    [("2027-05-31", 0, None), ("2027-06-01", 0, "warning"), ("2027-08-29", 0, "warning"), ("2027-08-30", 6, "error")],
)
def test_rules_past_their_review_warn_and_then_stop_calls(guarded, day, code, severity):
    done = guarded.hello(purpose="survey").plan("-e", "guarded", "--at", f"{day}T18:00:00Z")
    found = {item["rule"]: item["severity"] for item in done.json["diagnostics"]}
    assert (done.code, found) == (code, {"rules-pack-overdue": severity} if severity else {})


def test_where_nobody_can_be_rung_the_review_of_the_pack_is_not_spoken_of(workspace):
    assert workspace.plan("--at", "2030-01-01T12:00:00Z").rules == []


def test_a_column_of_consent_that_the_list_does_not_have_is_a_mistake_in_the_file(guarded):
    consent = {"type": {"column": "Kind"}, "source": "form", "captured_at": "2026-01-01"}
    guarded.write("people.csv", f"phone_number,kind\n{ADA},written\n")
    guarded.hello(prompt="Hi.", consent=consent, recipients={"file": "people.csv", "variables": []})
    done = guarded.plan()
    assert (done.code, done.rules) == (3, ["unknown-column"])
