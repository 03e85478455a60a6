"""The jobs that init writes, and the action: their own scripts, run by bash as a runner does, against both forges."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bland_deploy.ci.header import Header, without_header
from bland_deploy.sandbox.books import rings
from tests.ci.jobs import SECRETS, Repository
from tests.cli.workspace import Result

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "bland_deploy/scaffold/templates"


def load(path):
    return YAML(typ="safe", pure=True).load(path.read_text())


@pytest.fixture
def programs(tmp_path):
    """A folder with the command, for PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "bland-deploy").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bland_deploy "$@"\n')
    (folder / "bland-deploy").chmod(0o755)
    return folder


@pytest.fixture
def github_repository(tmp_path, address, github):
    return Repository(tmp_path / "r", "github", github, address).begin()


def bash(job, script, programs, variables):
    """A script, as the shells of the runners run it: it ends with the first failure, also in a pipe."""
    inherited = {name: os.environ[name] for name in ("HOME", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    plain = {name: value for name, value in job.variables.items() if name not in {*SECRETS, "GITHUB_TOKEN"}}
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=job.runner / "checkout",
        env={**inherited, **plain, "PATH": path, "RUNNER_TEMP": str(job.runner), **variables},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def step(job, name, title, programs, secrets):
    """A step of a workflow at GitHub, with what its expressions stand for."""
    workflow = load(TEMPLATES / ".github/workflows" / name)
    (found, of) = next(
        (step, of) for of in workflow["jobs"].values() for step in of["steps"] if step.get("name") == title
    )
    known = {"github.server_url": "https://github.example.com", "github.token": job.variables["GITHUB_TOKEN"]}
    known |= {f"secrets.{secret}": value for secret, value in secrets.items()}

    declared = {**workflow.get("env", {}), **of.get("env", {}), **found.get("env", {})}
    variables = {
        key: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: known.get(match[1], ""), text) for key, text in declared.items()
    }
    return bash(job, found["run"], programs, variables)


def visible(pull):
    return [without_header(note.body) for note in pull.notes]


def test_the_workflows_at_github_carry_a_change_from_its_request_to_its_calls(github_repository, programs, books):
    repository = github_repository
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    job = repository.job(pull.head, 7)
    assert step(job, "lint-plan.yml", "Lint", programs, {}).code == 0
    planned = step(job, "lint-plan.yml", "Plan", programs, {})
    assert planned.code == 0, planned.everything
    assert "2 calls" in visible(pull)[0]
    assert rings(books) == []

    job = repository.job(repository.merge("warmly", 7))
    looked = step(job, "apply.yml", "Plan", programs, SECRETS)
    assert looked.code == 0, looked.everything
    assert (job.outputs["changes"], job.outputs["unknown"]) == ("true", "0")
    applied = step(job, "apply.yml", "Apply what was approved", programs, SECRETS)
    assert applied.code == 0, applied.everything
    assert len(rings(books)) == 2
    assert "2 calls sent in 1 batch" in visible(pull)[1]

    tomorrow = repository.job(pull.merge)
    assert step(tomorrow, "apply.yml", "Plan", programs, SECRETS).code == 0
    assert (tomorrow.outputs["changes"], tomorrow.outputs["unknown"]) == ("false", "0"), "nobody is asked for nothing"


def test_what_nobody_approved_fails_before_anything_is_sent(github_repository, programs, books):
    github_repository.write("Greet {{name}} warmly.")
    job = github_repository.job(github_repository.commit("main"))
    failed = step(job, "apply.yml", "Apply what was approved", programs, SECRETS)
    assert failed.code == 6
    assert "came to main by no pull or merge request" in failed.err
    assert rings(books) == []


def test_a_failed_apply_is_told_in_the_request_and_fails_the_job(github_repository, programs):
    repository = github_repository
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    step(repository.job(pull.head, 7), "lint-plan.yml", "Plan", programs, {})
    job = repository.job(repository.merge("warmly", 7))
    failed = step(job, "apply.yml", "Apply what was approved", programs, {**SECRETS, "BLAND_API_KEY": ""})
    assert failed.code == 4, failed.everything
    assert "`apply` failed for `production`" in visible(pull)[1]


def test_a_fork_gets_lint_and_plan(github_repository, programs):
    github_repository.write("Greet {{name}} warmly.")
    head = github_repository.commit("fork")
    pull = github_repository.books.pull(8, head=head)
    for title in ("Lint", "Plan"):
        job = github_repository.job(head, 8, fork=True)
        assert step(job, "lint-plan.yml", title, programs, {}).code == 0
    assert "hello" in job.summary
    assert (pull.notes, github_repository.books.asked) == ([], [])


@pytest.mark.parametrize(
    ("host", "answer"), [("github.example.com", "password=token-of-the-job"), ("git.example.com", None)]
)
@pytest.mark.parametrize(
    "path", [TEMPLATES / ".github/workflows/apply.yml", ROOT / "action.yml"], ids=["job", "action"]
)
def test_git_gets_the_token_of_the_job_for_its_forge_only(tmp_path, path, host, answer):
    text = path.read_text()
    helper = re.search(r"GIT_CONFIG_VALUE_0: '(.+)'", text)[1]
    key = re.search(r"GIT_CONFIG_KEY_0: (.+)", text)[1].replace(
        "${{ github.server_url }}", "https://github.example.com"
    )
    done = subprocess.run(
        ["git", "credential", "fill"],
        input=f"protocol=https\nhost={host}\n\n",
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GITHUB_TOKEN": "token-of-the-job",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": key,
            "GIT_CONFIG_VALUE_0": helper,
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode == 0) is (answer is not None)
    assert "token-of-the-job" not in done.stdout or answer in done.stdout.splitlines()


def test_the_jobs_at_gitlab_carry_a_change_from_its_request_to_its_calls(tmp_path, address, gitlab, programs, books):
    repository = Repository(tmp_path / "r", "gitlab", gitlab, address).begin()
    jobs = load(TEMPLATES / ".gitlab-ci.yml")
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    planned = bash(repository.job(pull.head, 7), "\n".join(jobs["lint-plan"]["script"]), programs, jobs["variables"])
    assert planned.code == 0, planned.everything
    assert "2 calls" in visible(pull)[0]
    job = repository.job(repository.merge("warmly", 7))
    script = "\n".join(jobs["apply"]["script"])
    applied = bash(job, script, programs, {**jobs["variables"], **SECRETS})
    assert applied.code == 0, applied.everything
    assert len(rings(books)) == 2
    assert "2 calls sent in 1 batch" in visible(pull)[1]
    again = bash(repository.job(pull.merge), script, programs, {**jobs["variables"], **SECRETS})
    assert again.code == 0, again.everything
    assert len(rings(books)) == 2
    assert (jobs["apply"]["resource_group"], jobs["apply"]["interruptible"]) == ("production", False)


@pytest.fixture
def action(tmp_path, programs):
    """The script of the action beside an environment as `scripts/setup` makes it."""
    folder = tmp_path / "action"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/action", folder / "scripts/action")
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(programs)

    def run(job, **inputs):
        variables = {f"INPUT_{name}": value for name, value in inputs.items()}
        token = {"GITHUB_TOKEN": job.variables["GITHUB_TOKEN"]}
        return bash(job, f'"{folder}/scripts/action"', folder, variables | SECRETS | token)

    return run


def test_the_action_lints_plans_and_applies(github_repository, action, books):
    repository = github_repository
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    job = repository.job(pull.head, 7)
    assert action(job, COMMAND="lint", ENV="production", COMMENT="", CAMPAIGNS="").code == 0
    assert job.outputs["errors"] == "0"
    planned = action(job, COMMAND="plan", ENV="production", CHECK_RUN="true", DOCUMENTS="true")
    assert planned.code == 0, planned.everything
    assert job.outputs["digest"] == Header.parse(pull.notes[0].body).digest
    page, document, text = (
        Path(line.partition("=")[2]).read_text()
        for line in (job.runner / "outputs").read_text().splitlines()
        if "_plan_path=" in line
    )
    assert page.startswith("<!doctype html>")
    assert '"digest"' in document
    assert text.endswith(f"Digest: {job.outputs['digest']}\n")
    assert [check["name"] for check in repository.books.checks] == ["bland-deploy plan (production)"]

    job = repository.job(repository.merge("warmly", 7))
    applied = action(job, COMMAND="apply", ENV="production")
    assert applied.code == 0, applied.everything
    assert job.outputs["sent"] == "2"
    assert len(rings(books)) == 2


def test_the_action_takes_campaigns_a_folder_and_a_digest(github_repository, action, books):
    github_repository.write("Greet {{name}} warmly.")
    job = github_repository.job(github_repository.commit("main"))
    shutil.copytree(job.runner / "checkout", job.runner / "checkout/below", ignore=shutil.ignore_patterns(".git"))
    stale = action(job, COMMAND="apply", ENV="production", APPROVED="ab" * 32, WORKSPACE="below")
    assert stale.code == 9, stale.everything
    unknown = action(job, COMMAND="lint", CAMPAIGNS="hello\n  --nobody")
    assert unknown.code == 3
    assert "--nobody" in unknown.err, "a name is never an option"
    assert rings(books) == []


def test_the_action_refuses_other_commands(github_repository, action):
    github_repository.write("Greet {{name}} warmly.")
    refused = action(github_repository.job(github_repository.commit("main")), COMMAND="reconcile; env")
    assert refused.code == 3
    assert refused.err == "The input `command` is lint, plan, apply or report.\n"
