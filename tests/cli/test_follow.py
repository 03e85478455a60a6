"""Status, wait and stop against the sandbox over HTTP, judged by its books."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from bland_deploy.client.connection import Clock, Credentials, Manners, open_client
from bland_deploy.errors import AuthenticationFailed
from bland_deploy.operations.stop import Target, listed_batches, stop
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, STATE, Desk

PERSON, NO_ANSWER, VOICEMAIL, BUSY, FAILED = (f"+1415555019{digit}" for digit in range(5, 10))
MIX = (PERSON, PERSON.replace("415", "212"), NO_ANSWER, VOICEMAIL, BUSY, FAILED)
AT_ONCE, SLOWLY = 1_000_000, 0.001


@pytest.fixture
def open_desk(tmp_path):
    """A function from faults and speed to a workspace towards a sandbox that has them."""
    opened, books = [], tmp_path / "books.sqlite"

    def open_desk(*faults, speed=AT_ONCE, numbers=MIX, **more):
        plan = FaultPlan(seed=1, faults=faults)
        options = Options(port=0, db=books, speed=speed, faults=lambda handler: Faulty(handler, plan))
        opened.append(serving(options))
        desk = Desk(tmp_path / "w", opened[-1].__enter__(), books)
        return desk.list(*numbers, **{"split": {"size": 3}, **more})

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def in_books(desk, column):
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        return [row[0] for row in books.execute(f"SELECT {column} FROM calls ORDER BY id")]


def test_outcomes_and_cost_agree_with_the_books_to_the_call_and_to_the_cent(open_desk):
    desk = open_desk()
    assert desk.apply().code == 0
    waited = desk.run("wait", "--calls", "--format", "json")
    assert waited.code == 0
    batches = waited.json["batches"]
    told = sum((Counter(batch["outcomes"]) for batch in batches), Counter())
    kinds = Counter(in_books(desk, "kind"))
    failed = kinds["not-found"] + kinds["unavailable"] + kinds["blocked"]
    assert told == {"answered": kinds["human"], "voicemail": 1, "no-answer": 1, "busy": 1, "failed": failed}
    assert sum(batch["cost"] for batch in batches) == pytest.approx(sum(in_books(desk, "price")), abs=0.00001)
    assert all(batch["final"] for batch in batches)


def test_wait_ends_with_7_where_more_calls_failed_than_allowed(open_desk):
    desk = open_desk()
    desk.apply()
    failed = sum(batch["failed"] for batch in desk.run("wait", "--format", "json").json["batches"])
    assert failed > 1
    assert desk.run("wait", "--max-failed", failed).code == 0
    assert desk.run("wait", "--max-failed", failed - 1).code == 7
    assert desk.run("wait", "--max-failed", "100%").code == 0
    assert desk.run("wait", "--max-failed", "1%").code == 7


def test_wait_ends_with_5_where_the_time_is_over(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    waited = desk.run("wait", "--timeout", "0s")
    assert waited.code == 5
    assert "the time is over, and 2 batches not final yet" in waited.err.lower()


def test_wait_ends_with_8_where_the_outcome_of_a_send_is_unknown(open_desk):
    desk = open_desk({"on": "create", "nth": 1, "do": "lose-request"})
    assert desk.apply().code == 8
    assert desk.run("wait").code == 8


def test_wait_says_what_an_option_should_look_like(open_desk):
    desk = open_desk()
    wrong = desk.run("wait", "--max-failed", "some")
    assert (wrong.code, "2.5%" in wrong.err) == (3, True)
    assert desk.run("wait", "--timeout", "soon").code == 3


def test_watched_status_ends_when_everything_is_final_and_shows_what_changed_only(open_desk):
    desk = open_desk()
    desk.apply()
    watched = desk.run("status", "--watch", "--interval", "0s", "--calls")
    assert watched.code == 0
    assert watched.out.rstrip().splitlines()[-1].startswith("2 of 2 batches final; 6 calls;")
    assert desk.run("status", "--watch", "--format", "json").code == 3


def test_status_says_how_long_the_queue_takes_at_the_rate_so_far(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    with closing(sqlite3.connect(desk.books, isolation_level=None)) as books:
        books.execute("UPDATE calls SET starts = starts - 3600, dialled = dialled - 60 * (7 - id) WHERE id < 3")
    first, second = desk.run("status", "--calls", "--format", "json").json["batches"]
    queued = first["outcomes"]["queued"]
    assert first["drain_seconds"] == pytest.approx(queued * 60, abs=30)
    assert second["drain_seconds"] is None
    assert "to go" in desk.run("status", "--calls").out


# ----------------------------------------------------------------------- stop


def test_stop_says_how_many_calls_it_cancelled_and_how_many_were_dialled_before(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    stopped = desk.run("stop", "--yes", "--format", "json")
    assert stopped.code == 0
    batches = stopped.json["batches"]
    assert [batch["status"] for batch in batches] == ["stopped", "stopped"]
    cancelled = in_books(desk, "kind").count("canceled")
    assert sum(batch["calls"] for batch in batches) == cancelled > 0
    assert sum(batch["dialled"] for batch in batches) == len(MIX) - cancelled
    again = desk.run("stop", "--yes", "--format", "json")
    assert {batch["status"] for batch in again.json["batches"]} <= {"finished", "stopped"}
    assert desk.run("status", "--format", "json").json["batches"][0]["status"] == "completed_partial"


def test_stop_asks_first_and_without_anybody_to_ask_wants_yes(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    assert desk.run("stop").code == 6
    assert "canceled" not in in_books(desk, "kind")


def test_stop_works_without_state_by_the_stamps_in_the_providers_list(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    desk.workspace.hello("other", recipients={"inline": [{"phone_number": PERSON, "name": "P"}]})
    desk.run("apply", "other", "--auto-approve")
    for path in sorted((desk.workspace.root / STATE).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    stopped = desk.run("stop", "hello", "--without-state", "--yes", "--format", "json")
    assert stopped.code == 0
    assert [batch["campaign"] for batch in stopped.json["batches"]] == ["hello", "hello"]
    assert in_books(desk, "kind").count("canceled") == sum(batch["calls"] for batch in stopped.json["batches"])
    assert {
        batch["campaign"] for batch in desk.run("stop", "--without-state", "--yes", "--format", "json").json["batches"]
    } == {
        "hello",
        "other",
    }


def test_a_state_that_cannot_be_read_names_the_way_to_stop_all_the_same(open_desk):
    desk = open_desk(speed=SLOWLY)
    desk.apply()
    desk.entries()[0].write_bytes(b"{")
    broken = desk.run("stop", "--yes")
    assert (broken.code, "--without-state" in broken.err) == (9, True)


def test_stop_without_state_stops_what_one_list_shows_when_the_other_cannot_be_had(open_desk):
    desk = open_desk(speed=SLOWLY, api="v1")
    desk.apply()
    with client(desk) as provider:
        (targets, problems) = listed_batches(provider, ())
    assert (len(targets), problems) == (2, ())


def client(desk, key="sk-test"):
    clock = Clock(sleep=lambda _seconds: None, random=lambda: 0.0)
    address = desk.workspace.root.joinpath("bland-deploy.yaml").read_text().split('"base_url": "')[1].split('"')[0]
    return open_client(address, Credentials(key), manners=Manners(clock=clock))


def test_every_batch_is_stopped_in_one_command_though_the_provider_fails_half_of_the_time(open_desk):
    hundred = [f"+1{area}5550{line}" for area in (212, 213, 214, 215) for line in range(100, 125)]
    failing = (
        {"on": "stop", "chance": 0.25, "do": "refuse", "status": 429},
        {"on": "stop", "chance": 0.33, "do": "refuse", "status": 500},
    )
    desk = open_desk(*failing, speed=SLOWLY, numbers=hundred, split={"size": 1})
    assert desk.apply().json["summary"]["sent"] == 100
    done = desk.run("stop", "--yes", "--format", "json")
    assert done.code == 0, done.everything
    batches = done.json["batches"]
    assert len(batches) == 100
    assert not [batch for batch in batches if batch["status"] == "failed"]
    assert {batch["batch_id"] for batch in batches if batch["status"] == "stopped"} == cancelled_batches(desk)
    cancelled = in_books(desk, "kind").count("canceled")
    assert cancelled == sum(batch["calls"] for batch in batches if batch["calls"] is not None) > 90
    began_before = sum(batch["dialled"] or 0 for batch in batches)
    assert began_before == 100 - cancelled


def cancelled_batches(desk):
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        return {
            row[0]
            for row in books.execute(
                "SELECT batches.batch_id FROM calls JOIN batches ON batches.id = calls.batch WHERE kind = 'canceled'"
            )
        }


def test_a_batch_that_cannot_be_stopped_is_named_and_does_not_keep_others_running(open_desk):
    desk = open_desk({"on": "stop", "do": "refuse", "status": 500}, speed=SLOWLY)
    desk.apply()
    with client(desk) as provider:
        targets, _ = listed_batches(provider, ())
        stops = stop(provider, targets, lambda _left: None, budget=0.0)
    assert [end.failed for end in stops] == [True, True]
    assert all("HTTP 500" in end.message for end in stops)


def test_a_key_that_may_stop_nothing_is_a_failure_of_the_key(open_desk):
    desk = open_desk(speed=SLOWLY)
    with client(desk, "wrong") as provider, pytest.raises(AuthenticationFailed):
        stop(provider, [Target("hello", "v2", "b-1")], lambda _left: None)


def test_without_anything_sent_there_is_nothing_to_stop(open_desk):
    desk = open_desk()
    assert desk.run("stop").out == "Nothing to stop: nothing was sent yet.\n"
    assert KEY not in desk.run("stop", "-v").everything
