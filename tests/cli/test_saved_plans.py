"""Saved plans: what was approved is what is sent, once, in its time; people may only drop out of it."""

import json
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.saved import open_saved
from bland_deploy.cli.session import open_provider
from bland_deploy.cli.work import aim_of
from bland_deploy.errors import Blocked, ExitCode, Interrupted
from bland_deploy.model.entries import Resolve, instant
from bland_deploy.operations.apply import carry_out
from bland_deploy.operations.plans.saved import read_suppressed_now
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.recipients.reach import Reach
from bland_deploy.state.backends import open_store
from bland_deploy.state.log import append, open_log
from tests.cli.workspace import ADA, ALAN, AT, GRACE, LINUS, Workspace

PEOPLE = (ADA, GRACE, ALAN)
KEY = "5a" * 32


@pytest.fixture
def saved(workspace):
    """A workspace with a state key, a list of three people and a suppression list, and its plan in a file."""
    workspace.run("state", "key")
    workspace.write("people.csv", "phone_number\n" + "".join(f"{number}\n" for number in PEOPLE))
    workspace.write("stop.csv", f"phone_number\n{LINUS}\n")
    people_in_file(workspace)
    workspace.plan_file = workspace.root / "p.plan"
    save(workspace)
    return workspace


def people_in_file(workspace, **changes):
    return workspace.hello(
        **{
            "recipients": {"file": "people.csv"},
            "suppression": [{"file": "stop.csv"}],
            "prompt": "Greet.",
            "description": "Hello",
            **changes,
        }
    )


def save(workspace, *arguments, **variables):
    done = workspace.plan("--out", workspace.plan_file, *arguments, **variables)
    assert done.code == 0, done.everything
    return workspace.plan_file.read_bytes()


def apply_saved(workspace, *arguments, **variables):
    return workspace.run("apply", workspace.plan_file, "--format", "json", *arguments, **variables)


def refused(workspace, *arguments, rule, **variables):
    """The message with which the plan is refused, with nobody rung and nothing recorded."""
    before = workspace.rung(), state_of(workspace)
    done = apply_saved(workspace, *arguments, **variables)
    assert (done.code, done.rules) == (9, [rule])
    assert "nothing was sent" in done.out
    assert (workspace.rung(), state_of(workspace)) == before
    return done.json["diagnostics"][0]["message"]


def state_of(workspace, environment="sandbox"):
    folder = workspace.root / ".bland-deploy/state" / environment
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}


def claims_of(workspace):
    entries = [json.loads(data)["entry"] for name, data in sorted(state_of(workspace).items()) if "log" in name.parts]
    return [entry for entry in entries if entry["kind"] == "claim"]


# What is written


def test_a_plan_is_saved_for_its_owner_only_and_its_document_says_nothing_of_it(saved):
    without, done = saved.plan("--at", AT), saved.plan("--at", AT, "--out", saved.plan_file)
    assert done.out == without.out
    assert stat.S_IMODE(saved.plan_file.stat().st_mode) == 0o600
    assert "phone numbers" in done.err
    assert ADA not in done.everything
    assert [path.name for path in saved.root.iterdir() if "plan" in path.name] == ["p.plan"]


def test_the_same_files_state_and_time_give_the_same_bytes(saved):
    assert save(saved, "--at", AT) == save(saved, "--at", AT)
    saved.apply()
    saved.write("people.csv", f"phone_number\n{ADA}\n{LINUS}0\n")
    people_in_file(saved, recipients={"file": "people.csv", "invalid_numbers": "send"})
    assert save(saved, "--at", AT) == save(saved, "--at", AT)
    assert save(saved, "--at", AT) != save(saved, "--at", "2026-03-15T09:00:01+00:00")


def test_without_the_state_key_no_plan_is_saved(workspace):
    done = workspace.plan("--out", workspace.root / "p.plan")
    assert (done.code, done.rules) == (4, ["authentication"])
    assert not (workspace.root / "p.plan").exists()


def test_a_plan_that_breaks_a_limit_is_not_saved(saved):
    saved.plan_file.unlink()
    saved.settings({"sandbox": {"provider": "sandbox", "limits": {"max_calls_per_apply": 2}}})
    assert saved.plan("--out", saved.plan_file).code == 6
    assert not saved.plan_file.exists()


def test_no_other_file_is_overwritten(saved):
    notes = saved.write("notes.txt", "mine")
    for target in (notes, saved.root / "campaigns", saved.root / "missing/p.plan", Path("/dev/null")):
        done = saved.plan("--out", target)
        assert (done.code, done.rules) == (3, ["invalid-input"])
    assert notes.read_text() == "mine"
    assert saved.plan("--out", saved.write("empty", "")).code == 0
    saved.plan_file.write_bytes(b"bland-deploy plan 1\nan old one")
    save(saved)


@pytest.mark.parametrize("duration", ["soon", "32d", "-1h", ""])
def test_a_plan_is_valid_for_a_duration(saved, duration):
    done = saved.plan("--out", saved.plan_file, "--expires-in", duration)
    assert (done.code, "--expires-in" in done.json["diagnostics"][0]["message"]) == (3, True)


# What is sent


def test_a_saved_plan_is_sent_as_it_is_and_asks_nobody_even_where_apply_is_protected(saved):
    saved.settings({"sandbox": {"provider": "sandbox", "protected": True}})
    save(saved)
    assert saved.apply().code == 6
    done = apply_saved(saved)
    assert (done.code, done.json["summary"]["sent"]) == (0, 3)
    assert saved.rung() == list(PEOPLE)


def test_what_is_sent_is_what_was_shown(saved):
    saved.apply("--round", "0")
    save(saved)
    digests = [batch["payload_sha256"] for batch in saved.plan().json["campaigns"][0]["batches"]]
    assert apply_saved(saved).code == 0
    (_, claim) = claims_of(saved)
    assert [batch["payload_sha256"] for batch in claim["batches"]] == digests
    assert claim["plan_id"] in saved.plan_file.read_text()


def test_the_environment_is_the_one_of_the_plan(saved):
    saved.settings({"other": {"provider": "sandbox"}})
    save(saved, "-e", "other")
    assert apply_saved(saved).json["environment"] == "other"
    assert state_of(saved, "other")
    assert not state_of(saved)


def test_a_dry_run_shows_the_plan_with_its_payloads(saved):
    dry = apply_saved(saved, "--dry-run")
    assert dry.code == 0
    (campaign,) = dry.json["campaigns"]
    assert campaign["batches"] == saved.plan("--payloads").json["campaigns"][0]["batches"]
    assert dry.json["digest"] == saved.plan().json["digest"]
    assert saved.rung() == []


def test_numbers_of_a_saved_plan_are_shown_to_nobody(saved):
    for arguments in ((), ("--dry-run",), ("--format", "text")):
        assert not any(number in apply_saved(saved, *arguments).everything for number in PEOPLE)


def test_several_campaigns_travel_in_one_plan(saved):
    saved.hello("second", api="v1", recipients={"inline": [{"phone_number": LINUS}]}, prompt="Greet.")
    saved.hello("third", recipients={"inline": []}, prompt="Greet.")
    save(saved)
    done = apply_saved(saved)
    assert [(batch["campaign"], batch["calls"]) for batch in done.json["batches"]] == [("hello", 3), ("second", 1)]
    refused(saved, rule="plan-used")


def test_a_plan_with_nothing_to_send_sends_nothing_as_often_as_it_is_applied(saved):
    saved.apply()
    save(saved)
    assert [apply_saved(saved).code for _ in range(2)] == [0, 0]
    assert saved.rung() == list(PEOPLE)


def test_an_approved_digest_must_be_the_one_of_the_plan(saved):
    done = apply_saved(saved, "--approved", "0" * 64)
    assert (done.code, done.rules) == (9, ["state"])
    assert apply_saved(saved, "--approved", saved.plan().json["digest"]).code == 0


def test_a_saved_plan_is_applied_alone(saved):
    assert apply_saved(saved, "hello").code == 3
    assert saved.rung() == []


# People who drop out


def test_who_was_called_meanwhile_drops_out(saved):
    saved.write("people.csv", f"phone_number\n{GRACE}\n")
    saved.apply()
    saved.write("people.csv", "phone_number\n" + "".join(f"{number}\n" for number in PEOPLE))
    done = apply_saved(saved)
    assert (done.code, done.json["summary"]["sent"]) == (0, 2)
    assert saved.rung() == [GRACE, ADA, ALAN]


def test_who_is_suppressed_meanwhile_drops_out(saved):
    saved.write("stop.csv", f"phone_number\n{LINUS}\n{ADA}\n")
    shown = apply_saved(saved, "--dry-run").json["campaigns"][0]
    assert {name: number for name, number in shown["calls"].items() if number} == {"create": 2, "suppressed": 1}
    assert shown["cost"]["estimate"] == pytest.approx(2 * 0.28)
    assert apply_saved(saved).code == 0
    assert saved.rung() == [GRACE, ALAN]


def test_where_everybody_dropped_out_nothing_is_sent(saved):
    saved.apply()
    done = apply_saved(saved)
    assert (done.code, done.json["batches"]) == (0, [])
    assert saved.rung() == list(PEOPLE)


def test_a_test_of_v1_whose_one_person_drops_out_rings_nobody_in_their_place(saved):
    people_in_file(saved, api="v1", call={"test_mode": True}, description=None)
    save(saved)
    saved.write("stop.csv", f"phone_number\n{ADA}\n")
    assert apply_saved(saved, "--dry-run").json["summary"]["calls"] == 0
    assert apply_saved(saved).code == 0
    assert saved.rung() == []


def test_a_list_that_lost_a_suppressed_person_adds_nobody(saved):
    saved.write("stop.csv", f"phone_number\n{ADA}\n")
    save(saved)
    saved.write("stop.csv", f"phone_number\n{LINUS}\n")
    assert apply_saved(saved).code == 0
    assert saved.rung() == [GRACE, ALAN]


def test_a_suppression_list_that_is_gone_or_unreadable_stops_the_plan(saved):
    saved.write("stop.csv", "phone_number\nnobody\n")
    assert apply_saved(saved).code == 3
    (saved.root / "stop.csv").unlink()
    assert apply_saved(saved).code == 3
    assert saved.rung() == []


def test_a_suppression_list_that_is_too_old_by_now_stops_the_plan_where_phones_can_ring(saved):
    people_in_file(saved, suppression=[{"file": "stop.csv", "max_age": "24h", "as_of": "2026-03-15"}])
    save(saved, "--at", AT, "--expires-in", "5d")
    now = datetime.fromisoformat(AT)
    session, _, _ = open_saved(Invocation(saved.root), saved.plan_file, now, needs_key=False)
    campaigns, aim = session.campaigns(["hello"]), aim_of(session)._replace(gates_warn=False)
    suppressed, _ = read_suppressed_now(campaigns, Reach(saved.root), now, aim)
    assert LINUS in suppressed["hello"].known
    with pytest.raises(Blocked):
        read_suppressed_now(campaigns, Reach(saved.root), now + timedelta(days=2), aim)
    assert apply_saved(saved, "--at", AT).code == 0


# Refusals


def test_a_used_plan_is_refused(saved):
    assert apply_saved(saved).code == 0
    assert "used" in refused(saved, rule="plan-used")
    assert "used" in refused(saved, "--dry-run", rule="plan-used")


def test_a_copy_of_a_used_plan_is_used_too(saved):
    data = save(saved, "--at", datetime.now(UTC).isoformat())
    assert apply_saved(saved).code == 0
    saved.plan_file = saved.root / "copy.plan"
    saved.plan_file.write_bytes(data)
    refused(saved, rule="plan-used")


def test_an_expired_plan_is_refused(saved):
    save(saved, "--at", AT)
    assert "expired" in refused(saved, rule="plan-expired")
    save(saved, "--expires-in", "0s")
    refused(saved, rule="plan-expired")
    save(saved, "--at", AT, "--expires-in", "1h")
    refused(saved, "--at", "2026-03-15T10:00:00+00:00", rule="plan-expired")
    assert apply_saved(saved, "--at", "2026-03-15T09:59:59+00:00").code == 0


@pytest.mark.parametrize("name", ["campaigns/hello.yaml", "people.csv", "bland-deploy.yaml"])
def test_a_plan_is_stale_when_a_file_that_it_was_made_from_has_changed_or_is_gone(saved, name):
    path = saved.root / name
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    assert name in refused(saved, rule="plan-stale")
    if name != "bland-deploy.yaml":
        path.unlink()
        assert name in refused(saved, rule="plan-stale")
    path.write_bytes(before)
    assert apply_saved(saved).code == 0


def test_a_plan_is_stale_when_its_prompt_has_changed(saved):
    saved.write("campaigns/prompt.md", "Greet.")
    people_in_file(saved, prompt={"file": "campaigns/prompt.md"})
    save(saved)
    saved.write("campaigns/prompt.md", "Greet!")
    assert "prompt.md" in refused(saved, rule="plan-stale")


def test_a_plan_is_stale_for_another_environment_round_address_or_other_variables(saved, served):
    saved.settings(
        {"other": {"base_url": served, "api_key": {"env": "BLAND_API_KEY"}}, "near": {"api_key": {"env": "K"}}}
    )
    save(saved, "--var", "a=1")
    assert "other" in refused(saved, "-e", "other", rule="plan-stale")
    assert "round 2" in refused(saved, "--round", "2", rule="plan-stale")
    assert "variables" in refused(saved, "--var", "a=2", rule="plan-stale")
    assert apply_saved(saved, "--var", "a=1", "-e", "sandbox", "--round", "1").code == 0
    save(saved, "-e", "near", BLAND_BASE_URL=served)
    assert "is for" in refused(saved, rule="plan-stale", BLAND_BASE_URL="http://127.0.0.1:9", K="sk-test")


def test_a_plan_is_stale_when_the_state_is_another_one(saved):
    saved.apply("--round", "0")
    save(saved)
    state = saved.root / ".bland-deploy/state/sandbox"
    kept = saved.root / "kept"
    shutil.copytree(state, kept)
    shutil.rmtree(state)
    shutil.rmtree(saved.root / ".bland-deploy/sandbox", ignore_errors=True)
    saved.books.unlink()
    assert "state" in refused(saved, rule="plan-stale")
    saved.apply("--round", "7")
    assert "state" in refused(saved, rule="plan-stale")


def test_a_plan_is_stale_when_the_log_was_rolled_back(saved):
    saved.apply("--round", "0")
    save(saved)
    log = saved.root / ".bland-deploy/state/sandbox/hello/log"
    max(log.glob("*.json")).unlink()
    assert "log" in refused(saved, rule="plan-stale")


def test_a_plan_of_another_state_key_is_refused(saved):
    save(saved, BLAND_DEPLOY_STATE_KEY=KEY)
    done = apply_saved(saved)
    assert (done.code, done.rules) == (4, ["authentication"])
    (saved.root / ".bland-deploy/state.key").unlink()
    assert apply_saved(saved).code == 4
    assert apply_saved(saved, BLAND_DEPLOY_STATE_KEY=KEY).code == 0


def test_a_cut_off_or_empty_plan_is_refused(saved):
    data = saved.plan_file.read_bytes()
    for length in (0, 1, 19, 20, 100, len(data) // 2, len(data) - 98, len(data) - 1):
        saved.plan_file.write_bytes(data[:length])
        refused(saved, rule="plan-altered")
    saved.plan_file.write_bytes(data + b"\n")
    refused(saved, rule="plan-altered")


def test_a_campaign_outside_of_the_globs_is_not_taken_for_an_altered_plan(saved):
    stray = saved.write("stray.yaml", "version: 1\n")
    assert saved.apply(stray).code == 3
    assert saved.apply("nobody").code == 3


@pytest.fixture(scope="module")
def altered(tmp_path_factory):
    """A workspace with a saved plan, which no test of it carries out."""
    workspace = Workspace(tmp_path_factory.mktemp("altered") / "w").hello()
    workspace.run("state", "key")
    workspace.plan_file = workspace.root / "p.plan"
    workspace.data = save(workspace)
    return workspace


@given(st.data(), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_whatever_byte_is_changed_the_plan_is_refused(altered, data, change):
    position = data.draw(st.integers(0, len(altered.data) - 1))
    content = bytearray(altered.data)
    content[position] ^= change
    altered.plan_file.write_bytes(content)
    refused(altered, rule="plan-altered")


# Interrupted, held, decided


def carry_out_until(workspace, batches):
    """Apply the saved plan, stopped by a signal after so many batches; the exit code."""
    session, proposal, _ = open_saved(
        Invocation(workspace.root), workspace.plan_file, datetime.now(UTC), needs_key=True
    )
    told = []
    with open_provider(session.settings) as client:
        world = World(
            client=client,
            store=session.store(),
            now=lambda: datetime.now(UTC),
            sleep=lambda _seconds: None,
            settle=0.0,
            by="tests",
            interrupted=lambda: ExitCode.INTERRUPTED if len(told) >= batches else None,
        )
        asked = Asked(lambda _plan: None, told.append)
        try:
            return carry_out(proposal, session.settings.state_key, world, asked).exit_code
        except Interrupted as stopped:
            return stopped.exit_code


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_what_an_interrupted_apply_left_is_sent_by_applying_the_same_plan_again(saved, batches):
    people_in_file(saved, split={"size": 1})
    save(saved)
    assert carry_out_until(saved, batches) == ExitCode.INTERRUPTED
    assert saved.rung() == list(PEOPLE[:batches])
    done = apply_saved(saved)
    assert (done.code, done.json["summary"]["sent"]) == (0, 3 - batches)
    assert saved.rung() == list(PEOPLE)
    refused(saved, rule="plan-used")


def test_whom_somebody_found_not_to_be_rung_is_called_by_a_new_plan_only(saved):
    assert apply_saved(saved).code == 0
    log = open_log(open_store(str(saved.root / ".bland-deploy/state/sandbox"), saved.root), "hello")
    (attempt,) = log.standing.attempts
    decided = {"at": instant(datetime.now(UTC)), "who": "tests", "reason": "the line was down"}
    append(log, Resolve(attempt=attempt, outcome="not_rung", **decided))
    refused(saved, rule="plan-used")
    save(saved)
    assert apply_saved(saved).code == 0
    assert saved.rung() == [*PEOPLE, *PEOPLE]
