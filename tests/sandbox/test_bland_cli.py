"""The official command-line client works on a served sandbox: no code of ours is on its side."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bland_deploy.sandbox.server import Options, serving

CLI = Path(__file__).parents[1] / "bland_cli" / "node_modules" / "bland-cli" / "dist" / "index.js"
NODE = shutil.which("node")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="needs node"),
    pytest.mark.skipif(not CLI.exists(), reason="needs `npm ci --prefix tests/bland_cli`"),
]


@pytest.fixture
def run(tmp_path):
    """Runs the client on a sandbox of its own; gives what it printed, and fails as it fails."""
    with serving(Options(port=0, speed=1)) as address:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "NO_COLOR": "1",
            "BLAND_BASE_URL": address,
            "BLAND_API_KEY": "sk-cli",
        }

        def run_one(*arguments, typed=""):
            return subprocess.run(
                [NODE, CLI, *arguments],
                env=environment,
                cwd=tmp_path,
                input=typed,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout

        yield run_one


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('phone,name\n+14155550195,Ann\n"+14155550197",Bob\n+14155550195,Ann again\n')
    return path


def test_the_official_client_creates_reads_and_stops_batches_and_shows_calls(run, people):
    made = run("batch", "create", "--file", people, "--task", "Hi", "--max-concurrent", "2", "--json")
    batch_id = json.loads(made)["batch_id"]
    batch = json.loads(run("batch", "get", batch_id, "--json"))
    assert (batch["id"], json.loads(batch["base_prompt"]), len(batch["call_objects"])) == (batch_id, {"task": "Hi"}, 3)

    listed = json.loads(run("call", "list", "--batch", batch_id, "--json"))
    assert listed["total_count"] == 2
    assert "(415) 555-01" in run("call", "list", "--batch", batch_id)
    shown = run("call", "get", listed["calls"][0]["call_id"])
    assert listed["calls"][0]["call_id"] in shown

    assert "Stop batch" in run("batch", "stop", batch_id, typed="y\n")


def test_the_official_client_sends_shows_and_stops_a_single_call(run):
    sent = json.loads(run("call", "send", "+14155550195", "--task", "Hi", "--request-data", '{"a": 1}', "--json"))
    assert UUID.fullmatch(sent["call_id"])
    assert json.loads(run("call", "get", sent["call_id"], "--json"))["request_data"]["request_data"] == {"a": 1}
    run("call", "stop", sent["call_id"])


def test_the_official_client_shows_refusals(run, people):
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run("batch", "create", "--file", people)
    assert "BATCH_V2_CREATE_VALIDATION_ERROR" in failure.value.stderr
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run("batch", "get", "unknown")
    assert "Batch not found" in failure.value.stderr


def test_the_official_client_logs_in(run):
    assert "active" in run("auth", "login", "--key", "sk-cli")
