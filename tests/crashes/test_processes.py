"""Whole processes of the real command: killed at random moments, several at once, stopped by signals."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.workspace import Workspace
from tests.client.wire import serving
from tests.crashes.oracle import judge, rung
from tests.crashes.provider import Provider

KEY = "ab" * 32
PEOPLE = [f"+141555501{number}" for number in range(60, 90)]
RACER = Path(__file__).parent / "racer.py"


@pytest.fixture
def workspace(tmp_path):
    """Thirty people in ten batches."""
    workspace = Workspace(tmp_path / "race")
    workspace.settings({"sandbox": {"provider": "sandbox", "state": "state"}})
    people = [{"phone_number": number, "name": "Canary"} for number in PEOPLE]
    return workspace.hello("race", recipients={"inline": people}, split={"size": 3})


def start(workspace, *arguments, **more):
    """The command in a process of its own; `more` are environment variables."""
    command = [sys.executable, "-m", "bland_deploy", "-C", workspace.root, "apply", "-y", *arguments]
    variables = {**os.environ, "BLAND_DEPLOY_STATE_KEY": KEY, **more}
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(workspace):
    return workspace.apply(BLAND_DEPLOY_STATE_KEY=KEY).code


def verdict(workspace, code, books=None):
    books = books or workspace.books
    return judge(books, workspace.root / "state", "race", PEOPLE, key=bytes.fromhex(KEY), code=code)


def test_killed_at_random_moments_until_it_is_done(workspace):
    """One list, one process after the other killed while it sends, then one that may finish."""
    chance = random.Random(20261121)
    killed = 0
    for _ in range(8):
        with start(workspace) as process:
            process.stderr.readline()  # the plan is being shown: from here on it claims and sends
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0, 0.08))
            process.kill()
            process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert max(rung(workspace.books, "race").values(), default=1) == 1
    code = finish(workspace)
    assert killed
    assert verdict(workspace, code) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_process_after_the_batch_in_hand(workspace, number, code):
    content = json.loads((workspace.root / "campaigns/race.yaml").read_text())
    content["split"] = {"size": 3, "pause": "1h"}
    workspace.write("campaigns/race.yaml", json.dumps(content))
    with start(workspace, "--format", "json") as process:
        assert b"sent" in process.stderr.readline()  # the first batch is out, and the pause begins
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == code
    document = json.loads(out)
    assert document["summary"] == {"sent": 3, "held": 0, "failed": 0, "not_sent": 27}
    content["split"] = {"size": 30}
    workspace.write("campaigns/race.yaml", json.dumps(content))
    assert finish(workspace) == 0
    assert verdict(workspace, 0) == []


class Silent(Provider):
    """A provider that takes creates and does not answer them before it is over."""

    def __init__(self, books):
        super().__init__(books)
        self.taken, self.over = threading.Event(), threading.Event()

    def answer(self, peer, method, path, fault):
        answer = super().answer(peer, method, path, fault)
        if method == "POST":
            self.taken.set()
            self.over.wait(30)
        return answer


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_the_process_in_the_middle_of_a_send_and_nobody_is_lost(workspace, books, number, code):
    provider = Silent(books)
    with serving(provider.handle) as server:
        remote = {"base_url": server.url, "api_key": {"env": "A_KEY"}, "state": "state"}
        workspace.settings({"sandbox": remote})
        with start(workspace, A_KEY="sk-silent") as process:
            assert provider.taken.wait(30)
            process.send_signal(number)
            told = next(line for line in process.stderr if b"second signal" in line)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        provider.over.set()
        assert told == b"Stopping once the batch in hand is recorded; a second signal ends at once.\n"
        assert process.returncode == code
        assert b"what was sent is in the state" in err
        assert workspace.apply(BLAND_DEPLOY_STATE_KEY=KEY, A_KEY="sk-silent").code == 0
    provider.world.close()
    assert verdict(workspace, 0, books) == []


def test_of_several_at_once_one_sends_and_the_others_say_that_it_is_locked(workspace):
    processes = [start(workspace) for _ in range(4)]
    for process in processes:
        with process:
            process.communicate(timeout=60)
    assert {process.returncode for process in processes} <= {0, 9}
    assert 0 in {process.returncode for process in processes}
    assert verdict(workspace, finish(workspace)) == []


@pytest.mark.parametrize("runners", [2, 8])
def test_without_any_lock_the_log_alone_keeps_everybody_from_being_rung_twice(workspace, tmp_path, runners):
    books = tmp_path / "books.sqlite"
    done = subprocess.run(
        [sys.executable, RACER, books, workspace.root, str(runners)],
        capture_output=True,
        check=True,
        env={**os.environ, "BLAND_DEPLOY_STATE_KEY": KEY},
        timeout=120,
    )
    assert set(json.loads(done.stdout)) <= {0, 7, 8, 9}, done.stderr
    assert set(rung(books, "race").values()) == {1}
    assert len(rung(books, "race")) == len(PEOPLE)
