"""`init`: for whom it writes jobs, and what it says of it."""

import subprocess

import pytest

from tests.cli.workspace import call

JOBS = {".github/workflows/apply.yml", ".github/workflows/lint-plan.yml"}
FOR_BOTH = {"ci/requirements.txt", ".pre-commit-config.yaml"}


def of_ci(folder):
    """The files for CI and hooks in a folder."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if name.startswith((".github/", ".gitlab", "ci/", ".pre-commit"))}


def state(folder):
    (line,) = [line for line in (folder / "bland-deploy.yaml").read_text().splitlines() if "    state:" in line]
    return line.split()[1]


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "calls"


def test_an_empty_folder_gets_jobs_for_github(folder):
    done = call(["init", str(folder)])
    assert done.code == 0, done.err
    assert of_ci(folder) == JOBS | FOR_BOTH
    assert state(folder) == "state/production"
    assert "\n  .github/workflows/lint-plan.yml\n" in done.out
    assert done.out.endswith("for pull requests: docs/pull-requests.md\n")


@pytest.mark.parametrize(("forge", "jobs"), [("github", JOBS), ("gitlab", {".gitlab-ci.yml"})])
def test_a_forge_that_is_named_gets_its_jobs_and_a_state_that_they_reach(folder, forge, jobs):
    assert call(["init", "--ci", forge, str(folder)]).code == 0
    assert of_ci(folder) == jobs | FOR_BOTH
    assert state(folder) == "git+ref://origin/bland-state"
    assert call(["-C", str(folder), "fmt", "--check"]).code == 0
    assert call(["-C", str(folder), "lint"]).code == 0


@pytest.mark.parametrize(
    ("remote", "jobs"), [("git@gitlab.com:acme/calls.git", {".gitlab-ci.yml"}), ("https://git.example.com/calls", JOBS)]
)
def test_a_remote_says_which_forge_it_is_and_has_room_for_the_state(folder, remote, jobs):
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", remote)
    assert call(["init", str(folder)]).code == 0
    assert of_ci(folder) == jobs | FOR_BOTH
    assert state(folder) == "git+ref://origin/bland-state"


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_a_workspace_that_there_is_is_not_written_over(folder, ci):
    folder.mkdir()
    (folder / "bland-deploy.yaml").write_text("mine\n")
    refused = call(["init", "--ci", ci, str(folder)])
    assert refused.code == 3
    assert "bland-deploy.yaml exists" in refused.err
    assert [path.name for path in folder.iterdir()] == ["bland-deploy.yaml"]


def test_nobody_has_to_have_jobs(folder):
    done = call(["init", "--ci", "none", str(folder)])
    assert done.code == 0
    assert of_ci(folder) == set()
    assert "pull-requests.md" not in done.out


def test_below_the_top_of_a_repository_there_are_no_jobs(tmp_path, folder):
    git(tmp_path, "init", "--quiet")
    assert call(["init", str(folder)]).code == 0
    assert of_ci(folder) == set()
    refused = call(["init", "--ci", "github", str(tmp_path / "other")])
    assert refused.code == 3
    assert "below the top of its git repository" in refused.err
    assert not (tmp_path / "other").exists()


def test_jobs_and_hooks_that_there_are_are_kept_and_named(folder):
    folder.mkdir()
    (folder / ".pre-commit-config.yaml").write_text("repos: []\n")
    done = call(["init", str(folder)])
    assert done.code == 0, done.err
    assert (folder / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    told = "\nKept as they were (docs/pull-requests.md says what belongs there)\n  .pre-commit-config.yaml\n\nNext:"
    assert told in done.out
    assert of_ci(folder) == JOBS | FOR_BOTH
