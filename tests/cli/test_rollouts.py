"""Waves: who is in them, when the next one is sent, and that none is sent that should not be."""

import sqlite3
from contextlib import closing, contextmanager

import orjson
import pytest

from bland_deploy.model.keys import recipient_keys
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, Desk
from tests.crashes.oracle import rung

PEOPLE = [f"+1{area}55501{line:02}" for area in (212, 213, 214, 215) for line in range(10, 60)]
WAVES = [5, "10%", "50%", "100%"]
OPEN_GATE = {"min_completed": "0%"}
SHUT_GATE = {"min_completed": "0%", "answered": ">= 100%"}


class Rolling(Desk):
    """A workspace whose campaign of 200 people has a rollout."""

    def rollout(self, gate=None, people=PEOPLE, **changes):
        self.workspace.write("people.csv", "phone_number\n" + "".join(f"{number}\n" for number in people))
        rollout = {"waves": WAVES, "gate": OPEN_GATE if gate is None else gate, **changes.pop("rollout", {})}
        recipients = {"file": "people.csv"}
        self.workspace.hello(**{"recipients": recipients, "prompt": "Greet.", "rollout": rollout, **changes})
        return self

    def sent(self, *arguments):
        """How many calls one more apply sends."""
        done = self.apply(*arguments)
        assert done.code == 0, done.everything
        return done.json["summary"]["sent"]

    def refused(self, *arguments):
        """The message of an apply that ends with 6 and rings nobody."""
        before = self.rung()
        done = self.apply(*arguments)
        assert done.code == 6, done.everything
        assert self.rung() == before
        return done.json["diagnostics"][0]["message"]

    def rung(self):
        found = rung(self.books, "hello")
        assert set(found.values()) <= {1}
        return set(found)

    def planned(self):
        (campaign,) = self.run("plan", "hello", "--format", "json").json["campaigns"]
        return campaign

    def log_of(self, kind):
        shown = self.run("state", "show", "hello", "--format", "json").json
        return [entry for entry in shown["entries"] if entry["kind"] == kind]


@contextmanager
def rolling(folder, **options):
    with serving(Options(port=0, db=folder / "books.sqlite", **{"speed": 1_000_000, **options})) as address:
        yield Rolling(folder / "w", address, folder / "books.sqlite")


@pytest.fixture
def desk(tmp_path):
    with rolling(tmp_path) as desk:
        yield desk


def by_key(people, round_="1"):
    return sorted(people, key=recipient_keys(bytes.fromhex(KEY), "hello", round_))


def test_each_apply_sends_the_next_wave_and_the_digest_stays_the_same(desk):
    desk.rollout()
    digests, sizes = set(), []
    for _ in range(5):
        plan = desk.run("plan", "--format", "json").json
        digests.add(plan["digest"])
        done = desk.run("apply", "--format", "json", "--approved", plan["digest"])
        assert done.code == 0
        sizes.append(done.json["summary"]["sent"])
    assert sizes == [5, 15, 80, 100, 0]
    assert len(digests) == 1
    assert desk.rung() == set(PEOPLE)
    assert "all 4 waves of the rollout were sent" in desk.run("plan").out


def test_a_plan_shows_the_wave_and_counts_the_others_as_deferred(desk):
    planned = desk.rollout().planned()
    assert (planned["calls"]["create"], planned["calls"]["deferred"]) == (5, 195)
    assert planned["rollout"] == {
        "wave": 1,
        "waves": [{"target": str(t), "people": p} for t, p in zip(WAVES, (5, 20, 100, 200), strict=True)],
        "called": 0,
        "later": 195,
        "gated": False,
        "on_fail": "hold",
        "refused": None,
    }
    desk.sent()
    assert desk.planned()["rollout"]["gated"]
    text = desk.run("plan").out
    assert "wave 2 of 4 (10%): with it 20 of 200 people are called" in text
    assert "apply sends it if the figures of what was sent before are good: ended >= 0%" in text
    assert "180 in later waves" in text


def test_whoever_has_the_smallest_keys_is_called_first_whatever_the_order_of_the_rows(desk):
    expected = by_key(PEOPLE)
    desk.rollout().sent()
    assert desk.rung() == set(expected[:5])
    desk.rollout(people=PEOPLE[::-1]).sent()
    assert desk.rung() == set(expected[:20])


def test_rows_that_are_added_only_fill_the_waves(desk):
    desk.rollout(people=PEOPLE[:100]).sent()
    assert desk.sent() == 5
    assert desk.rollout(people=PEOPLE[:120]).sent() == 2
    assert desk.rung() >= set(by_key(PEOPLE[:100])[:10])
    assert len(desk.rung()) == 12
    assert desk.rollout(people=PEOPLE[20:120]).planned()["rollout"]["called"] == 12


def test_without_the_state_key_a_plan_shows_sizes_and_says_that_it_cannot_tell_who(desk):
    done = desk.rollout().run("plan", BLAND_DEPLOY_STATE_KEY=None)
    assert "5 calls in 1 batch" in done.out
    assert "Who is in a wave follows from the state key" in done.out


def test_a_wave_that_is_not_due_is_6_and_says_what_is_missing(desk):
    desk.rollout(gate={**OPEN_GATE, "after": "30m"}).sent()
    said = desk.refused()
    assert said.startswith("wave 2 of 4 (10%) of hello is not sent; wave 1: ")
    assert "have passed since the last send or dial, and the gate asks for 30 min" in said
    assert desk.log_of("refusal") == []


def test_calls_that_have_not_ended_are_waited_for(tmp_path):
    with rolling(tmp_path, speed=0.001) as desk:
        desk.rollout(gate={"min_completed": "80%"}).sent()
        assert "0.0 % of its calls have ended (0 of 5), and the gate asks for >= 80%" in desk.refused()
        end_calls(desk.books, 3)
        assert "60.0 % of its calls have ended (3 of 5)" in desk.refused()
        end_calls(desk.books, 4)
        assert desk.sent() == 15


def end_calls(books, number):
    with closing(sqlite3.connect(books, isolation_level=None)) as opened:
        opened.execute("UPDATE calls SET starts = 1, ends = 2 WHERE id <= ?", (number,))


def test_a_wave_that_is_not_due_keeps_no_other_campaign_back_and_ends_with_7(desk):
    desk.rollout(gate={**OPEN_GATE, "after": "30m"}).sent()
    desk.workspace.hello("other")
    done = desk.apply()
    assert done.code == 7
    assert done.json["summary"]["sent"] == 2
    assert done.json["diagnostics"][-1]["rule"] == "wave-not-due"
    assert len(desk.rung()) == 5
    assert desk.apply().code == 6
    assert desk.apply("other").code == 0


def test_a_figure_that_fails_stops_every_campaign_and_is_recorded_once(desk):
    desk.rollout(gate=SHUT_GATE).sent()
    desk.workspace.hello("other")
    for _ in range(3):
        said = desk.refused()
        assert "; wave 1: " in said
        assert "and the gate asks for >= 100%" in said
    assert rung(desk.books, "other") == {}
    (refusal,) = desk.log_of("refusal")
    assert refusal["target"] == "10%"
    assert {figure["figure"]: figure["holds"] for figure in refusal["gate"]} == {
        "min_completed": True,
        "answered": False,
    }
    assert [figure["holds"] for figure in desk.planned()["rollout"]["refused"]["figures"]] == [True, False]
    assert "they were not at 20" in desk.run("plan", "hello").out
    desk.rollout(gate=OPEN_GATE)
    assert desk.apply("hello").code == 0
    assert desk.planned()["rollout"]["refused"] is None


def test_the_claim_of_a_wave_records_the_figures_that_released_it(desk):
    desk.rollout(gate={"min_completed": "80%"}).sent()
    desk.sent()
    first, second = desk.log_of("claim")
    assert first["wave"] == {"number": 1, "of": 4, "target": "5", "people": 5}
    assert second["wave"] == {
        "number": 2,
        "of": 4,
        "target": "10%",
        "people": 20,
        "gate": [{"figure": "min_completed", "part": 5, "whole": 5, "limit": ">= 80%", "holds": True}],
    }
    shown = desk.run("state", "show", "hello").out
    assert "wave 2 of 4 (10%), with it 20 people" in shown
    assert "passed  ended 100.0 % (5 of 5), >= 80%" in shown


def test_what_is_queued_of_a_failed_wave_is_stopped_where_that_is_asked_for(tmp_path):
    with rolling(tmp_path, speed=0.001) as desk:
        desk.rollout(gate=SHUT_GATE, rollout={"on_fail": "stop"}).sent()
        end_calls(desk.books, 4)
        with closing(sqlite3.connect(desk.books, isolation_level=None)) as books:
            books.execute("UPDATE calls SET kind = 'busy' WHERE id = 1")
        done = desk.apply()
        assert done.code == 6
        assert any("1 queued call was stopped; wave 1 of hello" in item["message"] for item in done.json["diagnostics"])
        assert "1 of its 5 calls were stopped" in desk.refused()
        assert len(desk.log_of("refusal")) == 1


def test_after_a_stop_no_wave_is_sent_by_itself(tmp_path):
    with rolling(tmp_path, speed=0.001) as desk:
        desk.rollout().sent()
        assert desk.run("stop", "hello", "--yes").code == 0
        assert "5 of its 5 calls were stopped" in desk.refused()
        assert desk.sent("hello", "--promote", "stopped by mistake") == 15


def test_a_promotion_lets_exactly_the_next_wave_begin_and_is_recorded(desk):
    desk.rollout(gate=SHUT_GATE).sent()
    desk.refused()
    assert desk.sent("hello", "--promote", "call +1 415 555 0123 about it") == 15
    (promotion,) = desk.log_of("promotion")
    assert promotion["target"] == "10%"
    assert "555" not in promotion["reason"]
    assert promotion["reason"].endswith(" about it")
    assert promotion["who"]
    desk.refused()
    assert desk.sent("hello", "--promote", "again") == 80
    assert len(desk.rung()) == 100


def test_a_promotion_that_nothing_needs_is_not_recorded(desk):
    desk.rollout()
    done = desk.apply("--promote", "just in case")
    assert done.json["diagnostics"][-1]["rule"] == "promotion-not-needed"
    assert desk.log_of("promotion") == []


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("hello", "--promote", " "), {}),
        (("--promote", "two of them"), {}),
        (("other", "--promote", "no waves"), {}),
        (("hello", "--promote", "nobody looked"), {"CI": "1", "BLAND_DEPLOY_FOLDER_IN_CI": "1"}),
    ],
)
def test_a_promotion_needs_a_reason_one_campaign_with_waves_and_in_ci_a_reviewed_plan(desk, arguments, variables):
    desk.rollout(gate=SHUT_GATE).sent()
    desk.workspace.hello("other")
    done = desk.run("apply", "--auto-approve", *arguments, **variables)
    assert done.code == 3
    assert "--promote" in done.err
    assert len(desk.rung()) == 5


def test_no_variable_promotes(desk):
    desk.rollout(gate=SHUT_GATE).sent()
    assert desk.run("apply", "--auto-approve", BLAND_DEPLOY_PROMOTE="me").code == 6


def test_a_promotion_that_nobody_approves_is_not_recorded(desk):
    desk.rollout(gate=SHUT_GATE).sent()
    assert desk.run("apply", "hello", "--promote", "me").code == 6
    assert desk.log_of("promotion") == []


@pytest.mark.parametrize(
    ("waves", "sizes"),
    [
        ([5, "30%", "100%"], [40, 140]),
        ([5, "10%", "100%"], [180]),
        ([5, "5%", "8%", "60%", "100%"], [100, 80]),
        (["100%"], [180]),
        ([150, "100%"], [130, 50]),
        ([1, 2, 3, "100%"], [180]),
    ],
)
def test_targets_that_change_between_waves_call_nobody_twice_and_pass_a_gate_for_what_was_not_begun(desk, waves, sizes):
    desk.rollout().sent()
    desk.sent()
    desk.rollout(gate=SHUT_GATE, rollout={"waves": waves})
    if waves != ["100%"] and waves[0] != 150:
        desk.refused()
    desk.rollout(rollout={"waves": waves})
    assert [desk.sent() for _ in sizes] == sizes
    assert desk.rung() == set(PEOPLE)


def test_a_rollout_that_is_taken_away_sends_the_rest_once(desk):
    desk.rollout().sent()
    desk.workspace.hello(recipients={"file": "people.csv"}, prompt="Greet.")
    assert desk.sent() == 195
    assert desk.rung() == set(PEOPLE)


def test_a_rollout_that_comes_after_calls_were_made_judges_those(desk):
    desk.rollout(people=PEOPLE[:30])
    desk.workspace.hello(recipients={"file": "people.csv"}, prompt="Greet.")
    assert desk.sent() == 30
    assert "; what was sent before: " in desk.rollout(gate=SHUT_GATE).refused()
    assert desk.rollout().sent() == 70


def test_a_wave_that_was_interrupted_goes_on_without_a_gate(tmp_path):
    plan = FaultPlan(seed=1, faults=({"on": "create", "nth": 4, "do": "refuse", "status": 400},))
    with rolling(tmp_path, faults=lambda handle: Faulty(handle, plan)) as desk:
        desk.rollout(split={"size": 5}).sent()
        assert desk.apply().code == 7
        assert len(desk.rung()) == 15
        desk.rollout(gate=SHUT_GATE, split={"size": 5})
        assert not desk.planned()["rollout"]["gated"]
        assert desk.sent() == 5
        desk.refused()


def test_people_who_were_not_rung_after_all_are_called_by_their_wave(tmp_path):
    with rolling(tmp_path, speed=0.001) as desk:
        desk.rollout().sent()
        assert desk.run("stop", "hello", "--yes").code == 0
        (batch,) = desk.run("status", "--format", "json").json["batches"]
        freed = desk.run("reconcile", "--not-rung", batch["batch_id"], "--reason", "stopped by mistake", "--yes")
        assert freed.code == 0
        assert desk.planned()["rollout"]["wave"] == 1
        assert desk.apply().json["summary"]["sent"] == 5


def test_a_saved_plan_holds_its_wave_and_passes_the_gate_when_it_is_applied(desk):
    desk.rollout(gate={"min_completed": "0%", "answered": ">= 99%"}).sent()
    plan = desk.workspace.root / "wave.plan"
    assert desk.run("plan", "--out", plan).code == 0
    done = desk.run("apply", plan, "--format", "json")
    assert done.code == 6
    assert done.json["diagnostics"][0]["rule"] == "wave-failed"
    assert desk.run("apply", plan, "--promote", "looked at it").code == 0
    assert len(desk.rung()) == 20
    assert desk.run("apply", plan).code == 9
    assert desk.log_of("claim")[-1]["wave"]["number"] == 2


def test_waves_are_sent_in_v1_too(desk):
    desk.rollout(api="v1")
    assert [desk.sent() for _ in range(4)] == [5, 15, 80, 100]


def test_who_is_deferred_by_the_hour_stays_in_the_wave(desk):
    schedule = {"pace": {"per_day": 3}}
    desk.rollout(schedule=schedule)
    assert desk.planned()["calls"]["create"] == 3
    assert desk.planned()["calls"]["deferred"] == 197
    text = desk.run("plan").out
    assert "2 later: their time has not come" in text
    assert "195 in later waves" in text
    desk.sent()
    assert desk.planned()["rollout"]["wave"] == 1
    assert not desk.planned()["rollout"]["gated"]


def test_status_and_report_tell_the_waves_apart(desk):
    desk.rollout().sent()
    desk.sent()
    assert desk.run("wait").code == 0
    text = desk.run("status").out
    assert "WAVE" in text
    assert "hello, round 1, wave 2: 1 of 1 batch final; 15 calls" in text
    assert [batch["wave"] for batch in desk.run("status", "--format", "json").json["batches"]] == [1, 2]
    report = desk.run("report", "--format", "json").json
    (waves,) = [comparison for comparison in report["comparisons"] if comparison["by"] == "wave"]
    assert [(group["name"], group["listed"]) for group in waves["groups"]] == [
        ("round 1, wave 1", 5),
        ("round 1, wave 2", 15),
    ]
    assert report["funnel"][0] == {"step": "eligible", "calls": 200}


def test_details_are_asked_for_only_of_those_who_answered_and_only_once(tmp_path):
    asked = []

    def terse(handle):
        """A provider whose lists tell no disposition, as its documentation has it."""

        def answer(ask):
            given = handle(ask)
            if ask.path == "/v1/calls":
                body = orjson.loads(given.body)
                for call in body["calls"]:
                    del call["disposition_tag"]
                return given._replace(body=orjson.dumps(body))
            if ask.path.startswith("/v1/calls/"):
                asked.append(ask.path)
            return given

        return answer

    with rolling(tmp_path, faults=terse) as desk:
        desk.rollout(rollout={"waves": [100, "100%"]}).sent()
        assert desk.rollout(gate={**OPEN_GATE, "after": "30m"}, rollout={"waves": [100, "100%"]}).refused()
        assert asked == []
        opt_out = desk.rollout(gate={**OPEN_GATE, "opt_out": "<= 0%"}, rollout={"waves": [100, "100%"]})
        with closing(sqlite3.connect(desk.books)) as books:
            answered = books.execute("SELECT count(*), sum(tag = 'DO_NOT_CONTACT') FROM calls WHERE kind = 'human'")
            people, opted_out = answered.fetchone()
        assert f"({opted_out} of {people})" in opt_out.refused()
        assert opted_out
        assert opt_out.refused()
        assert len(asked) == len(set(asked)) == people


@pytest.mark.parametrize(
    ("rollout", "place", "says"),
    [
        ({"waves": ["5%", "2%", "100%"]}, "rollout.waves", "2% follows 5%"),
        ({"waves": [10, "50%"]}, "rollout.waves", "add 100%"),
        ({"waves": [10, "all"]}, "rollout.waves[1]", "a number of calls such as 10, or a percentage such as 5%"),
        ({"waves": [0, "100%"]}, "rollout.waves[0]", "at least 1"),
        ({"waves": ["100%"], "gate": {"answered": "<= 3%"}}, "rollout.gate.answered", 'such as ">= 5%", in quotes'),
        ({"waves": ["100%"], "gate": {"after": 5}}, "rollout.gate.after", "duration"),
        ({"waves": ["100%"], "on_fail": "panic"}, "rollout.on_fail", "hold or stop"),
        ({"waves": ["100%"], "gates": {}}, "gates", "rollout"),
        ({}, "rollout.waves", "is missing"),
    ],
)
def test_a_mistake_in_a_rollout_is_told_with_its_place(workspace, rollout, place, says):
    workspace.hello(rollout=rollout)
    (found,) = workspace.lint().json["diagnostics"]
    assert place in found["message"]
    assert says in found["message"] + (found["help"] or "")
    assert found["line"] > 5
    assert found["column"] > 1
