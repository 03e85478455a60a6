"""The example campaigns and the workspace of init, through the command line, on the sandbox."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from bland_deploy.cli import boundary
from bland_deploy.scaffold.init import init

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
CAMPAIGNS = sorted(path.stem for path in (ROOT / "campaigns").glob("*.yaml"))
AT = "2026-03-02T15:00:00Z"


@pytest.fixture
def run(capsys):
    def command_line(folder, *arguments, code=0):
        ended = boundary.run(["--workspace", str(folder), "--no-color", *arguments])
        shown = capsys.readouterr()
        assert ended == code, shown.out + shown.err
        return shown.out

    return command_line


@pytest.fixture
def run_json(run):
    return lambda *arguments: json.loads(run(*arguments, "--format", "json"))


@pytest.fixture
def examples(tmp_path):
    shutil.copy(ROOT / "bland-deploy.yaml", tmp_path)
    shutil.copytree(ROOT / "campaigns", tmp_path / "campaigns")
    return tmp_path


def test_lint_finds_no_error_in_the_examples(run_json):
    summary = run_json(ROOT, "lint")["summary"]
    assert summary["errors"] == 0


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_the_requests_of_an_example_are_as_expected(campaign, run, golden):
    text = run(ROOT, "render", campaign, "--format", "json", "--show-pii", "--at", AT)
    document = json.loads(text)
    assert document["diagnostics"] == [] or campaign == "renewal-reminder"
    golden(CASES / f"{campaign}.json", json.dumps(document["requests"], indent=2, ensure_ascii=False) + "\n")
    assert run(ROOT, "render", campaign, "--format", "json", "--show-pii", "--at", AT) == text


def test_the_tutorial_is_reproduced_but_for_the_stamp(run_json):
    [request] = run_json(ROOT, "render", "renewal-reminder", "--show-pii", "--at", AT)["requests"]
    assert (request["method"], request["path"]) == ("POST", "/v1/batches")
    assert set(request["body"].pop("metadata")) == {"bland_deploy"}
    assert request["body"] == json.loads((CASES / "send-1000-phone-calls.json").read_text())


def test_everybody_is_rung_once_however_often_we_apply(examples, run_json):
    planned = run_json(examples, "plan", "--at", AT)["summary"]["calls"]
    first = run_json(examples, "apply", "--auto-approve")
    assert first["summary"] == {"sent": planned, "held": 0, "failed": 0, "not_sent": 0}
    again = run_json(examples, "apply", "--auto-approve")
    assert again["batches"] == []
    assert again["summary"]["sent"] == 0
    assert sum(batch["calls"] for batch in run_json(examples, "status")["batches"]) == planned


def test_the_sandbox_holds_as_many_calls_as_were_planned(examples, run, run_json):
    planned = run_json(examples, "plan", "--at", AT)["summary"]["calls"]
    run(examples, "apply", "--auto-approve")
    run(examples, "apply", "--auto-approve")
    with sqlite3.connect(f"file:{examples}/.bland-deploy/sandbox.sqlite?mode=ro", uri=True) as books:
        [[calls]] = books.execute("SELECT COUNT(*) FROM calls")
    books.close()
    assert calls == planned


def test_the_workspace_of_init_lints_plans_and_applies(tmp_path, run_json):
    init(tmp_path)
    assert run_json(tmp_path, "lint")["diagnostics"] == []
    assert run_json(tmp_path, "plan")["summary"] == {"batches": 1, "calls": 3}
    assert run_json(tmp_path, "apply", "--auto-approve")["summary"]["sent"] == 3
    assert run_json(tmp_path, "apply", "--auto-approve")["summary"]["sent"] == 0
