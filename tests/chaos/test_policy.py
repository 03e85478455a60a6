"""What is sent again and what never, how fast, and when a run gives up; over real sockets."""

import pytest

from bland_deploy.errors import ExitCode
from bland_deploy.operations.sending.dispatch import UNKNOWN_IN_A_ROW
from bland_deploy.operations.sending.pacing import LONGEST_WAIT, TRIES, Pace
from tests.chaos.bench import benching
from tests.chaos.proxy import proxying

PEOPLE = [f"+1415555014{digit}" for digit in range(8)]
RATE = {"on": "create", "do": "refuse"}


def fates(applied):
    return [batch.fate.value for batch in applied.batches]


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_a_create_refused_for_rate_is_claimed_anew_and_sent_again_after_what_the_provider_asks(bench, api):
    bench.campaign(PEOPLE[:2], api=api).weather.set({**RATE, "nth": 1, "retry_after": "7"})
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (0, ["sent", "sent"])
    assert bench.slept[0] == 7
    assert bench.said[0][1] == 7
    assert "Rate limit exceeded" in bench.said[0][0]
    assert bench.kinds == ["claim", "sending", "void", "claim", "sending", "receipt", "sending", "receipt", "verified"]
    assert len(bench.log.standing.attempts) == 3
    assert bench.verdict(done.exit_code) == []


def test_without_retry_after_the_pauses_grow_and_shrink_again_with_success(bench):
    bench.campaign(PEOPLE[:6]).weather.set({**RATE, "nth": [1, 2, 3]})
    done = bench.apply()
    assert done.exit_code == 0
    assert bench.slept == [0.5, 1.0, 2.0, 1.0, 0.5, 0.25, 0.125]
    assert bench.verdict(done.exit_code) == []


def test_a_provider_that_keeps_refusing_for_rate_ends_the_run_with_5_and_the_next_run_resumes(bench):
    bench.campaign(PEOPLE[:3]).weather.set(RATE)
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (ExitCode.UNAVAILABLE, ["failed", "not_sent", "not_sent"])
    assert len(bench.slept) == TRIES - 1
    assert bench.weather.faulty.met["refuse"] == TRIES
    bench.weather.clear()
    assert bench.apply().exit_code == 0
    assert bench.verdict(0) == []


def test_a_longer_wait_than_a_run_has_patience_for_ends_it_at_once(bench):
    bench.campaign(PEOPLE[:3]).weather.set({**RATE, "nth": 2, "retry_after": str(int(LONGEST_WAIT) + 1)})
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (ExitCode.PARTIAL, ["sent", "failed", "not_sent"])
    assert bench.slept == []


def test_429_that_is_not_about_rate_is_never_sent_again(bench):
    bench.campaign(PEOPLE[:2]).weather.set({**RATE, "message": "This number is blacklisted", "code": "BLOCKED"})
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (ExitCode.BLOCKED, ["failed", "not_sent"])
    assert bench.weather.faulty.met["refuse"] == 1
    assert bench.slept == []


@pytest.mark.parametrize("code", [ExitCode.INTERRUPTED, ExitCode.TERMINATED])
def test_a_signal_during_a_wait_ends_the_run_with_nothing_in_hand(bench, code):
    bench.campaign(PEOPLE[:2]).weather.set(RATE)
    bench.interrupted = lambda: code if bench.slept else None
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (code, ["failed", "not_sent"])
    assert bench.weather.faulty.met["refuse"] == 1
    bench.weather.clear()
    bench.interrupted = lambda: None
    assert bench.apply().exit_code == 0
    assert bench.verdict(0) == []


def test_people_whom_somebody_else_claimed_during_a_wait_are_not_sent_to(bench):
    bench.campaign(PEOPLE[:1]).weather.set({**RATE, "nth": 1})

    def another_run(seconds):
        if not seconds:
            return
        bench.sleep = bench.slept.append
        (bench.root / "state/hello/.lock").unlink()
        assert bench.apply().exit_code == 0

    bench.sleep = another_run
    done = bench.apply()
    assert fates(done) == ["failed"]
    assert bench.rung == PEOPLE[:1]
    assert bench.verdict(0) == []


def test_three_unknown_outcomes_in_a_row_open_the_circuit(bench):
    bench.campaign(PEOPLE[:6]).weather.set({"on": "create", "do": "lose-request"})
    done = bench.apply()
    assert done.exit_code == ExitCode.UNKNOWN
    assert fates(done) == ["held"] * UNKNOWN_IN_A_ROW + ["not_sent"] * 3
    assert bench.weather.faulty.met["lose-request"] == UNKNOWN_IN_A_ROW
    bench.weather.clear()
    again = bench.apply()
    assert again.exit_code == ExitCode.UNKNOWN
    assert bench.rung == PEOPLE[3:6]
    assert bench.verdict(again.exit_code) == []


def test_unknown_outcomes_between_sends_open_no_circuit(bench):
    bench.campaign(PEOPLE[:6]).weather.set({"on": "create", "nth": [1, 2, 4, 5], "do": "lose-request"})
    assert fates(bench.apply()) == ["held", "held", "sent", "held", "held", "sent"]


def test_a_provider_that_refuses_connections_for_a_moment_is_tried_again(bench):
    bench.campaign(PEOPLE[:2])
    with proxying(bench.address) as proxy:

        def go_deaf_until_the_second_wait(seconds):
            if not bench.slept:
                proxy.refuse()
            bench.slept.append(seconds)
            if len(bench.slept) == 4:
                proxy.listen()

        bench.sleep = go_deaf_until_the_second_wait
        done = bench.apply(address=proxy.address)
    assert (done.exit_code, fates(done)) == (0, ["sent", "sent"])
    assert bench.slept[2:4] == [0.5, 1.0]
    assert "refuses connections" in bench.said[0][0]
    assert bench.kinds[:3] == ["claim", "void", "claim"]
    assert bench.verdict(0) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_questions_are_asked_again_after_what_the_provider_asks(bench, status):
    fault = {"on": "any", "nth": [1, 2], "do": "refuse", "status": status, "retry_after": "3"}
    bench.campaign(PEOPLE[:1]).weather.set(fault)
    assert bench.apply().exit_code == 0
    assert bench.slept == [3.0, 3.0]


def test_a_pace_never_grows_beyond_bounds():
    pace = Pace()
    for _ in range(20):
        pace = pace.slower()
    assert pace.pause == 30
    assert pace.wait(0) is None
    for _ in range(20):
        pace = pace.faster()
    assert pace == Pace()
    assert Pace().slower().wait(2.5) == 2.5


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_a_request_that_arrives_twice_is_found_and_the_extra_batch_is_stopped_before_it_rings(bench, api):
    bench.campaign(PEOPLE[:2], api=api).weather.set({"on": "create", "nth": 1, "do": "repeat"})
    done = bench.apply()
    assert (done.exit_code, fates(done)) == (0, ["sent", "sent"])
    assert [found.rule for found in done.diagnostics] == ["extra-batch"]
    assert "it was stopped" in done.diagnostics[0].message
    assert sorted(bench.rung) == PEOPLE[:2]
    again = bench.apply()
    assert (again.exit_code, again.diagnostics) == (0, ())


def test_a_stop_that_is_refused_is_asked_for_again_by_the_next_run_though_it_has_nothing_to_send(bench):
    repeat, refuse = {"on": "create", "do": "repeat"}, {"on": "stop", "do": "refuse", "status": 400, "message": "No"}
    bench.campaign(PEOPLE[:1]).weather.set(repeat, refuse)
    done = bench.apply()
    assert done.exit_code == 0
    assert "stopping it failed: No" in done.diagnostics[0].message
    assert len(bench.rung) == 2
    bench.weather.clear()
    again = bench.apply()
    assert "it was stopped" in again.diagnostics[0].message
    assert bench.rung == PEOPLE[:1]
    assert bench.kinds[-1] == "verified"


def test_an_extra_batch_that_shows_late_is_stopped_by_the_run_that_sees_it(bench):
    bench.campaign(PEOPLE[:1]).weather.set({"on": "create", "do": "repeat"}, {"on": "create", "do": "hide", "lists": 1})
    assert bench.apply().diagnostics == ()
    again = bench.apply()
    assert "it was stopped" in again.diagnostics[0].message
    assert bench.rung == PEOPLE[:1]
    assert bench.apply().diagnostics == ()


def test_an_extra_batch_that_had_ended_is_reported_once(tmp_path):
    with benching(tmp_path, speed=1_000_000.0) as bench:
        bench.campaign(PEOPLE[:1]).weather.set({"on": "create", "do": "repeat"})
        done = bench.apply()
        assert "it had ended already" in done.diagnostics[0].message
        assert bench.apply().diagnostics == ()


def test_a_list_that_fails_after_the_sends_leaves_the_duty_to_the_next_run(bench):
    bench.campaign(PEOPLE[:1]).weather.set({"on": "list", "since": 4, "do": "lose-answer"})
    done = bench.apply()
    assert (done.exit_code, [found.rule for found in done.diagnostics]) == (0, ["verify-later"])
    assert bench.kinds[-1] == "receipt"
    bench.weather.clear()
    assert bench.apply().diagnostics == ()
    assert bench.kinds[-1] == "verified"


def test_a_batch_that_an_earlier_run_was_told_of_and_that_is_not_listed_is_warned_of_until_it_is(bench):
    bench.campaign(PEOPLE[:1]).weather.set({"on": "create", "do": "hide", "lists": 2})
    assert bench.apply().diagnostics == ()
    again = bench.apply()
    assert (again.exit_code, [found.rule for found in again.diagnostics]) == (0, ["unlisted-batch"])
    assert bench.apply().diagnostics == ()
    assert bench.kinds[-1] == "verified"


def test_a_batch_that_was_made_on_another_account_is_warned_of(bench):
    bench.campaign(PEOPLE[:1]).weather.set({"on": "create", "do": "switch-account"})
    assert bench.apply().exit_code == 0
    bench.weather.clear()
    again = bench.apply()
    assert [found.rule for found in again.diagnostics] == ["unlisted-batch"]
    assert bench.rung == PEOPLE[:1]


def test_a_batch_without_a_stamp_is_known_by_its_id(bench):
    bench.campaign(PEOPLE[:1], stamp="none")
    assert bench.apply().diagnostics == bench.apply().diagnostics
    assert bench.kinds[-1] == "verified"


@pytest.mark.parametrize(("before", "after"), [("v1", "v2"), ("v2", "v1")])
def test_what_was_sent_in_the_other_generation_of_the_api_is_seen_to(bench, before, after):
    bench.campaign(PEOPLE[:1], api=before).weather.set(
        {"on": "create", "do": "lose-answer"}, {"on": "create", "do": "hide", "lists": 1}
    )
    assert bench.apply().exit_code == ExitCode.UNKNOWN
    bench.campaign(PEOPLE[:2], api=after).weather.clear()
    assert bench.apply().exit_code == 0
    assert bench.rung == PEOPLE[:2]
    assert bench.verdict(0) == []
