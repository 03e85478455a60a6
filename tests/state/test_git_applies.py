"""Several real `bland-deploy apply` at once, from separate clones, on one branch and one provider: one ring each."""

import json
import os
import subprocess
import sys

import pytest

from bland_deploy.diagnostics import has_errors
from bland_deploy.state.log import open_log
from bland_deploy.state.reading import examine
from tests.cli.workspace import Workspace
from tests.crashes.oracle import rung
from tests.state.git_clones import BRANCH, git, make_clone, open_clone

KEY = "ab" * 32
PEOPLE = [f"+141555501{number:02}" for number in range(100)]
OVERLAP = 6


@pytest.fixture
def workspace_of(remote, tmp_path, address):
    """Makes the clone of one of several people, whose list overlaps with those of the next ones."""

    def make(number):
        clone = make_clone(remote, tmp_path / f"clone-{number}", "--depth=1")
        served = {
            "base_url": address,
            "api_key": {"env": "BLAND_API_KEY"},
            "state": f"git+ref://origin/{BRANCH}",
        }
        workspace = Workspace(clone)
        workspace.settings({"served": served}, default_environment="served")
        people = [{"phone_number": phone, "name": "Canary"} for phone in PEOPLE[number : number + OVERLAP]]
        return workspace.hello(recipients={"inline": people}, split={"size": 2})

    return make


def variables():
    keys = {"BLAND_API_KEY": "sk-race", "BLAND_DEPLOY_STATE_KEY": KEY, "CI": "true"}
    return {**os.environ, **keys}


def start(workspace):
    command = [sys.executable, "-m", "bland_deploy", "-C", workspace.root, "apply", "--auto-approve"]
    return subprocess.Popen(command, env=variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end(process):
    with process:
        said, _ = process.communicate(timeout=120)
    return process.returncode, said


@pytest.mark.parametrize("runners", [2, 8])
def test_applies_at_once_from_separate_clones_ring_everybody_once(workspace_of, books, remote, tmp_path, runners):
    workspaces = [workspace_of(number) for number in range(runners)]
    ends = [end(process) for process in [start(workspace) for workspace in workspaces]]
    assert {code for code, _ in ends} <= {0, 7, 8, 9}, ends
    assert set(rung(books, "hello").values()) == {1}

    unfinished = [workspace for workspace, (code, _) in zip(workspaces, ends, strict=True) if code]
    afterwards = [end(start(workspace)) for workspace in unfinished]
    assert {code for code, _ in afterwards} <= {0}, afterwards
    assert rung(books, "hello") == dict.fromkeys(PEOPLE[: runners + OVERLAP - 1], 1)

    store = open_clone(make_clone(remote, tmp_path / "witness"))
    assert not has_errors(examine(store, "hello"))
    assert len(open_log(store, "hello").standing.attempts) >= (runners + OVERLAP - 1) / 2
    assert {git(workspace.root, "status", "--porcelain").count("bland-state") for workspace in workspaces} == {0}
    objects = git(remote, "log", "-p", "--text", "--format=%B%an%ae", BRANCH, errors="replace")
    assert not [phone for phone in PEOPLE if phone[2:] in objects]


def test_a_store_that_cannot_be_used_is_a_message_and_an_exit_code_and_nothing_is_sent(workspace_of, books, remote):
    workspace = workspace_of(0)
    keys = {"BLAND_API_KEY": "sk-race", "BLAND_DEPLOY_STATE_KEY": KEY}
    remote.rename(remote.with_name("moved"))
    done = workspace.apply(**keys)
    assert (done.code, done.rules) == (5, ["store-unreachable"]), done.everything
    workspace.settings({"served": {**workspace_settings(workspace), "state": "git+ref://nowhere/x"}})
    done = workspace.apply("-e", "served", **keys)
    assert (done.code, "the clone has no remote nowhere" in done.out) == (3, True)
    assert rung(books, "hello") == {}


def workspace_settings(workspace):
    return json.loads((workspace.root / "bland-deploy.yaml").read_text())["environments"]["served"]
