"""Reconcile and status: the evidence for held sends, and people of a batch who were not dialled."""

import sqlite3
import time
from contextlib import closing

import pytest

from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, PEOPLE, Desk, rows, typed
from tests.cli.workspace import ADA, ALAN, GRACE
from tests.crashes.oracle import rung

TALKS_LONG = "+14155550195"
LATER = "2099-01-01 12:00:00 +00:00"


@pytest.fixture
def books(tmp_path):
    return tmp_path / "books.sqlite"


@pytest.fixture
def open_desk(tmp_path, books):
    """A function from faults to a workspace towards a sandbox that has them. Its time runs fast."""
    opened = []

    def open_desk(*faults, speed=100_000):
        plan = FaultPlan(faults=faults)
        options = Options(port=0, db=books, speed=speed, faults=lambda handler: Faulty(handler, plan))
        served = serving(options)
        opened.append(served)
        return Desk(tmp_path / "w", served.__enter__(), books).list(*PEOPLE, split={"size": 3})

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def decide(desk, *decision):
    return desk.run("reconcile", *decision, "--reason", "I looked", "--format", "json")


def only_hold(desk):
    (hold,) = desk.run("reconcile", "--format", "json").json["holds"]
    return hold


def until(condition):
    """Ask until it holds; the sandbox lives on by itself."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end


def settled(desk):
    """Wait for the batches to end: the sandbox's seconds are a hundred thousand to one."""
    final = {"completed", "completed_partial", "failed"}
    until(lambda: {batch["status"] for batch in desk.run("status", "--format", "json").json["batches"]} <= final)


def freed_and_called(desk, batch_id):
    assert decide(desk, "--not-rung", batch_id).code == 0
    done = desk.list(*PEOPLE, split={"size": 3}).apply()
    assert done.code == 0
    return done.json["summary"]["sent"]


# ---------------------------------------------------------------------- holds


def test_evidence_says_that_nobody_was_called(open_desk):
    desk = open_desk({"on": "create", "do": "lose-request"})
    assert desk.apply().code == 8
    assert (only_hold(desk)["listed"], only_hold(desk)["called"]) == ([], 0)
    shown = desk.run("reconcile").out
    assert "it lists no call to its people since then" in shown


def test_evidence_says_that_people_were_called_and_then_nobody_can_be_freed(open_desk):
    desk = open_desk({"on": "create", "do": "lose-answer"}, {"on": "create", "do": "hide", "lists": 99})
    assert desk.apply().code == 8
    hold = only_hold(desk)
    assert (hold["listed"], hold["called"]) == ([], 3)
    assert "it lists calls to 3 of its people since then" in desk.run("reconcile").out
    refused = decide(desk, "--not-sent", hold["attempt"])
    assert refused.code == 3
    assert "--sent ATTEMPT BATCH_ID" in refused.json["diagnostics"][0]["help"]
    assert decide(desk, "--sent", hold["attempt"], "seen-in-the-dashboard").code == 0
    assert desk.apply().json["batches"] == []
    assert rung(desk.books, "hello") == dict.fromkeys(PEOPLE, 1)


def test_calls_of_other_campaigns_and_rounds_are_no_evidence(open_desk):
    desk = open_desk({"on": "create", "nth": 1, "do": "lose-request"})
    desk.apply()
    desk.workspace.hello("second", recipients=rows(*PEOPLE))
    assert desk.apply("second").code == 0
    assert desk.apply("hello", "--round", "2").code == 8
    assert only_hold(desk)["called"] == 0


@pytest.mark.parametrize(("seconds_before", "called"), [(0, 1), (3_600, 0)])
def test_calls_without_a_stamp_are_evidence_unless_they_are_older_than_the_claim(open_desk, seconds_before, called):
    desk = open_desk({"on": "create", "nth": 2, "do": "lose-request"})
    desk.workspace.hello("unstamped", recipients=rows(ADA), stamp="none")
    assert desk.apply("unstamped").code == 0
    with closing(sqlite3.connect(desk.books, isolation_level=None)) as books:
        books.execute("UPDATE calls SET created = created - ?", (seconds_before,))
    desk.apply("hello")
    assert only_hold(desk)["called"] == called


def test_where_calls_cannot_be_listed_the_evidence_says_so(open_desk):
    desk = open_desk({"on": "create", "do": "lose-request"}, {"on": "calls", "do": "refuse", "status": 400})
    desk.apply()
    assert only_hold(desk)["called"] is None
    assert "cannot tell whether its people were called" in desk.run("reconcile").out


def test_a_decision_about_nothing_known_or_about_what_is_closed_is_3(open_desk):
    desk = open_desk()
    desk.apply()
    batch_id = desk.run("status", "--format", "json").json["batches"][0]["batch_id"]
    assert decide(desk, "--not-sent", "nothing").code == 3
    assert decide(desk, "--not-sent", batch_id).code == 3
    assert desk.run("reconcile", "--not-rung", batch_id).code == 3
    assert desk.run("reconcile", "--not-rung", batch_id, "--not-sent", batch_id, "--reason", "x").code == 3


def test_without_the_state_key_evidence_is_not_known_and_nobody_is_freed(open_desk):
    desk = open_desk({"on": "create", "nth": 1, "do": "lose-request"})
    desk.list(*PEOPLE, split={"size": 2}).apply()
    done = desk.run("reconcile", "--format", "json", BLAND_DEPLOY_STATE_KEY=None)
    assert (done.code, done.json["holds"][0]["called"]) == (8, None)
    (batch_id,) = [batch["batch_id"] for batch in desk.run("status", "--format", "json").json["batches"][1:]]
    done = desk.run("reconcile", "--not-rung", batch_id, "--reason", "x", BLAND_DEPLOY_STATE_KEY=None)
    assert done.code == 4


# ---------------------------------------------------------------------- people who were not dialled


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_people_of_a_stopped_batch_are_told_of_and_freed(open_desk, api):
    desk = open_desk(speed=1)
    desk.list(*PEOPLE, api=api, split={"size": 3}, call={"start_time": LATER})
    desk.apply()
    assert desk.run("stop", "--yes").code == 0
    (batch,) = desk.run("status", "--format", "json").json["batches"]
    assert batch["not_dialled"] == 3
    assert f"reconcile --not-rung {batch['batch_id']}" in desk.run("status").out
    shown = desk.run("reconcile", "--format", "json")
    assert (shown.code, [report["not_dialled"] for report in shown.json["unrung"]]) == (0, [3])
    assert "without a dial to 3 people" in desk.run("reconcile").out
    assert desk.apply().json["batches"] == []
    assert freed_and_called(desk, batch["batch_id"]) == 3
    assert decide(desk, "--not-rung", batch["batch_id"]).code == 3
    assert desk.run("status", "--format", "json").json["batches"][0]["not_dialled"] in {0, None}


def test_people_of_a_batch_that_fails_after_200_are_told_of_and_freed(open_desk):
    desk = open_desk({"on": "create", "nth": 1, "do": "fail"})
    assert desk.apply().code == 0
    settled(desk)
    (batch,) = desk.run("status", "--format", "json").json["batches"]
    assert (batch["status"], batch["not_dialled"]) == ("failed", 3)
    assert desk.apply().json["batches"] == []
    assert freed_and_called(desk, batch["batch_id"]) == 3


def test_who_was_dialled_is_never_freed(open_desk):
    desk = open_desk()
    desk.apply()
    settled(desk)
    (batch,) = desk.run("status", "--format", "json").json["batches"]
    refused = decide(desk, "--not-rung", batch["batch_id"])
    assert refused.code == 3
    assert "lists a dial to everybody" in refused.json["diagnostics"][0]["message"]
    assert desk.apply().json["batches"] == []


def test_only_people_without_a_dial_are_freed_and_while_a_batch_runs_only_by_who_knows(open_desk):
    desk = open_desk(speed=5)
    now, people = {"start_time": "2020-01-01 00:00:00 +00:00"}, [TALKS_LONG, GRACE, ALAN]
    listed = [{"phone_number": number, "name": "x", "call": now if number == TALKS_LONG else {}} for number in people]
    desk.workspace.hello(recipients={"inline": listed}, call={"start_time": LATER}, split={"size": 3})
    desk.apply()
    (batch,) = desk.run("status", "--format", "json").json["batches"]
    until(lambda: rung_now(desk))
    assert desk.run("stop", "--yes").code == 0
    refused = decide(desk, "--not-rung", batch["batch_id"])
    assert refused.code == 6
    assert "may still be rung" in refused.json["diagnostics"][0]["message"]
    done = decide(desk, "--not-rung", batch["batch_id"], "--yes")
    assert (done.code, "2 people may be called again" in done.err) == (0, True)
    assert desk.list(*people, split={"size": 3}).apply().json["summary"]["sent"] == 2


def rung_now(desk):
    """How many calls of the books have begun."""
    with closing(sqlite3.connect(desk.books)) as books:
        return books.execute("SELECT count(*) FROM calls WHERE starts <= ?", (time.time(),)).fetchone()[0]


def test_a_batch_that_was_not_sent_has_nobody_to_free(open_desk):
    desk = open_desk({"on": "create", "do": "lose-request"})
    desk.apply()
    refused = decide(desk, "--not-rung", only_hold(desk)["attempt"])
    assert refused.code == 3
    assert "--not-sent" in refused.json["diagnostics"][0]["help"]


def test_where_the_provider_cannot_tell_who_was_dialled_somebody_has_to_say_so(open_desk):
    desk = open_desk({"on": "calls", "do": "refuse", "status": 400})
    desk.apply()
    settled(desk)
    batch_id = desk.run("status", "--format", "json").json["batches"][0]["batch_id"]
    assert decide(desk, "--not-rung", batch_id).code == 6
    keys = {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    decision = ["reconcile", "--not-rung", batch_id, "--reason", "I asked them"]
    assert typed(desk.workspace, "no", *decision, **keys) == 6
    assert typed(desk.workspace, "3", *decision, **keys) == 0
    assert desk.apply().json["summary"]["sent"] == 3
