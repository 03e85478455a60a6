"""`probe` as a person runs it: at a terminal, towards a sandbox over HTTP; and what plan, apply and stop make of it."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from jsonschema import Draft7Validator

from bland_deploy.errors import Blocked, InvalidInput
from bland_deploy.operations.probe.callees import make_callees, read_numbers
from bland_deploy.operations.schemas import make_schema
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty, kind_of
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, Desk
from tests.cli.workspace import ADA, ALAN, AT, GRACE, Result

CALLS = "11 calls"
OWN = "+12125550101"
VARIABLES = {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
FILE = "capabilities/sandbox.json"
LISTED_BEFORE = 2
"""Lists that a probe asks for before it sends: of each generation of the API."""


@pytest.fixture
def desk(tmp_path, address, books):
    return Desk(tmp_path / "w", address, books).list(ADA, GRACE)


@contextmanager
def at_a_terminal(desk, *arguments):
    """The command at a terminal, and the end of it to which a person types."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(desk.workspace.root), "probe", *arguments]
    pipes = {"stdin": theirs, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | VARIABLES, **pipes) as process:
        os.close(theirs)
        yield process, ours
        os.close(ours)


def typed(desk, answer, *arguments):
    with at_a_terminal(desk, *arguments) as (process, terminal):
        os.write(terminal, answer.encode() + b"\n")
        out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, err)


def still_to_ring(books):
    return [ring for ring in rings(books) if not ring.canceled] if books.exists() else []


def capability(desk):
    return json.loads((desk.workspace.root / FILE).read_text())


def write_capability(desk, change=lambda _content: None):
    content = json.loads(PROBED) | {"environment": "sandbox", "base_url": address_of(desk)}
    content["probed_at"] = datetime.now(UTC).isoformat()
    change(content)
    return desk.workspace.write(FILE, json.dumps(content))


def address_of(desk):
    settings = json.loads((desk.workspace.root / "bland-deploy.yaml").read_text())
    return settings["environments"]["sandbox"]["base_url"]


PROBED = (Path(__file__).parents[1] / "operations/cases/probe/as-the-sandbox-does.json").read_text(encoding="utf-8")


# ---------------------------------------------------------------------- a probe, and campaigns after it


def test_a_probe_rings_nobody_and_applies_go_on_as_if_it_had_never_been(desk, books):
    done = typed(desk, CALLS, "--number", OWN, "--number", ADA, "--format", "json")
    assert done.code == 0, done.everything
    document = done.json
    assert list(Draft7Validator(make_schema("capability")).iter_errors(document["capability"])) == []
    assert document["capability"] == capability(desk)
    assert document["summary"] == {"calls": 11, "dialled": 0, "failed": 0, "stopped": 7, "unknown": 0}
    assert still_to_ring(books) == []
    assert OWN not in done.everything
    assert "+1212•••0101" in done.err
    probed = len(rings(books))

    assert desk.apply().json["summary"]["sent"] == 2
    assert desk.apply().json["batches"] == []
    shutil.rmtree(desk.log)
    assert desk.apply().code == 9
    adopted = desk.adopt()
    assert adopted.code == 0, adopted.everything
    assert len(adopted.json["campaigns"][0]["batches"]) == 2
    assert desk.apply().json["batches"] == []
    assert len(rings(books)) == probed + 2


# ---------------------------------------------------------------------- agreeing


@pytest.mark.parametrize("answer", ["", "11", "yes", "12 calls"])
def test_nothing_but_the_words_agrees(desk, books, answer):
    done = typed(desk, answer, "--number", OWN)
    assert done.code == 6
    assert "Estimated cost" in done.err
    assert still_to_ring(books) == [] == rings_in(books)


def rings_in(books):
    return rings(books) if books.exists() else []


@pytest.mark.parametrize("ci", [None, "true"])
def test_without_a_terminal_nothing_is_sent_and_no_variable_changes_that(desk, books, ci):
    names = ("YES", "Y", "AUTO_APPROVE", "APPROVED", "PROBE", "CALLS")
    variables = {f"BLAND_DEPLOY_{name}": CALLS for name in names} | {"CI": ci, "BLAND_DEPLOY_STATE_KEY": KEY}
    done = desk.run("probe", "--number", OWN, **variables)
    assert done.code == 6
    assert "nobody is here to agree" in done.err
    assert rings_in(books) == []


def test_numbers_come_from_the_command_line_alone(desk, books):
    done = desk.run("probe", BLAND_DEPLOY_NUMBER=OWN, BLAND_DEPLOY_NUMBERS=OWN)
    assert done.code == 3
    assert "numbers of your own" in done.err
    assert rings_in(books) == []


# ---------------------------------------------------------------------- whom it may call


@pytest.mark.parametrize("number", ["2125550101", "+1 212 555 0101", "+1212555", "call me", "", "+12125550101;ext=5"])
def test_a_number_that_cannot_be_called_is_3(desk, number):
    done = desk.run("probe", "--number", number)
    assert done.code == 3
    assert not number or number not in done.everything


def test_numbers_of_a_file_are_read_line_by_line_and_each_counts_once(tmp_path):
    (tmp_path / "own.txt").write_text(f"{ADA}\n\n  {GRACE}\n{ADA}\n")
    assert read_numbers([GRACE], tmp_path / "own.txt") == (GRACE, ADA)


def test_a_file_that_cannot_be_read_is_3(desk):
    assert desk.run("probe", "--numbers", str(desk.workspace.root / "none.txt")).code == 3


def test_more_numbers_than_calls_are_refused():
    with pytest.raises(InvalidInput, match="too many"):
        read_numbers([f"+121255501{number:02}" for number in range(21)], None)


def test_a_number_of_documents_is_refused_where_phones_can_ring(desk):
    remote = {"base_url": "https://api.bland.ai", "api_key": {"env": "A_KEY"}, "state": "state"}
    desk.workspace.settings({"sandbox": remote})
    done = desk.run("probe", "--number", ADA)
    assert (done.code, ADA in done.everything) == (3, False)
    assert "set aside for fiction" in done.err


def test_who_is_suppressed_is_not_probed(desk):
    assert desk.run("suppress", "add", OWN, "--reason", "asked by mail").code == 0
    done = desk.run("probe", "--number", OWN)
    assert (done.code, OWN in done.everything) == (6, False)
    assert "is suppressed" in done.err


def test_who_is_suppressed_cannot_be_told_without_the_state_key(desk):
    assert desk.run("suppress", "add", ALAN, "--reason", "asked by mail").code == 0
    assert desk.run("probe", "--number", OWN, BLAND_DEPLOY_STATE_KEY=None).code == 4


def test_who_is_on_a_list_of_any_campaign_is_not_probed(desk):
    desk.workspace.write("no.csv", f"phone\n{OWN}\n")
    desk.list(ADA, suppression=[{"file": "no.csv", "phone": "phone"}])
    assert desk.run("probe", "--number", OWN).code == 6
    desk.workspace.write("no.csv", "phone\nnobody\n")
    assert desk.run("probe", "--number", OWN).code == 3


def test_outside_of_calling_hours_it_says_when_it_may_run():
    night = datetime(2026, 3, 3, 4, tzinfo=UTC)  # 23:00 in New York
    with pytest.raises(Blocked) as refused:
        make_callees([OWN], "us-standard", night)
    assert "+1212•••0101" in refused.value.message
    assert refused.value.help == "run it again from 2026-03-03 09:00 EST on"
    with pytest.raises(Blocked):
        make_callees([OWN, "+13105550101"], "us-standard", datetime(2026, 3, 3, 15, tzinfo=UTC))  # 7:00 in Los Angeles
    assert make_callees([OWN], "us-standard", datetime(2026, 3, 3, 15, tzinfo=UTC))


# ---------------------------------------------------------------------- interrupted


@contextmanager
def unlisted(desk, books, on_stop=lambda: None):
    """A sandbox whose first batch is not listed, and when the probe has looked for it in vain."""
    lists = Counter()
    plan, created = FaultPlan(faults=[{"on": "create", "do": "hide", "lists": 1_000}]), Event()

    def around(handler):
        faulty = Faulty(handler, plan)

        def handle(ask):
            if kind_of(ask) == "stop":
                on_stop()
            answer = faulty(ask)
            lists[kind_of(ask)] += 1
            if lists["create"] and lists["list"] >= LISTED_BEFORE + 1:
                created.set()
            return answer

        return handle

    with serving(Options(port=0, db=books, faults=around, speed=1)) as address:
        desk.workspace.settings({"sandbox": {"base_url": address, "api_key": {"env": "A_KEY"}, "state": "state"}})
        yield created


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_what_is_queued_and_says_so(desk, books, number):
    with unlisted(desk, books) as created:
        with at_a_terminal(desk, "--number", OWN) as (process, terminal):
            os.write(terminal, CALLS.encode() + b"\n")
            assert created.wait(30)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 128 + number
        assert (
            "stopped by a signal; all that it had created was stopped (1 batch), and none of its calls has rung" in err
        )
        assert len(rings(books)) == 1
        assert still_to_ring(books) == []
        assert not (desk.workspace.root / FILE).exists()


@pytest.mark.parametrize("how", [[], ["--without-state", "_probe"]], ids=["stop", "stop by stamp"])
def test_what_a_killed_probe_left_is_stopped_by_a_stop(desk, books, how):
    with unlisted(desk, books) as created:
        with at_a_terminal(desk, "--number", OWN) as (process, terminal):
            os.write(terminal, CALLS.encode() + b"\n")
            assert created.wait(30)
            process.kill()
            process.communicate(timeout=30)
        assert len(still_to_ring(books)) == 1
    with serving(Options(port=0, db=books)) as address:
        desk.workspace.settings({"sandbox": {"base_url": address, "api_key": {"env": "A_KEY"}, "state": "state"}})
        done = desk.run("stop", "--yes", *how, "--format", "json")
        assert [batch["status"] for batch in done.json["batches"]] == ["stopped"]
        assert still_to_ring(books) == []


def test_a_second_signal_ends_it_at_once_and_says_how_to_stop_the_rest(desk, books):
    stopping, released = Event(), Event()
    sandbox = unlisted(desk, books, on_stop=lambda: (stopping.set(), released.wait(60)))
    with sandbox as created, at_a_terminal(desk, "--number", OWN) as (process, terminal):
        os.write(terminal, CALLS.encode() + b"\n")
        assert created.wait(30)
        process.send_signal(signal.SIGINT)
        assert stopping.wait(30)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        released.set()
    assert process.returncode == 130
    assert "`bland-deploy stop --without-state _probe`" in err


# ---------------------------------------------------------------------- what plan, apply and doctor read


def lag(seconds):
    return lambda content: content["v2"]["list_delay"].update(longest=seconds)


def settle(desk):
    found = desk.run("doctor", "--format", "json").json["settings"]
    return next((item["value"], item["source"]) for item in found if item["name"] == "settle")


def test_settle_follows_from_what_was_measured_and_is_never_less_than_usual(desk):
    assert settle(desk) == ("0s", "default")
    write_capability(desk, lag(0.5))
    assert settle(desk) == ("1.5s", FILE)
    write_capability(desk, lag(None))
    assert settle(desk) == ("0s", "default")


def test_a_settle_that_is_written_wins_and_is_warned_of_where_it_is_too_short(desk):
    environment = {"base_url": address_of(desk), "api_key": {"env": "A_KEY"}, "state": "state", "settle": "1s"}
    desk.workspace.settings({"sandbox": environment})
    write_capability(desk, lag(2.5))
    assert settle(desk) == ("1s", "bland-deploy.yaml")
    assert "settle-too-short" in desk.run("plan", "--format", "json").rules
    write_capability(desk, lag(1.0))
    assert desk.run("plan", "--format", "json").rules == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"format_version": 2}', PROBED.replace("dropped", "dropp").encode()],
)
def test_a_damaged_file_stops_plans_and_applies_also_of_saved_plans_but_no_stop(desk, content):
    assert desk.run("plan", "--out", str(desk.workspace.root / "saved.plan")).code == 0
    desk.workspace.write(FILE, content)
    saved = str(desk.workspace.root / "saved.plan")
    for arguments in (["plan"], ["apply", "-y"], ["apply", saved]):
        done = desk.run(*arguments, "--format", "json")
        assert done.code == 3
        assert [(found["rule"], found["file"]) for found in done.json["diagnostics"]] == [("capability-damaged", FILE)]
    assert rings_in(desk.books) == []
    assert desk.run("stop", "--yes").code == 0
    assert desk.run("doctor").code == 3


def test_a_file_that_is_no_file_stops_plans(desk):
    (desk.workspace.root / FILE).mkdir(parents=True)
    assert desk.run("plan", "--format", "json").code == 3


@pytest.mark.parametrize("change", [{"environment": "production"}, {"base_url": "https://api.bland.ai"}])
def test_a_file_of_another_provider_is_not_used_and_told_of(desk, change):
    write_capability(desk, lambda content: (lag(100)(content), content.update(change)))
    done = desk.run("plan", "--format", "json")
    assert (done.code, done.rules) == (0, ["capability-foreign"])
    assert settle(desk) == ("0s", "default")
    assert "capability-foreign" in desk.apply().rules


def test_where_cut_requests_are_carried_out_nothing_is_sent(desk):
    write_capability(desk, lambda content: content["v2"]["cut_body"].update(answer="carried-out"))
    for done in (desk.run("plan", "--format", "json"), desk.apply()):
        assert (done.code, done.rules) == (6, ["capability-cut-body"])
    desk.list(ADA, api="v1")
    assert desk.apply().code == 0


@pytest.mark.parametrize("answer", ["at-once", "failed", "refused"])
def test_where_start_times_are_not_kept_no_schedule_is_sent(desk, answer):
    write_capability(desk, lambda content: content["v2"]["start_times"]["offset-apart"].update(answer=answer))
    desk.list(ADA, schedule={"hours": "00:00-24:00"})
    for done in (desk.run("plan", "--format", "json"), desk.apply()):
        assert (done.code, done.rules) == (6, ["capability-start-time"])
    desk.list(ADA)
    assert desk.apply().code == 0


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("offset-apart", "2026-03-15 12:00:00 -05:00"),
        ("offset", "2026-03-15 12:00:00-05:00"),
        ("iso-offset", "2026-03-15T12:00:00-05:00"),
        ("iso-utc", "2026-03-15T17:00:00Z"),
    ],
)
@pytest.mark.parametrize("level", ["call", "each"])
def test_where_a_form_of_start_time_is_not_kept_no_time_that_a_user_wrote_so_is_sent(desk, form, written, level):
    desk.list(ADA, **{level: {"start_time": written}})
    write_capability(desk, lambda content: content["v2"]["start_times"][form].update(answer="at-once"))
    done = desk.run("plan", "--format", "json", "--at", AT)
    assert (done.code, done.rules) == (6, ["capability-start-time"])

    def another(content):
        for name, found in content["v2"]["start_times"].items():
            found["answer"] = "kept" if name == form else "at-once"

    write_capability(desk, another)
    assert desk.run("plan", "--format", "json", "--at", AT).code == 0


def test_a_list_without_stamps_a_stop_that_stops_nothing_and_an_old_probe_are_warned_of(desk):
    def change(content):
        content["v2"]["list_echo"]["answer"] = "neither"
        content["v2"]["stop"]["answer"] = "leaves"
        content["probed_at"] = "2020-01-01T00:00:00Z"

    write_capability(desk, change)
    done = desk.run("plan", "--format", "json")
    assert (done.code, done.rules) == (0, ["capability-old", "capability-no-echo", "capability-stop"])
    health = {item["subject"]: item["health"] for item in desk.run("doctor", "--format", "json").json["checks"]}
    assert health["capability"] == "warning"


def test_doctor_names_the_probe(desk):
    def told():
        return next(
            (item["health"], item["message"])
            for item in desk.run("doctor", "--format", "json").json["checks"]
            if item["subject"] == "capability"
        )

    assert told() == ("note", "the provider was never probed, so what is usual holds")
    write_capability(desk, lag(2.5))
    health, message = told()
    assert health == "well"
    assert FILE in message
    assert "2.5s" in message
