"""The failures that a newcomer meets: each a clear message, the right exit code, and nothing lost or sent."""

import json
import os
import re
from pathlib import Path

import pytest

from bland_deploy.sandbox.books import rings
from tests.cli.workspace import ADA, ALAN, GRACE

CASES = Path(__file__).parent / "cases" / "failures"
KEY = "ab" * 32
STATE = ".bland-deploy/state/sandbox/hello"


@pytest.fixture
def tell(workspace, golden):
    """A function (name, code, command…) that runs a command in text and compares what it says with a golden file."""

    def tell(name, code, *arguments, **variables):
        done = workspace.run(*arguments, **variables)
        text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", done.everything.replace(str(workspace.root), "WORKSPACE"))
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "BATCH", re.sub(r"\b[0-9a-f]{16}\b", "ID", text))
        golden(CASES / f"{name}.txt", re.sub(r"after \d+ bytes", "after N bytes", text))
        assert done.code == code
        assert "Traceback" not in text
        return done

    return tell


def remote(address):
    return {"remote": {"base_url": address, "api_key": {"env": "A_KEY"}, "state": "state"}}


# ---------------------------------------------------------------------- keys and the network


def test_a_missing_api_key(workspace, served, tell):
    workspace.settings(remote(served))
    tell("missing-key", 4, "apply", "-y", "-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY)


def test_an_empty_api_key(workspace, served, tell):
    workspace.settings(remote(served))
    tell("empty-key", 4, "apply", "-y", "-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY, A_KEY="")


def test_a_wrong_api_key(workspace, served, tell, tmp_path):
    workspace.settings(remote(served))
    tell("wrong-key", 4, "apply", "-y", "-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY, A_KEY="wrong-canary-123")
    assert rings(tmp_path / "served.sqlite") == []
    assert not (workspace.root / "state/hello/manifest.json").exists()


def test_no_state_key_towards_a_real_provider(workspace, served, tell):
    workspace.settings(remote(served))
    tell("no-state-key", 4, "apply", "-y", "-e", "remote", A_KEY="sk-x")


@pytest.mark.parametrize("key", ["", "canary", "zz" * 32])
def test_a_state_key_of_a_wrong_form(workspace, key):
    done = workspace.apply(BLAND_DEPLOY_STATE_KEY=key)
    assert done.code == (0 if not key else 4)
    assert not key or key not in done.everything


def test_an_unreachable_provider(workspace, tell):
    """The one test that waits: the pauses between the tries are the product's own."""
    workspace.settings(remote("http://127.0.0.1:9"))
    tell("unreachable", 5, "apply", "-y", "-e", "remote", BLAND_DEPLOY_STATE_KEY=KEY, A_KEY="sk-x")
    assert not (workspace.root / "state/hello/manifest.json").exists()


# ---------------------------------------------------------------------- the state


def first_entry(workspace):
    return min((workspace.root / STATE / "log").glob("*.json"))


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


BREAKS = {
    "an entry is cut off": lambda workspace: cut(first_entry(workspace)),
    "an entry was altered": lambda workspace: flip(first_entry(workspace)),
    "an entry is missing": lambda workspace: first_entry(workspace).unlink(),
    "an entry is empty": lambda workspace: first_entry(workspace).write_bytes(b""),
    "the manifest is missing": lambda workspace: (workspace.root / STATE / "manifest.json").unlink(),
    "the manifest is no JSON": lambda workspace: (workspace.root / STATE / "manifest.json").write_text("{"),
    "a file of keys is missing": lambda workspace: next((workspace.root / STATE / "keys").glob("*.bin")).unlink(),
    "a file of keys was altered": lambda workspace: flip(next((workspace.root / STATE / "keys").glob("*.bin"))),
}


@pytest.mark.parametrize("breaks", BREAKS.values(), ids=BREAKS)
def test_a_broken_state_stops_everything_with_9_and_sends_nothing(workspace, breaks):
    workspace.apply()
    workspace.people({"phone_number": ADA, "name": "x"}, {"phone_number": ALAN, "name": "x"})
    breaks(workspace)
    for done in (workspace.apply(), workspace.plan(), workspace.run("state", "verify", "--format", "json")):
        assert done.code == 9
        assert done.json["diagnostics"]
    assert workspace.rung() == [ADA, GRACE]


def test_what_is_said_of_a_broken_state_file(workspace, tell):
    workspace.apply()
    cut(first_entry(workspace))
    tell("broken-state", 9, "apply", "-y")


def test_a_lost_state_is_noticed_from_the_providers_list(workspace, tell):
    """The embedded sandbox's account remembers what was sent; so does the real one."""
    workspace.apply()
    for path in sorted((workspace.root / STATE).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    tell("lost-state", 9, "apply", "-y")
    assert workspace.rung() == [ADA, GRACE]


def test_a_state_that_was_rolled_back_is_noticed_from_the_providers_list(workspace, tell):
    workspace.people({"phone_number": ADA, "name": "x"}).apply()
    kept = {path: path.read_bytes() for path in (workspace.root / STATE).rglob("*") if path.is_file()}
    workspace.people({"phone_number": ADA, "name": "x"}, {"phone_number": GRACE, "name": "x"}).apply()
    for path in [path for path in (workspace.root / STATE).rglob("*") if path.is_file() and path not in kept]:
        path.unlink()
    tell("rolled-back-state", 9, "apply", "-y")
    assert workspace.rung() == [ADA, GRACE]


def test_another_state_key_is_4_and_never_makes_everybody_look_new(workspace, tell):
    workspace.apply()
    tell("another-state-key", 4, "apply", "-y", BLAND_DEPLOY_STATE_KEY=KEY)
    assert workspace.plan(BLAND_DEPLOY_STATE_KEY=KEY).code == 4
    assert workspace.rung() == [ADA, GRACE]


def test_a_missing_state_key_beside_existing_state_is_4(workspace, tell):
    workspace.apply()
    (workspace.root / ".bland-deploy/state.key").unlink()
    tell("missing-state-key", 4, "apply", "-y")
    assert not (workspace.root / ".bland-deploy/state.key").exists()


def test_a_state_that_cannot_be_written_sends_nothing(workspace):
    workspace.apply()
    workspace.people({"phone_number": ALAN, "name": "x"})
    log = workspace.root / STATE / "keys"
    kept = log.with_name("kept")
    log.rename(kept)
    log.write_text("no folder")
    done = workspace.apply()
    assert done.code == 9
    assert workspace.rung() == [ADA, GRACE]


# ---------------------------------------------------------------------- files


def test_an_unreadable_list(workspace, tell):
    workspace.listed(b"phone_number,name\n+14155550100,J\xf6rg\n")
    tell("unreadable-list", 3, "apply", "-y")


def test_an_absent_list(workspace, tell):
    workspace.hello(recipients={"file": "recipients/people.csv"})
    tell("absent-list", 3, "apply", "-y")


FILES = {
    "not-yaml": b"campaign: [hello\n",
    "not-utf-8": b"campaign: hell\xf6\n",
    "binary": bytes(range(256)),
    "empty": b"",
    "a-list": b"- hello\n",
    "a-bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(8)),
    "deep": b"campaign: " + b"[" * 5000 + b"]" * 5000 + b"\n",
    "a-tag": b"campaign: !!python/object/apply:os.system [ls]\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("name", ["campaigns/hello.yaml", "bland-deploy.yaml"])
def test_a_file_that_cannot_be_read_is_3_with_a_place_and_no_traceback(workspace, name, content):
    workspace.write(name, content)
    for done in (workspace.lint(), workspace.apply()):
        assert done.code == 3
        assert done.json["diagnostics"][0]["file"] == name
    assert workspace.rung() == []


def test_what_is_no_file_is_not_read(workspace):
    os.mkfifo(workspace.root / "people.csv")
    (workspace.root / "folder.csv").mkdir()
    for name in ("people.csv", "folder.csv"):
        assert workspace.hello(prompt="Hi.", recipients={"file": name}).apply().code == 3


# ---------------------------------------------------------------------- secrets and people in what is written


def test_no_person_and_no_secret_is_in_any_output_or_file(workspace, served):
    """Canaries: a name, a number, an API key and a state key."""
    secret = "sk-canary-0123456789"
    workspace.settings(remote(served))
    people = [{"phone_number": ADA, "name": "Canaryname"}, {"phone_number": GRACE, "name": f"call {ADA} or {ADA[2:]}"}]
    workspace.hello(recipients={"inline": people}, each={"first_sentence": "Hi {{ row.name }}"})
    variables = {"A_KEY": secret, "BLAND_DEPLOY_STATE_KEY": KEY, "CI": "1"}
    outputs = []
    for command in ("lint", "render", "plan", "apply", "apply", "status", "state list", "state show", "state verify"):
        words = command.split()
        name = ["hello"] if words[0] == "render" or words[-1] == "show" else []
        more = ["-y"] if words[0] == "apply" else []
        more += ["--payloads"] if words[0] == "plan" else []
        for form in ("text", "json"):
            done = workspace.run("-e", "remote", "-v", *words, *name, *more, "--format", form, **variables)
            assert done.code == 0, done.everything
            outputs.append(done.everything)
    written = [path for path in workspace.root.rglob("*") if path.is_file() and path.name != "hello.yaml"]
    texts = [*outputs, *(path.read_bytes().decode("latin-1") for path in written)]
    for canary in ("Canaryname", ADA[1:], ADA[-10:], GRACE[1:], secret, KEY):
        assert not [text for text in texts if canary in text], canary


def test_the_workspaces_own_folder_is_private(workspace):
    workspace.apply()
    folder = workspace.root / ".bland-deploy"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "state.key").stat().st_mode & 0o777 == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


# ---------------------------------------------------------------------- masking


def masked(workspace, **variables):
    (request,) = workspace.run("render", "hello", "--format", "json", **variables).json["requests"]
    return request["body"]


def test_numbers_of_recipients_are_masked_wherever_they_appear(workspace):
    people = [{"phone_number": ADA, "note": "call (415) 555-0100 or 415.555.0100", "plain": 14155550100, "id": "4711"}]
    workspace.hello(
        prompt="Hi.",
        recipients={"inline": people},
        each={
            "first_sentence": "I ring {{ row.phone_number }}",
            "metadata": {"deep": [{"n": "{{ row.phone_number }}"}]},
        },
        call={"metadata": {"about": f"x{ADA}y"}},
        batch={"note": ADA},
        description=f"to {ADA}",
    )
    body = masked(workspace)
    text = json.dumps(body)
    assert body["call_objects"][0]["phone_number"] == "+1415•••0100"
    assert body["call_objects"][0]["request_data"]["id"] == "4711"
    assert not re.search(r"555.{0,2}0100|5550100", text)


def test_in_ci_every_value_of_a_row_is_hidden_and_digests_are_the_same(workspace):
    workspace.hello(each={"first_sentence": "Hi {{ row.name }}", "metadata": {"n": 5}}, call={"voice": "June"})
    body = masked(workspace, CI="true")
    assert "Ada" not in json.dumps(body)
    assert body["global"]["voice"] == "June"
    assert body["call_objects"][0].keys() == {"phone_number", "request_data", "first_sentence", "metadata"}
    preview = workspace.run("render", "hello", "--recipient", "1", CI="true")
    assert "Ada" not in preview.everything
    for pair in (workspace.plan(), workspace.plan(CI="true")), (workspace.plan(), workspace.plan("--show-pii")):
        assert len({done.json["digest"] for done in pair}) == 1
        assert len({json.dumps(done.json["campaigns"][0]["batches"]) for done in pair}) == 1


@pytest.mark.parametrize(
    "command", [["render", "hello"], ["plan", "--payloads"], ["apply", "-y"], ["apply", "--dry-run"]]
)
def test_show_pii_is_refused_in_ci(workspace, command):
    assert workspace.run(*command, "--show-pii", CI="true").code == 3
    assert workspace.rung() == []


def test_ci_says_so_by_any_value_but_false(workspace):
    for value, code in (("true", 3), ("1", 3), ("false", 0), ("", 0), ("0", 0)):
        assert workspace.run("render", "hello", "--show-pii", CI=value).code == code
