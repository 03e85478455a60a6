"""A probe against a sandbox over HTTP: what it finds is what the sandbox does, and nothing of it stays running."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bland_deploy.api.start_times import parse_start_time
from bland_deploy.errors import AuthenticationFailed, Blocked, DeployError, Interrupted, Unavailable, Unfinished
from bland_deploy.operations.probe.journal import left_by_probes, open_journal
from bland_deploy.operations.probe.trials import MOST_CALLS, PROBE, TRIALS, asked_calls
from bland_deploy.settings.capability import read_capability, write_capability
from bland_deploy.state.store import Locked
from tests.operations.probed import BEGUN, NUMBERS, Laboratory

CASES = Path(__file__).parent / "cases" / "probe"
BEHAVIOURS = {
    "as-the-sandbox-does": {},
    "the-list-lags": {
        "faults": [
            {"on": "create", "nth": 2, "do": "hide", "seconds": 7},
            {"on": "create", "nth": 3, "do": "hide", "lists": 2},
            {"on": "create", "nth": 7, "do": "hide", "seconds": 31},
        ]
    },
    "a-batch-never-appears": {"faults": [{"on": "create", "nth": 4, "do": "hide", "seconds": 1_000_000}]},
    "lists-in-any-order": {"faults": [{"on": "list", "do": "shuffle"}, {"on": "calls", "do": "shuffle"}]},
    "no-metadata": {"faults": [{"on": "any", "do": "omit", "keys": ["metadata"]}]},
    "no-stamp-anywhere": {"faults": [{"on": "any", "do": "omit", "keys": ["metadata", "description", "label"]}]},
    "requests-cut-short-are-carried-out": {"mends_cut_bodies": True},
    "start-times-are-ignored": {"faults": [{"on": "create", "do": "strip", "keys": ["start_time"]}]},
    "a-form-of-start-time-fails": {"faults": [{"on": "create", "nth": 2, "do": "fail"}]},
    "a-form-of-start-time-is-refused": {
        "faults": [{"on": "create", "nth": 4, "do": "refuse", "status": 400, "message": "Invalid start_time"}]
    },
    "everything-is-refused": {
        "faults": [{"on": "create", "do": "refuse", "status": 400, "message": "Additional properties"}]
    },
    "limited-at-times": {"faults": [{"on": "create", "nth": [2, 4, 5], "do": "refuse", "status": 429}]},
    "ids-are-ignored": {"faults": [{"on": "create", "do": "strip", "keys": ["batch_id"]}]},
    "a-repeated-id-does-nothing": {"faults": [{"on": "create", "do": "take-again"}]},
    "a-repeated-id-is-another-batch": {"faults": [{"on": "create", "do": "take-again", "creates": True}]},
    "metadata-are-merged": {"faults": [{"on": "create", "do": "merge"}]},
    "calls-that-wait-are-not-listed": {"faults": [{"on": "calls", "do": "withhold"}]},
    "stops-do-nothing": {"faults": [{"on": "stop", "do": "pretend"}]},
    "v1-is-gone": {"faults": [{"on": "create", "since": 7, "do": "refuse", "status": 404, "message": "Not found"}]},
    "an-answer-is-lost": {"faults": [{"on": "create", "nth": 2, "do": "lose-answer"}]},
    "a-create-is-lost": {"faults": [{"on": "create", "nth": 2, "do": "lose-request"}]},
    "a-create-arrives-twice": {"faults": [{"on": "create", "nth": 3, "do": "repeat"}]},
    "the-status-cannot-be-read": {
        "faults": [{"on": "read", "do": "replace-answer", "status": 200, "body": "nonsense"}]
    },
}
RINGS = {"start-times-are-ignored"}


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_what_is_found_is_what_the_provider_does(name, tmp_path, golden):
    laboratory = Laboratory(tmp_path / "lab", BEHAVIOURS[name])
    probed = laboratory.probe()
    capability = probed.capability.model_copy(update={"program": "…"})
    written = write_capability(tmp_path, capability)
    golden(CASES / f"{name}.json", (tmp_path / written).read_text())
    assert read_capability(tmp_path, "lab", "https://lab.example").capability == capability
    assert len(laboratory.rings()) <= probed.capability.calls <= MOST_CALLS
    waiting = {ring.batch_id for ring in laboratory.rung()} if name == "stops-do-nothing" else set()
    assert set(probed.open) == waiting
    assert len(laboratory.rung()) <= probed.dialled or waiting
    assert bool(laboratory.rung()) is (name in RINGS or bool(waiting))
    assert [lost.trial.name for lost in probed.lost] == (["offset"] if name == "a-create-is-lost" else [])
    assert not any(number[5:] in (tmp_path / written).read_text() for number in NUMBERS)


def test_the_trials_ask_for_no_more_calls_than_a_probe_may():
    assert asked_calls() <= MOST_CALLS
    assert len({trial.name for trial in TRIALS}) == len(TRIALS)


def test_calls_are_counted_where_they_are_sent(tmp_path):
    laboratory = Laboratory(tmp_path / "lab")
    laboratory.told = AskedBefore(laboratory, MOST_CALLS - 3)
    with pytest.raises(Blocked, match="20 calls at most"):
        laboratory.probe()
    assert len(laboratory.rings()) == 3
    assert laboratory.rung() == []


class AskedBefore(list):
    """Hears of trials; at the first the probe is made to believe that it has asked for so many calls."""

    def __init__(self, laboratory, asked):
        super().__init__()
        self.laboratory, self.wanted = laboratory, asked

    def append(self, trial):
        if not self:
            self.laboratory.prober.asked = self.wanted
        super().append(trial)


@pytest.mark.parametrize("create", range(9))
def test_a_signal_before_any_create_stops_all_that_was_created(create, tmp_path):
    laboratory = Laboratory(tmp_path / "lab", interrupt_at=create)
    with pytest.raises(Interrupted) as stopped:
        laboratory.probe()
    assert laboratory.rung() == []
    assert laboratory.creates == create
    said = stopped.value.outcome
    assert ("was stopped" in said) is (create > 0)
    assert laboratory.prober.open == []


def test_what_a_killed_probe_left_is_stopped_by_the_next_before_it_sends(tmp_path):
    """A kill leaves no time to stop: as if the process had ended in the middle of its third trial."""
    killed = Laboratory(tmp_path / "lab", interrupt_at=3)
    with pytest.raises(SystemExit):
        die_at_the_signal(killed)
    assert len(killed.rung()) >= 1
    following = Laboratory(tmp_path / "lab")
    following.seconds = killed.seconds
    probed = following.probe()
    assert len(following.tidied.stops) == 1
    assert following.rung() == []
    assert probed.open == ()


def die_at_the_signal(laboratory):
    def check():
        if laboratory.creates >= laboratory.interrupt_at:
            raise SystemExit

    laboratory.check = check
    laboratory.probe()


@pytest.mark.parametrize("keys", [["metadata"], ["metadata", "description", "label"]], ids=["no-metadata", "no-stamp"])
def test_what_a_killed_probe_left_is_found_without_stamps_in_lists(keys, tmp_path):
    plan = {"faults": [{"on": "any", "do": "omit", "keys": keys}]}
    killed = Laboratory(tmp_path / "lab", plan, interrupt_at=2)
    with pytest.raises(SystemExit):
        die_at_the_signal(killed)
    following = Laboratory(tmp_path / "lab", plan)
    following.seconds = killed.seconds
    following.probe()
    assert following.rung() == []


def test_without_its_journal_what_a_killed_probe_left_is_found_by_its_stamp(tmp_path):
    killed = Laboratory(tmp_path / "lab", interrupt_at=2)
    with pytest.raises(SystemExit):
        die_at_the_signal(killed)
    (tmp_path / "lab/.bland-deploy/probe/lab.jsonl").unlink()
    following = Laboratory(tmp_path / "lab")
    following.seconds = killed.seconds
    following.probe()
    assert following.rung() == []


def test_a_torn_journal_does_not_keep_the_next_probe_from_stopping_the_rest(tmp_path):
    killed = Laboratory(tmp_path / "lab", interrupt_at=2)
    with pytest.raises(SystemExit):
        die_at_the_signal(killed)
    journal = tmp_path / "lab/.bland-deploy/probe/lab.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"api": "v2", "att')
    following = Laboratory(tmp_path / "lab")
    following.seconds = killed.seconds
    following.probe()
    assert following.rung() == []


def test_what_cannot_be_stopped_is_told_and_stays_written_down(tmp_path):
    plan = {"faults": [{"on": "stop", "do": "refuse", "status": 500, "message": "no"}]}
    laboratory = Laboratory(tmp_path / "lab", plan)
    probed = laboratory.probe()
    batches = {ring.batch_id for ring in laboratory.rings()}
    assert set(probed.open) == batches
    assert probed.dialled == len(laboratory.rings()) + 1  # the number that was dropped as a duplicate may have been one
    with pytest.raises(Unavailable, match="could not be stopped"):
        Laboratory(tmp_path / "lab", plan).probe()
    later = Laboratory(tmp_path / "lab")
    later.seconds = laboratory.seconds
    later.probe()
    assert len(later.tidied.stops) == len(batches)
    assert later.rung() == []


def test_a_lag_is_not_rounded_down(tmp_path):
    laboratory = Laboratory(tmp_path / "lab", {"faults": [{"on": "create", "nth": 1, "do": "hide", "lists": 2}]})
    assert laboratory.probe().capability.v2.list_delay.longest == 1.3  # seen after pauses of 0.5 and 0.75 s


def test_a_lost_create_is_never_sent_again(tmp_path):
    laboratory = Laboratory(tmp_path / "lab", BEHAVIOURS["a-create-is-lost"])
    probed = laboratory.probe()
    assert laboratory.creates == len(TRIALS) - 2  # those that are cut never arrive
    assert probed.capability.v2.start_times["offset"].answer == "unknown"


def test_batches_of_a_probe_bear_a_stamp_that_no_campaign_can_have(tmp_path):
    laboratory = Laboratory(tmp_path / "lab")
    laboratory.probe()
    assert {ring.stamp["campaign"] for ring in laboratory.rings()} == {PROBE}


def test_hours_that_end_during_a_probe_end_it(tmp_path):
    laboratory = Laboratory(tmp_path / "lab", {"faults": [{"on": "create", "nth": 2, "do": "hide", "seconds": 1e6}]})
    laboratory.seconds = 5 * 3600 + 59 * 60.0  # 17:59 in New York, a minute before us-strict ends
    with pytest.raises(Blocked, match="calling hours") as stopped:
        laboratory.probe()
    assert "was stopped" in stopped.value.outcome
    assert laboratory.rung() == []


def test_a_start_time_lies_in_calling_hours_and_far_ahead(tmp_path):
    laboratory = Laboratory(tmp_path / "lab")
    laboratory.probe()
    times = {start_of(shared) for shared in laboratory.shared()}
    assert times == {datetime(2026, 3, 3, 15, tzinfo=UTC)}  # 10:00 in New York, of the next day
    assert min(times) - BEGUN >= timedelta(hours=15)


def start_of(shared):
    moment = parse_start_time(shared["start_time"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "message", "problem"),
    [(401, "Unauthorized", AuthenticationFailed), (402, "No balance", Blocked), (429, "International block", Blocked)],
)
def test_an_account_that_refuses_everything_ends_the_probe_before_anything_is_created(
    status, message, problem, tmp_path
):
    plan = {"faults": [{"on": "create", "do": "refuse", "status": status, "message": message}]}
    laboratory = Laboratory(tmp_path / "lab", plan)
    with pytest.raises(problem) as stopped:
        laboratory.probe()
    assert stopped.value.outcome == "nothing was created"
    assert laboratory.rings() == []


def test_a_signal_while_a_lost_create_is_looked_for_ends_with_8_and_the_next_probe_tells_of_it(tmp_path):
    plan = {"faults": [{"on": "create", "nth": 2, "do": "lose-request"}]}
    laboratory = Laboratory(tmp_path / "lab", plan, interrupt_at=2)
    with pytest.raises(Interrupted) as stopped:
        laboratory.probe()
    assert stopped.value.exit_code == 8
    assert "may still ring" in stopped.value.outcome
    following = Laboratory(tmp_path / "lab")
    following.seconds = laboratory.seconds
    following.probe()
    assert following.tidied.missing == 1
    assert following.rung() == []


def test_a_key_that_is_revoked_meanwhile_ends_it_and_says_what_could_not_be_stopped(tmp_path):
    plan = {"faults": [{"on": kind, "since": 4, "do": "refuse", "status": 401} for kind in ("list", "calls")]}
    plan["faults"].append({"on": "stop", "since": 2, "do": "refuse", "status": 401})
    laboratory = Laboratory(tmp_path / "lab", plan)
    with pytest.raises(AuthenticationFailed) as stopped:
        laboratory.probe()
    assert stopped.value.exit_code == 7
    assert "1 batch of it could not be stopped" in stopped.value.outcome
    assert [left.batch_id for left in left_by_probes(tmp_path / "lab", "lab") if left.batch_id is None] == []
    following = Laboratory(tmp_path / "lab")
    following.seconds = laboratory.seconds
    following.probe()
    assert following.rung() == []


def test_a_journal_that_cannot_be_written_stops_everything_before_the_create(tmp_path):
    laboratory = Laboratory(tmp_path / "lab")
    (tmp_path / "lab/.bland-deploy/probe").mkdir(parents=True)
    (tmp_path / "lab/.bland-deploy/probe/lab.jsonl").mkdir()
    with pytest.raises(DeployError, match="cannot be written down"):
        laboratory.probe()
    assert laboratory.rings() == []


def test_a_fault_of_ours_in_the_middle_stops_what_was_created_and_says_so(tmp_path):
    laboratory = Laboratory(tmp_path / "lab")
    laboratory.check = lambda: 1 // (3 - min(laboratory.creates, 3))
    with pytest.raises(Unfinished) as broken:
        laboratory.probe()
    assert isinstance(broken.value.__cause__, ZeroDivisionError)
    assert "(3 batches)" in broken.value.outcome
    assert laboratory.rung() == []


def test_two_probes_of_one_environment_do_not_run_at_once(tmp_path):
    with open_journal(tmp_path, "lab"), pytest.raises(Locked), open_journal(tmp_path, "lab"):
        pass
