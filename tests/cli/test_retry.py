"""Rounds that are retries: whom they call, judged by the sandbox's books."""

import json
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, STATE, Desk

NUMBERS = [f"+1{area}55501{line:02}" for area in (212, 213, 214) for line in range(90)]
OUTCOME_OF = {"no-answer": "no-answer", "busy": "busy", "human": "answered", "voicemail": "voicemail"}
RETRIED = {"no-answer", "busy", "failed"}
AT_ONCE = {"after": "0s"}


@pytest.fixture
def open_desk(tmp_path):
    opened, books = [], tmp_path / "books.sqlite"

    def open_desk(*faults, numbers=NUMBERS, speed=1_000_000):
        plan = FaultPlan(seed=1, faults=faults)
        opened.append(serving(Options(port=0, db=books, speed=speed, faults=lambda handler: Faulty(handler, plan))))
        return Desk(tmp_path / "w", opened[-1].__enter__(), books).list(*numbers, split={"size": 40})

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def in_round(desk, round_, numbers=NUMBERS, **retry):
    return desk.list(*numbers, split={"size": 40}, round=round_, retry={"of": str(int(round_) - 1), **AT_ONCE, **retry})


def called(desk):
    """A round that was called and is over, with its outcomes in the log."""
    applied = desk.apply()
    assert applied.code == 0, applied.everything
    assert desk.run("wait").code == 0
    ended = desk.run("state", "ended", "--format", "json")
    assert ended.code == 0, ended.everything
    return ended


def plan(desk, *arguments):
    done = desk.run("plan", "--format", "json", *arguments)
    assert done.code == 0, done.everything
    (campaign,) = done.json["campaigns"]
    return campaign


def outcomes(desk):
    """By the books: how the calls to each number ended, the earliest first."""
    found = {}
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        for digits, kind in books.execute("SELECT digits, kind FROM calls ORDER BY id"):
            found.setdefault(f"+{digits}", []).append(OUTCOME_OF.get(kind, "failed"))
    return found


def test_a_retry_in_waves_calls_the_same_people_a_few_first(open_desk):
    desk = open_desk()
    called(desk)
    before = outcomes(desk)
    due = {number for number, ends in before.items() if ends[-1] in RETRIED}
    desk.list(*NUMBERS, split={"size": 40}, round="2", retry={"of": "1", **AT_ONCE}, rollout={"waves": [5, "100%"]})
    for create, deferred in ((5, len(due) - 5), (len(due) - 5, 0)):
        counts = plan(desk)["calls"]
        assert (counts["create"], counts["deferred"]) == (create, deferred)
        applied = desk.apply()
        assert applied.code == 0, applied.everything
        assert desk.run("wait").code == 0
    after = outcomes(desk)
    assert {number for number in after if len(after[number]) > 1} == due
    assert max(map(len, after.values())) == 2
    assert plan(desk)["calls"]["create"] == 0


def test_two_retries_call_those_whom_nobody_reached_and_nobody_else(open_desk):
    desk = open_desk()
    called(desk)
    for round_ in ("2", "3"):
        before = outcomes(desk)
        due = {number for number, ends in before.items() if len(ends) == int(round_) - 1 and ends[-1] in RETRIED}
        assert 0 < len(due) < len(before)
        told = plan(in_round(desk, round_))["retry"]
        assert told["calls"] == Counter(before[number][-1] for number in due)
        assert sum(told["left_out"].values()) == len(NUMBERS) - len(due)
        called(desk)
        after = outcomes(desk)
        assert {number for number in after if len(after[number]) > len(before[number])} == due
        assert max(map(len, after.values())) == int(round_)
        assert plan(desk)["calls"]["create"] == 0, "once a round"


def test_nobody_is_called_again_before_it_is_known_how_their_calls_ended(open_desk):
    desk = open_desk(speed=0.001)
    assert desk.apply().code == 0
    assert "not known to their end" in desk.run("state", "ended").out
    told = plan(in_round(desk, "2"))
    assert (told["calls"]["create"], told["retry"]["left_out"]) == (0, {"not-known": len(NUMBERS)})
    assert told["calls"]["not_retried"] == len(NUMBERS)


def test_a_person_whom_another_round_reached_since_is_not_called(open_desk):
    desk = open_desk()
    called(desk)
    called(desk.list(*NUMBERS, split={"size": 40}, round="again"))
    first, second = zip(*(ends for ends in outcomes(desk).values()), strict=True)
    due = sum({one, other} <= RETRIED for one, other in zip(first, second, strict=True))
    told = plan(in_round(desk, "2"))
    assert told["calls"]["create"] == due > 0
    assert told["retry"]["left_out"]["called-since"] == sum(one in RETRIED for one in first) - due > 0


def test_the_earlier_call_has_to_lie_long_enough_ago(open_desk):
    desk = open_desk()
    called(desk)
    waiting = plan(in_round(desk, "2", after="31d"))
    assert waiting["calls"]["create"] == 0
    due = waiting["retry"]["left_out"]["too-soon"]
    assert plan(desk, "--at", "2100-01-01T12:00:00Z")["calls"]["create"] == due > 0


def test_a_round_has_a_cap_of_its_own(open_desk):
    desk = open_desk()
    called(desk)
    told = plan(in_round(desk, "2", at_most=5))
    assert (told["calls"]["create"], told["retry"]["left_out"]["at-most"] > 0) == (5, True)
    assert desk.apply().json["summary"]["sent"] == 5
    assert plan(desk)["calls"]["create"] == 0


def test_the_suppressed_are_not_called_again(open_desk):
    desk = open_desk()
    called(desk)
    due = next(number for number, ends in outcomes(desk).items() if ends[-1] in RETRIED)
    expected = plan(in_round(desk, "2"))["calls"]["create"] - 1
    assert desk.run("suppress", "add", due, "--reason", "asked").code == 0
    assert plan(desk)["calls"]["create"] == expected


def test_recording_twice_writes_once_and_a_crash_between_keys_and_entry_leaves_a_log_that_works(open_desk):
    desk = open_desk()
    called(desk)
    entries = len(desk.entries())
    again = desk.run("state", "ended", "--format", "json").json["batches"]
    assert [batch["new"] for batch in again] == [False] * len(again)
    assert len(desk.entries()) == entries
    desk.entries()[-1].unlink()  # as a process that was killed after the file of keys and before the entry
    assert plan(in_round(desk, "2"))["retry"]["left_out"]["not-known"] > 0
    assert desk.run("state", "verify").code == 0
    assert desk.run("state", "ended").code == 0
    assert "not-known" not in plan(desk)["retry"]["left_out"]


def test_a_log_that_was_made_anew_holds_nobody_in_rounds_for_which_only_ends_were_recorded(open_desk):
    desk = open_desk()
    called(desk)
    entry = next(path for path in desk.entries() if b'"receipt"' in path.read_bytes())
    entry.write_bytes(b"{")
    desk.list(*NUMBERS, split={"size": 40}, round="fresh")
    adopted = desk.adopt("--replace")
    assert adopted.code == 0, adopted.everything
    (log,) = desk.run("state", "list", "--format", "json").json["campaigns"]
    assert (log["sent"], log["held"], log["rounds"]) == (len(NUMBERS), 0, ["1"])
    assert plan(desk)["calls"]["create"] == len(NUMBERS)
    told = plan(in_round(desk, "2"))["retry"]
    assert (told["calls"], told["left_out"]) == ({}, {"not-known": len(NUMBERS)})


def test_a_saved_retry_is_refused_once_more_is_known(open_desk, tmp_path):
    desk = open_desk()
    called(desk)
    saved = tmp_path / "retry.plan"
    assert plan(in_round(desk, "2"), "--out", saved)["calls"]["create"] > 0
    called(desk.list(*NUMBERS[:3], split={"size": 40}, round="between"))
    in_round(desk, "2")
    refused = desk.run("apply", saved)
    assert (refused.code, "more is known by now" in refused.err) == (9, True)
    assert len(rings(desk.books)) == len(NUMBERS) + 3


def test_a_saved_retry_is_applied_as_it_was_shown(open_desk, tmp_path):
    desk = open_desk()
    called(desk)
    saved = tmp_path / "retry.plan"
    due = plan(in_round(desk, "2"), "--out", saved)["calls"]["create"]
    applied = desk.run("apply", saved, "--format", "json")
    assert (applied.code, applied.json["summary"]["sent"]) == (0, due)


def test_every_format_of_a_plan_says_whom_it_calls_again(open_desk):
    desk = open_desk()
    called(desk)
    in_round(desk, "2")
    for format_ in ("text", "markdown", "html"):
        shown = desk.run("plan", "--format", format_).out
        assert "retry of round 1: " in shown, format_
        assert "no-answer" in shown
        assert "left out: " in shown


def test_a_retry_of_its_own_round_is_a_mistake(open_desk):
    desk = open_desk()
    desk.list(*NUMBERS, retry={"of": "1"})
    wrong = desk.run("lint")
    assert (wrong.code, "give `round` a new name" in wrong.everything) == (3, True)


def test_the_log_holds_no_number_and_the_store_verifies(open_desk):
    desk = open_desk()
    called(desk)
    files = [path for path in (desk.workspace.root / STATE).rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert not [number for number in NUMBERS if number[1:].encode() in content]
    shown = desk.run("state", "show", "hello", "--format", "json").json["entries"]
    assert {entry["kind"] for entry in shown} >= {"claim", "receipt", "ended"}
    told = [group for entry in shown if entry["kind"] == "ended" for group in entry["groups"]]
    assert sum(group["people"] for group in told) == len(NUMBERS)
    assert KEY not in json.dumps(shown)
