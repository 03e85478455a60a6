"""Several batches on their way at a time: what holds for one holds for all, whatever breaks meanwhile."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import DeployError
from bland_deploy.operations.apply import apply
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import open_log
from bland_deploy.state.several import one_by_one
from tests.cli.test_adopt import KEY, STATE, Desk
from tests.crashes.oracle import rung

PEOPLE = [f"+1{area}55501{line:02}" for area in (212, 213, 214) for line in range(16)]
SLOW = {"on": "create", "do": "delay", "seconds": 0.02}


@pytest.fixture
def open_desk(tmp_path):
    opened, books = [], tmp_path / "books.sqlite"

    def open_desk(*faults, seed=0, **more):
        plan = FaultPlan(seed=seed, faults=faults)
        opened.append(serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))))
        return Desk(tmp_path / "w", opened[-1].__enter__(), books).list(*PEOPLE, **more)

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def in_parallel(desk, workers=8):
    return desk.apply("--parallelism", workers)


def test_everybody_is_rung_once_and_the_result_is_in_the_order_of_batches(open_desk):
    desk = open_desk(SLOW)
    done = in_parallel(desk)
    assert done.json["summary"]["sent"] == len(PEOPLE)
    assert desk.verdict(PEOPLE, done.code) == []
    log = open_log(FileStore(desk.workspace.root / STATE), "hello")
    claimed = [batch.attempt for batch in log.entries[0].batches]
    by_batch = {attempt.batch_id: name for name, attempt in log.standing.attempts.items()}
    assert [by_batch[batch["batch_id"]] for batch in done.json["batches"]] == claimed
    again = in_parallel(desk)
    assert (again.code, again.json["batches"]) == (0, [])


def test_more_than_one_is_on_its_way_at_a_time(open_desk):
    desk = open_desk(SLOW)
    in_parallel(desk)
    log = open_log(FileStore(desk.workspace.root / STATE), "hello")
    under_way, most = 0, 0
    for entry in one_by_one(log.entries):
        under_way += len(entry.attempts) if entry.kind == "sending" else -(entry.kind == "receipt")
        most = max(most, under_way)
    assert 1 < most <= 8


def test_batches_with_a_pause_between_go_one_by_one(open_desk):
    desk = open_desk(SLOW, split={"size": 24, "pause": "10ms"})
    in_parallel(desk)
    kinds = [entry.kind for entry in open_log(FileStore(desk.workspace.root / STATE), "hello").entries]
    assert kinds == ["claim", "sending", "receipt", "sending", "receipt", "verified"]


@pytest.mark.parametrize("seed", range(6))
def test_under_faults_nobody_is_rung_twice_and_nobody_lost(open_desk, seed):
    desk = open_desk(
        {"on": "create", "chance": 0.05, "do": "lose-answer"},
        {"on": "create", "chance": 0.05, "do": "lose-request"},
        {"on": "create", "chance": 0.1, "do": "refuse", "status": 429, "retry_after": "0"},
        {"on": "create", "chance": 0.05, "do": "replace-answer"},
        {"on": "list", "chance": 0.2, "do": "delay", "seconds": 0.01},
        seed=seed,
    )
    for _ in range(6):
        done = in_parallel(desk)
        sent, held = (
            sum(batch["calls"] for batch in done.json["batches"] if batch["status"] == word)
            for word in ("sent", "held")
        )
        assert (sent, held) == (done.json["summary"]["sent"], done.json["summary"]["held"])
    assert desk.verdict(PEOPLE, done.code) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_with_several_on_their_way_rings_nobody_twice(open_desk, seed):
    desk = open_desk(SLOW)
    command = [sys.executable, "-m", "bland_deploy", "-C", str(desk.workspace.root), "apply", "--auto-approve", "-q"]
    environment = os.environ | {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    chance = random.Random(seed)
    for kind in (signal.SIGKILL, signal.SIGTERM):
        wanted = len(rung(desk.books, "hello")) + chance.randrange(1, 16)
        with subprocess.Popen([*command, "--parallelism", "8"], env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and len(rung(desk.books, "hello")) < wanted:
                time.sleep(0.002)
            process.send_signal(kind)
            code = process.wait()
            assert code in {0, -kind, 143, 8}
    # what was sent when the process was killed may arrive later than the next look at the list
    for _ in range(3):
        done = in_parallel(desk)
    assert desk.verdict(PEOPLE, done.code) == []


def full_pipe():
    """Both ends of a pipe that takes no more, as a terminal that was told to stand still."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with suppress(BlockingIOError):
        while True:
            os.write(write, b"." * 4096)
    os.set_blocking(write, True)
    return read, write


def test_everything_is_recorded_while_a_terminal_stands_still(open_desk):
    desk = open_desk(SLOW)
    read, write = full_pipe()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(desk.workspace.root)]
    command += ["apply", "--auto-approve", "--format", "json", "--parallelism", "8"]
    environment = os.environ | {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=write) as process:
        os.close(write)
        receipts, until = [], time.monotonic() + 60
        while len(receipts) < len(PEOPLE) and process.poll() is None and time.monotonic() < until:
            log = open_log(FileStore(desk.workspace.root / STATE), "hello")
            receipts = [entry for entry in one_by_one(log.entries if log else ()) if entry.kind == "receipt"]
            time.sleep(0.02)
        ended = process.poll()
        with os.fdopen(read, "rb") as pipe:
            told = pipe.read()
    assert (len(receipts), ended) == (len(PEOPLE), None)
    assert (told.count(b"  sent "), process.returncode) == (len(PEOPLE), 0)


class SlowStore:
    """A store that takes its time over receipts."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    def create_in_turn(self, files):
        if any(b'"receipt' in data for _, data in files):
            time.sleep(0.2)
        return self._store.create_in_turn(files)


def apply_in_parallel(desk, told, watched):
    """An apply in this process, with 8 workers."""
    session = open_session(Invocation(desk.workspace.root), needs_key=True)
    works, found = make_all(session, [], datetime.now(UTC))
    with open_provider(session.settings) as client:
        world = World(
            client=client,
            store=watched(session.store()),
            now=lambda: datetime.now(UTC),
            sleep=lambda _seconds: None,
            settle=0.0,
            by="tests",
            parallelism=8,
        )
        return apply(works, aim_of(session), world, Asked(lambda _plan: None, told), found)


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("A_KEY", "sk-test")
    monkeypatch.setenv("BLAND_DEPLOY_STATE_KEY", KEY)


@pytest.mark.usefixtures("keys")
def test_a_run_ends_when_all_receipts_are_written(open_desk):
    desk, told = open_desk(), []
    done = apply_in_parallel(desk, told.append, SlowStore)
    assert [batch.fate for batch in done.batches] == ["sent"] * len(PEOPLE)
    assert sorted(told, key=repr) == sorted(done.batches, key=repr)


@pytest.mark.usefixtures("keys")
def test_where_telling_breaks_the_run_ends_when_all_that_is_on_its_way_is_back(open_desk):
    desk = open_desk({"on": "create", "do": "delay", "seconds": 0.3})

    def told(_batch):
        raise ZeroDivisionError

    with pytest.raises(DeployError, match="ZeroDivisionError"):
        apply_in_parallel(desk, told, lambda store: store)
    log = open_log(FileStore(desk.workspace.root / STATE), "hello")
    phases = [attempt.phase for attempt in log.standing.attempts.values()]
    assert set(phases) == {"claimed", "sent"}
    assert len(rung(desk.books, "hello")) == phases.count("sent")


def test_many_unknown_outcomes_end_the_run_and_no_worker_takes_a_batch_after_that(open_desk):
    desk = open_desk({"on": "create", "do": "lose-request"})
    done = in_parallel(desk, 4)
    assert done.code == 8
    assert 3 <= done.json["summary"]["held"] <= 3 + 4
    assert done.json["summary"]["not_sent"] == len(PEOPLE) - done.json["summary"]["held"]


def test_a_run_that_was_ended_is_no_success_though_what_was_on_its_way_comes_back_last(open_desk):
    desk = open_desk(
        {"on": "create", "nth": [1, 2, 3], "do": "lose-answer"},
        {"on": "create", "nth": [4, 5, 6, 7, 8], "do": "delay", "seconds": 0.5},
    )
    done = in_parallel(desk)
    assert (done.json["summary"]["held"], done.code) == (0, 7)
    assert done.json["summary"]["not_sent"] > 0
