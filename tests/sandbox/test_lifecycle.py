"""How a batch lives: phases over time, stops, schedules, failures."""

import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.lifecycle import CHUNK


def counts(api, batch_id):
    newest = api.get(f"/v2/batches/{batch_id}/logs", take=1)["data"][0]
    assert newest["event_type"] == "complete"
    return newest["payload"]


def statuses(api, batch_id):
    return [call["status"] for call in api.calls(batch_id)]


def test_every_accepted_entry_is_listed_as_queued_at_once(api):
    batch_id = api.create("+14155550101", "+14155550102")
    assert [call["queue_status"] for call in api.calls(batch_id)] == ["queued", "queued"]
    assert api.phases(batch_id) == []


def test_a_batch_goes_through_its_phases(api, clock):
    batch_id = api.create("+14155550195", "+14155550196")
    clock.forward(seconds=2)
    assert api.phases(batch_id) == ["validating", "dispatching"]
    clock.forward(seconds=2)
    assert api.phases(batch_id)[-1] == "in_progress"
    assert {call["queue_status"] for call in api.calls(batch_id)} == {"started"}
    clock.forward(minutes=30)
    assert api.phases(batch_id)[-2:] == ["completed", "complete"]
    assert counts(api, batch_id) == {"calls_total": 2, "calls_failed": 1, "calls_successful": 1}


def test_a_batch_of_more_than_a_thousand_goes_in_chunks(api, clock):
    batch_id = api.create(*(f"+1415{1_000_000 + number}" for number in range(CHUNK + 1)))
    clock.forward(days=1)
    assert api.phases(batch_id).count("in_progress_chunked") == 2
    assert counts(api, batch_id)["calls_total"] == CHUNK + 1


def test_a_blank_number_sinks_the_whole_batch_later(api, clock):
    batch_id = api.create("+14155550101", {"phone_number": " "}, {"task": "no number"})
    clock.forward(minutes=1)
    assert api.calls(batch_id) == []
    newest = api.get(f"/v2/batches/{batch_id}/logs")["data"][0]["payload"]
    assert (newest["state_change"], newest["code"]) == ("failed", "source_invalid")
    assert newest["reason"] == "Entry #2 did not have a phone number."


def test_an_unreadable_start_time_of_an_entry_sinks_the_batch(api, clock):
    batch_id = api.create({"phone_number": "+14155550101", "start_time": "noon"})
    clock.forward(minutes=1)
    assert api.phases(batch_id) == ["validating", "failed"]


def test_a_future_start_time_is_kept_and_a_past_one_is_at_once(api, clock):
    scheduled = {"phone_number": "+14155550195", "start_time": "2026-11-02 12:00:00 -05:00"}
    past = {"phone_number": "+14155550196", "start_time": "2026-11-02 14:00:00"}
    batch_id = api.create(scheduled, past)
    clock.forward(minutes=30)
    assert api.phases(batch_id)[-1] == "waiting_for_scheduled_calls"
    assert statuses(api, batch_id) == ["unknown", "no-answer"]
    clock.forward(hours=3)
    assert api.calls(batch_id)[0]["started_at"] == "2026-11-02T17:00:00.000Z"
    assert api.phases(batch_id)[-3:] == ["in_progress", "completed", "complete"]


def test_sandbox_time_runs_at_its_speed_after_a_create(make_world, another_api, clock):
    api = another_api(make_world(speed=60))
    batch_id = api.create("+14155550195", shared={"start_time": "2026-11-02T16:00:00Z"})
    clock.forward(seconds=59)
    assert statuses(api, batch_id) == ["unknown"]
    clock.forward(seconds=5)
    call = api.calls(batch_id)[0]
    assert (call["status"], call["started_at"]) == ("completed", "2026-11-02T16:00:00.000Z")


def test_stopping_a_batch_cancels_the_queued_and_lets_the_running_talk(api, clock):
    late = {"phone_number": "+14155550101", "start_time": "2026-11-02 20:00:00"}
    batch_id = api.create("+14155550195", late)
    clock.forward(seconds=10)
    api.post(f"/v2/batches/{batch_id}/stop", {})
    assert api.phases(batch_id)[-1] == "in_progress"
    assert [call["queue_status"] for call in api.calls(batch_id)] == ["started", "queue_error"]
    clock.forward(hours=9)
    assert statuses(api, batch_id) == ["completed", "canceled"]
    assert api.phases(batch_id)[-2:] == ["completed_partial", "complete"]
    assert counts(api, batch_id) == {"calls_total": 2, "calls_failed": 1, "calls_successful": 1}


def test_a_batch_stopped_at_once_ends_at_once(api):
    batch_id = api.create("+14155550101")
    api.post(f"/v2/batches/{batch_id}/stop", {})
    assert api.phases(batch_id) == ["completed_partial", "complete"]


def test_stopping_what_has_ended_changes_nothing(api, clock):
    batch_id = api.create("+14155550195")
    clock.forward(hours=1)
    before = api.get(f"/v2/batches/{batch_id}/logs"), api.calls(batch_id)
    api.post(f"/v2/batches/{batch_id}/stop")
    assert before == (api.get(f"/v2/batches/{batch_id}/logs"), api.calls(batch_id))


def test_stopping_when_all_are_talking_cancels_nobody(api, clock):
    batch_id = api.create("+14155550195")
    clock.forward(seconds=5)
    api.post(f"/v2/batches/{batch_id}/stop")
    clock.forward(hours=1)
    assert api.phases(batch_id)[-2:] == ["completed", "complete"]


def test_hanging_up_one_call_brings_the_end_of_the_batch_forward(api, clock):
    batch_id = api.create("+14155550195")
    clock.forward(seconds=13)
    call = api.calls(batch_id)[0]
    api.post(f"/v1/calls/{call['call_id']}/stop")
    assert api.phases(batch_id)[-2:] == ["completed", "complete"]
    ended = api.calls(batch_id)[0]
    assert (ended["status"], ended["corrected_duration"]) == ("completed", "10")


def test_cancelling_one_call_of_a_stopped_batch_leaves_it_partial(api, clock):
    late = [{"phone_number": f"+14155550{n}", "start_time": "2026-11-02 20:00:00"} for n in (100, 101)]
    batch_id = api.create("+14155550195", *late)
    clock.forward(seconds=5)
    api.post(f"/v2/batches/{batch_id}/stop")
    api.post(f"/v1/calls/{api.calls(batch_id)[0]['call_id']}/stop")
    assert api.phases(batch_id)[-2:] == ["completed_partial", "complete"]


def test_calls_that_cannot_be_placed_within_a_day_are_given_up(api, clock):
    numbers = (f"+1415{1_000_000 + number}" for number in range(3_000))
    batch_id = api.create(*numbers, max_concurrent=1, shared={"max_duration": 60})
    clock.forward(days=2)
    newest, last_phase = api.get(f"/v2/batches/{batch_id}/logs", take=2)["data"]
    assert last_phase["payload"]["state_change"] == "completed_partial"
    assert last_phase["payload"]["code"] == "batch_early_exit"
    assert newest["payload"]["calls_failed"] > 500
    assert api.get("/v1/calls", batch_id=batch_id)["calls"][0]["status"] == "canceled"


def test_a_batch_of_listed_people_only_completes_with_nobody(api, clock):
    api.post("/v1/org_dnc", {"numbers": ["+14155550101"]})
    batch_id = api.create("+14155550101")
    clock.forward(minutes=1)
    assert counts(api, batch_id)["calls_total"] == 0


@pytest.mark.parametrize("numbers", [("+14155550101", "4155550101", "1 (415) 555-0101"), ("abc", "abc")])
def test_duplicates_within_a_batch_are_removed_and_the_first_stays(api, numbers):
    batch_id = api.create(*numbers)
    assert len(api.calls(batch_id)) == 1


def test_the_same_create_twice_rings_twice(make_world, another_api, tmp_path):
    books = tmp_path / "books.sqlite"
    api = another_api(make_world(books))
    first, second = api.create("+14155550101"), api.create("+14155550101")
    assert first != second
    assert [ring.number for ring in rings(books)] == ["+14155550101"] * 2


def test_v1_in_test_mode_dials_the_first_entry_only(api):
    body = {
        "base_prompt": "Hi",
        "test_mode": True,
        "call_data": [{"phone_number": f"+14155550{n}"} for n in (100, 101, 102)],
    }
    batch_id = api.post("/v1/batches", body)["batch_id"]
    assert [call["to"] for call in api.calls(batch_id)] == ["+14155550100"]
