"""A fault at every point of an apply, of every kind; then applies until the end; and the oracle's verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bland_deploy.sandbox.server import Options, serving
from tests.cli.workspace import Workspace
from tests.crashes.oracle import NOTHING_WAS_SENT, judge

DRIVER = Path(__file__).parent / "driver.py"
PEOPLE = [f"+1415555015{digit}" for digit in range(3)]
KEY = bytes.fromhex("ab" * 32)


def made(root, api, address):
    """A workspace whose campaign is named as its folder, with three people in two batches."""
    workspace = Workspace(root)
    if address:
        workspace.settings({"sandbox": {"base_url": address, "api_key": {"file": "key"}, "state": "state"}})
        workspace.write("key", "sk-unused")
    else:
        workspace.settings({"sandbox": {"provider": "sandbox", "state": "state"}})
    people = [{"phone_number": number, "name": "Canary"} for number in PEOPLE]
    return workspace.hello(root.name, api=api, recipients={"inline": people}, split={"size": 2})


def drive(books, warm, jobs):
    done = subprocess.run(
        [sys.executable, DRIVER],
        input=json.dumps({"books": str(books), "warm": str(warm.root), "jobs": jobs}),
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "BLAND_DEPLOY_STATE_KEY": KEY.hex()},
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def strike_everywhere(folder, mode, api="v2", address=None):
    """Strike at every point, each in a workspace of its own: the exit codes of the struck runs, and what is wrong.

    Over HTTP and in v1 the points of the store are left out: they are the same.
    """
    books = folder / "books.sqlite"
    warm = made(folder / "warm", api, address)
    (recorded,) = drive(books, warm, [{"root": str(made(folder / "recording", api, address).root)}])
    assert recorded["codes"] == [0], recorded
    assert len(recorded["passed"]) >= 40
    chosen = [
        (number, name)
        for number, name in enumerate(recorded["passed"])
        if "store" not in name or not (address or api == "v1")
    ]
    roots = [made(folder / f"{mode.lower()}-{number}", api, address).root for number, _ in chosen]
    jobs = [{"root": str(root), "mode": mode, "point": number} for (number, _), root in zip(chosen, roots, strict=True)]
    told = drive(books, warm, jobs)
    wrong = [
        f"{name}: {ended['codes']}: {problem}"
        for root, ended, (_, name) in zip(roots, told, chosen, strict=True)
        for problem in verdict(books, root, ended)
    ]
    return {code for ended in told for code in ended["codes"][:1]}, wrong


def verdict(books, root, told):
    """What is wrong after one trial."""
    yield from judge(books, root / "state", root.name, PEOPLE, key=KEY, code=told["codes"][-1])
    first, rung = told["codes"][0], told["rung_at_first"]
    if rung and first in NOTHING_WAS_SENT:
        yield f"exit code {first} says that nothing was sent, and {rung} were rung"


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_a_kill_at_any_point_rings_nobody_twice_and_loses_nobody(tmp_path, api):
    assert strike_everywhere(tmp_path, "kill", api) == ({-9}, [])


def test_a_kill_at_any_point_over_http_rings_nobody_twice_and_loses_nobody(tmp_path):
    with serving(Options(port=0, db=tmp_path / "books.sqlite")) as address:
        assert strike_everywhere(tmp_path, "kill", address=address) == ({-9}, [])


def test_a_failure_at_any_point_rings_nobody_twice_loses_nobody_and_is_told_truly(tmp_path):
    assert strike_everywhere(tmp_path, "raise")[1] == []


def test_a_signal_at_any_point_ends_the_run_in_order(tmp_path):
    assert strike_everywhere(tmp_path, "SIGTERM") == ({0, 143}, [])
