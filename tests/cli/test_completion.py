"""What shells offer: through the script that real bash loads, and in the form that each shell asks for."""

import contextlib
import io
import os
import shlex
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from bland_deploy.cli.app import app
from tests.cli.workspace import call

COMMAND = [sys.executable, "-m", "bland_deploy"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


@pytest.fixture
def folder(workspace, tmp_path):
    """A workspace with two campaigns and two environments, and a `bland-deploy` to be found on the path."""
    workspace.settings({"production": {}})
    workspace.hello("renewal")
    workspace.write("campaigns/broken.yaml", "campaign: [")
    script = tmp_path / "bin" / "bland-deploy"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    script.chmod(0o755)
    return workspace.root


def bash(folder, *words, at=None):
    """What bash offers for the last of the words, once it has loaded our script."""
    line = " ".join(shlex.quote(word) for word in words)
    ask = f"""
        source <(bland-deploy completion bash)
        COMP_WORDS=({line}) COMP_CWORD={len(words) - 1}
        compopt() {{ echo "files"; }}
        _bland_deploy_completion bland-deploy {shlex.quote(words[-1])} {shlex.quote(words[-2])}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", ask],
        cwd=at or folder,
        env={**PLAIN, "PATH": f"{folder.parent / 'bin'}{os.pathsep}{PLAIN['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_offers_commands_campaigns_and_environments(folder):
    assert bash(folder, "bland-deploy", "rec") == ["reconcile"]
    assert bash(folder, "bland-deploy", "lint", "") == ["hello", "renewal"]
    assert bash(folder, "bland-deploy", "plan", "ren") == ["renewal"]
    assert bash(folder, "bland-deploy", "apply", "--env", "p") == ["production"]


def test_bash_offers_files_where_nothing_of_ours_goes_on(folder):
    assert bash(folder, "bland-deploy", "lint", "campaigns/") == ["files"]
    assert bash(folder, "bland-deploy", "lint", "", at=folder.parent) == ["files"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell):
    done = call(["completion", shell])
    assert done.code == 0
    assert f"_BLAND_DEPLOY_COMPLETE={shell}_complete" in done.out


def ask(folder, *words):
    """What click offers for the last of the words, files left out; nothing else may be said."""
    said = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        found = ShellComplete(app, {}, "bland-deploy", "X").get_completions(list(words[:-1]), words[-1])
    assert said.getvalue() == ""
    return [item.value for item in found if item.type == "plain"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("render", "h"), ["hello"]),
        (("state", "show", "h"), ["hello"]),
        (("explain", "odd-t"), ["odd-type"]),
        (("explain", "voicemail.act"), ["voicemail.action"]),
        (("lint", "--format", "s"), ["sarif"]),
        (("-e", "sand"), ["sandbox"]),
    ],
)
def test_words_of_ours_are_offered(folder, words, offered):
    assert ask(folder, *words) == offered


def test_the_named_workspace_counts(folder):
    assert ask(folder.parent, "-C", "w", "lint", "") == ["hello", "renewal"]
    assert ask(folder.parent, "lint", "-C", "w", "ren") == ["renewal"]
    assert ask(folder.parent, "-C", "nowhere", "lint", "") == []


def test_names_that_a_shell_would_take_apart_are_not_offered(folder):
    (folder / "campaigns" / "odd.yaml").write_text('campaign: "$(touch x) y"\n')
    assert ask(folder, "lint", "") == ["hello", "renewal"]


@pytest.mark.parametrize("text", ["", "campaigns: 5\n", "environments: [\n", "[1, 2]\n"])
def test_a_workspace_file_with_mistakes_is_no_reason_to_complain(folder, text):
    (folder / "bland-deploy.yaml").write_text(text)
    assert ask(folder, "-e", "") == []
    assert ask(folder, "lint", "") == ["hello", "renewal"]


def test_offering_imports_nothing_slow(folder):
    code = (
        "import sys\nfrom bland_deploy.cli.complete import offers\nimport click\nimport os\n"
        "from bland_deploy.cli.app import app\n"
        "print([item.value for item in offers('campaigns', click.Context(app), '')])\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'pydantic', 'httpx', 'jinja2', 'rich'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=PLAIN, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["['hello', 'renewal']", "[]"]
