"""Global flags, environment variables of flags, variables, usage errors, and JSON on every failure."""

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.cli.workspace import ADA, AT, call

COMMANDS = [
    *("init", "lint", "render", "plan", "apply", "reconcile", "status", "stop", "state", "schema", "rules", "explain"),
    *("sandbox", "completion"),
]


# ---------------------------------------------------------------------- global flags


def test_global_flags_stand_before_or_behind_the_command(workspace):
    root = str(workspace.root)
    for arguments in (["-C", root, "lint"], ["lint", "-C", root], ["--workspace", root, "lint"]):
        assert call(arguments).code == 0
    workspace.settings({"other": {"provider": "sandbox"}})
    for arguments in (["-e", "other", "plan"], ["plan", "-e", "other"], ["plan", "--env", "other"]):
        assert workspace.run(*arguments, "--format", "json").json["environment"] == "other"


def test_the_last_of_two_flags_wins(workspace):
    workspace.settings({"a": {"provider": "sandbox"}, "b": {"provider": "sandbox"}})
    assert workspace.run("-e", "a", "plan", "-e", "b", "--format", "json").json["environment"] == "b"


def test_variables_come_from_flags_files_and_the_environment(workspace):
    workspace.hello(
        vars={"a": 0, "b": 0, "c": 0, "d": 0}, call={"metadata": {x: f"{{{{ vars.{x} }}}}" for x in "abcd"}}
    )
    workspace.write("vars.yaml", "a: 2\nb: [2]\nc: 2\n")

    def metadata(*arguments, **variables):
        done = workspace.run(*arguments, "render", "hello", "--format", "json", **variables)
        assert done.code == 0, done.everything
        return {key: done.json["requests"][0]["body"]["global"]["metadata"][key] for key in "abcd"}

    file = str(workspace.root / "vars.yaml")
    assert metadata() == {"a": 0, "b": 0, "c": 0, "d": 0}
    assert metadata("--var", "a=1", "--var-file", file, BLAND_DEPLOY_VAR_d="3", BLAND_DEPLOY_VAR_c="3") == {
        "a": "1",
        "b": [2],
        "c": 2,
        "d": "3",
    }
    assert metadata(BLAND_DEPLOY_VAR_FILE=file) == {"a": 2, "b": [2], "c": 2, "d": 0}
    assert metadata(BLAND_DEPLOY_VAR="a=x y z") == {"a": "x y z", "b": 0, "c": 0, "d": 0}


def test_every_flag_reads_a_variable_of_its_name(workspace, tmp_path):
    workspace.settings({"other": {"provider": "sandbox"}})
    root = str(workspace.root)
    assert call(["-C", str(tmp_path / "nowhere"), "lint"]).code == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BLAND_DEPLOY_WORKSPACE", root)
        assert call(["lint"]).code == 0
    assert workspace.run("plan", BLAND_DEPLOY_FORMAT="json", BLAND_DEPLOY_ENV="other").json["environment"] == "other"
    assert workspace.run("plan", BLAND_DEPLOY_DETAILED_EXITCODE="1").code == 2
    assert workspace.run("plan", BLAND_DEPLOY_DETAILED_EXITCODE="0").code == 0
    assert "POST /v2/batches/create" in workspace.run("plan", BLAND_DEPLOY_PAYLOADS="1").out
    assert "POST /v2/batches/create" in workspace.run("apply", BLAND_DEPLOY_DRY_RUN="1").out
    assert "recipient 2" in workspace.run("render", "hello", BLAND_DEPLOY_RECIPIENT="2").out
    assert workspace.run("render", "hello", BLAND_DEPLOY_AT="nonsense").code == 3
    assert workspace.plan(BLAND_DEPLOY_ROUND="nightly").json["campaigns"][0]["round"] == "nightly"


def test_no_variable_sets_a_flag_that_approves_or_reveals(workspace):
    done = workspace.run("apply", BLAND_DEPLOY_AUTO_APPROVE="1", BLAND_DEPLOY_Y="1", BLAND_DEPLOY_APPROVE="1")
    assert done.code == 6
    digest = workspace.plan().json["digest"]
    assert workspace.run("apply", BLAND_DEPLOY_APPROVED=digest).code == 6
    assert ADA not in workspace.run("render", "hello", "--format", "json", BLAND_DEPLOY_SHOW_PII="1").out
    assert workspace.rung() == []


def test_quiet_says_nothing_beside_the_document(workspace):
    workspace.hello(call={"voice_id": 1})
    assert workspace.run("plan").err
    assert workspace.run("-q", "plan").err == ""
    assert workspace.run("plan", BLAND_DEPLOY_QUIET="1").err == ""


def test_colours_only_where_they_are_wanted(workspace):
    workspace.hello(call={"voice_id": 1})
    assert "\x1b[" not in workspace.run("lint").out
    assert "\x1b[" in workspace.run("lint", FORCE_COLOR="1").out
    assert "\x1b[" not in workspace.run("lint", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b[" not in workspace.run("lint", "--no-color", FORCE_COLOR="1").out


def test_campaigns_are_named_by_id_or_path_and_none_means_all(workspace):
    workspace.hello("other")
    ids = lambda *names: [found["campaign"] for found in workspace.plan(*names).json["campaigns"]]  # noqa: E731 - short
    assert ids() == ["hello", "other"]
    assert ids("other") == ["other"]
    assert ids(str(workspace.root / "campaigns/other.yaml")) == ["other"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workspace.root)
        assert ids("campaigns/hello.yaml") == ["hello"]
        patch.chdir(workspace.root / "campaigns")
        assert ids("hello.yaml") == ["hello"]


def test_the_workspace_is_found_from_a_folder_below(workspace):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workspace.root / "campaigns")
        assert call(["lint"]).code == 0


def test_documents_go_to_stdout_and_warnings_to_stderr(workspace):
    done = workspace.hello(call={"voice_id": 1}).run("plan", "--format", "text")
    assert "voice_id" in done.err
    assert "voice_id" not in done.out
    assert done.out.startswith("Environment sandbox")


# ---------------------------------------------------------------------- usage errors


USAGE = {
    "no such command": ["plant"],
    "no such flag": ["plan", "--formt", "json"],
    "no such format": ["plan", "--format", "xml"],
    "an argument too many": ["render", "hello", "hello"],
    "no argument": ["render"],
    "a flag without its value": ["plan", "--format"],
    "no such campaign": ["plan", "nobody"],
    "no such environment": ["-e", "nowhere", "plan"],
    "a time without an offset": ["plan", "--at", "2026-03-15T09:00:00"],
    "no time": ["plan", "--at", "soon"],
    "a variable without a value": ["--var", "x", "plan"],
    "a file of variables that is not there": ["--var-file", "nowhere.yaml", "plan"],
    "a round that is none": ["plan", "--round", "a b"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_a_usage_error_is_3_and_said_in_json_where_json_is_read(workspace, arguments):
    done = workspace.run(*arguments)
    assert (done.code, done.out) == (3, "")
    assert "error: " in done.err
    assert "Traceback" not in done.err
    if arguments[-2:] != ["--format", "xml"] and arguments[-1] != "--format":
        done = workspace.run(*arguments, "--format", "json")
        assert done.code == 3
        assert done.json["format_version"] == 1
        assert [found["severity"] for found in done.json["diagnostics"]] == ["error"]


def test_a_misspelt_campaign_is_named_with_the_right_one(workspace):
    assert "hello" in workspace.run("plan", "helo").err


def test_outside_of_a_workspace_every_command_says_so():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir("/")  # not below a temporary folder, above which anything may lie
        for command in (["lint"], ["plan"], ["apply"], ["render", "x"], ["status"]):
            done = call([*command, "--format", "json"])
            assert done.code == 3
            assert "bland-deploy.yaml" in done.json["diagnostics"][0]["message"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = call([command, "--help"])
    assert done.code == 0
    assert "Usage: bland-deploy" in done.out


def test_help_and_version_need_nothing():
    assert call(["--help"]).code == 0
    assert call([]).code == 0
    assert call(["--version"]).out.startswith("bland-deploy ")


# ---------------------------------------------------------------------- documents


def failing(workspace):
    """Commands that fail, each in its own way, and their codes."""
    broken = {"prompt": "{{ vars.nothing }}"}
    workspace.settings(
        {
            "nokey": {"base_url": "http://127.0.0.1:9", "api_key": {"env": "NO_SUCH_KEY"}},
            "deaf": {"base_url": "http://127.0.0.1:9", "api_key": {"env": "A_KEY"}},
            "small": {"provider": "sandbox", "limits": {"max_calls_per_apply": 1}},
            "guarded": {"provider": "sandbox", "protected": True},
        }
    )
    state = {"BLAND_DEPLOY_STATE_KEY": "ab" * 32}
    yield 3, workspace.hello(**broken).run("apply", "--format", "json")
    yield 3, workspace.run("lint", "--format", "json")
    workspace.hello()
    yield 4, workspace.run("-e", "nokey", "apply", "-y", "--format", "json", **state)
    yield 6, workspace.run("-e", "small", "apply", "-y", "--format", "json")
    yield 6, workspace.run("-e", "small", "plan", "--format", "json")
    yield 6, workspace.run("-e", "guarded", "apply", "-y", "--format", "json")
    yield 9, workspace.run("apply", "--approved", "0" * 64, "--format", "json")
    yield 3, workspace.run("apply", "-y", "--show-pii", "--format", "json", CI="true")


def test_with_format_json_stdout_is_one_sorted_document_whatever_the_exit_code(workspace):
    for code, done in failing(workspace):
        assert done.code == code
        document = json.loads(done.out)
        assert done.out == json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        assert document["format_version"] == 1
        assert "error" in {found["severity"] for found in document["diagnostics"]}
        for found in document["diagnostics"]:
            assert {"rule", "severity", "message", "file", "line", "column", "help"} <= found.keys()
    assert workspace.rung() == []


def test_in_text_a_failure_says_what_is_wrong_and_what_became_of_the_work(workspace):
    done = workspace.run("apply")
    assert done.code == 6
    assert done.out == ""
    assert "error: 2 calls would be made, and nobody is here to approve them; nothing was sent\n" in done.err


def test_in_text_errors_of_files_are_shown_with_their_places(workspace):
    done = workspace.hello(prompt="{{ vars.nothing }}").run("apply")
    assert done.code == 3
    assert "campaigns/hello.yaml:" in done.err
    assert "^" in done.err


# ---------------------------------------------------------------------- as a process


def start(workspace, *arguments, **options):
    command = [sys.executable, "-m", "bland_deploy", "-C", str(workspace.root), *arguments]
    return subprocess.run(command, check=False, **options)


def test_a_closed_pipe_is_no_failure(workspace):
    command = f"{sys.executable} -m bland_deploy -C {workspace.root} render hello | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.stderr == b""
    assert done.returncode == 0


def test_output_is_utf_8_whatever_the_terminal_says(workspace):
    done = start(
        workspace, "plan", "--payloads", capture_output=True, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0
    assert "+1415•••0100" in done.stdout.decode()


def typed(workspace, answer, *arguments):
    """Run apply on a terminal and type an answer."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(workspace.root), "apply", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        os.write(ours, answer.encode() + b"\n")
        process.communicate(timeout=30)
    os.close(ours)
    return process.returncode


@pytest.mark.parametrize(("answer", "code", "rung"), [("2", 0, 2), ("yes", 6, 0), ("", 6, 0)])
def test_on_a_terminal_the_number_of_calls_is_typed(workspace, answer, code, rung):
    workspace.settings({"guarded": {"provider": "sandbox", "protected": True}})
    assert typed(workspace, answer, "-e", "guarded", "--at", AT) == code
    assert len(workspace.rung()) == rung


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_the_question_ends_the_run_at_once(workspace, number, code):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(workspace.root), "apply"]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        said = b""
        while b"to make them: " not in said and (piece := os.read(process.stderr.fileno(), 4096)):
            said += piece
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    os.close(ours)
    assert process.returncode == code
    assert b"nothing was sent" in err
    assert workspace.rung() == []
