"""The hooks for pre-commit, run by pre-commit in a real repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.cli.workspace import call

ROOT = Path(__file__).parents[1]
MANIFEST = YAML(typ="safe", pure=True).load((ROOT / ".pre-commit-hooks.yaml").read_text())
# a number that libphonenumber calls valid and that nobody wrote down: put together here, so that no file holds it
REAL = "+1" + "415" + "777" + "2671"


class Repository:
    """A git repository with a workspace as `init` writes it, and our hooks, run by the Python of the tests."""

    def __init__(self, root, home):
        self.root = root
        self.environment = {
            **os.environ,
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "NO_COLOR": "1",
        }
        assert call(["init", str(root)]).code == 0
        self.git("init", "--quiet", "--initial-branch=main")
        self.configure(MANIFEST)

    def configure(self, hooks):
        """The hooks as they are published, but for the environment that pre-commit would build from an index."""
        local = [{**hook, "language": "system"} for hook in hooks]
        for hook in local:
            hook["entry"] = hook["entry"].replace("bland-deploy", f"{sys.executable} -m bland_deploy", 1)
        with (self.root / ".pre-commit-config.yaml").open("w") as file:
            YAML(typ="safe", pure=True).dump({"repos": [{"repo": "local", "hooks": local}]}, file)

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.root, env=self.environment, check=True, capture_output=True)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments):
        """What pre-commit says of all that is staged: its exit code and its words."""
        self.git("add", "--all")
        ended = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", *(arguments or ["--all-files"])],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "work", tmp_path / "home")


def test_pre_commit_accepts_the_manifest():
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"]
    subprocess.run(command, check=True, cwd=ROOT)


def test_the_hooks_are_built_from_this_package_and_run_commands_that_there_are():
    assert [hook["id"] for hook in MANIFEST] == ["bland-deploy-lint", "bland-deploy-fmt", "bland-deploy-no-pii"]
    for hook in MANIFEST:
        assert hook["language"] == "python"
        assert hook["require_serial"] is True
        assert hook["minimum_pre_commit_version"] == "3.2.0"
        assert hook["entry"] == hook["name"] == hook["id"].replace("bland-deploy-", "bland-deploy ")
        assert call([hook["entry"].split()[1], "--help"]).code == 0


def test_all_hooks_pass_in_a_workspace_that_init_wrote(repository):
    code, words = repository.run()
    assert code == 0, words
    assert words.count("Passed") == 3


def test_a_file_in_another_form_is_brought_into_ours_and_the_commit_stopped_once(repository):
    path = repository.root / "campaigns/hello.yaml"
    nice = path.read_text()
    path.write_text(nice.replace("voice: June", "voice:   'June'"))
    code, words = repository.run()
    assert code == 1
    assert "files were modified by this hook" in words
    assert path.read_text() == nice
    assert repository.run()[0] == 0


def test_a_prompt_alone_is_linted_with_the_campaign_that_uses_it(repository):
    repository.git("add", "--all")
    repository.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "one")
    repository.write("campaigns/prompts/hello.md.j2", "Ask {{nobody_knows}}.\n")
    code, words = repository.run("bland-deploy-lint")
    assert code == 1
    assert "campaigns/prompts/hello.md.j2:1" in words


def test_a_list_of_real_people_is_refused_without_quoting_it(repository):
    repository.write("campaigns/recipients/people.csv", f"phone_number,first_name\n{REAL},Ada\n")
    code, words = repository.run("bland-deploy-no-pii", "--all-files")
    assert code == 1
    assert "campaigns/recipients/people.csv:2: error: the list holds a person with a phone number" in words
    assert REAL[-4:] not in words
    repository.write(".gitignore", ".bland-deploy/\ncampaigns/recipients/\n")
    repository.git("rm", "--quiet", "--cached", "campaigns/recipients/people.csv")
    code, words = repository.run("bland-deploy-no-pii", "--all-files")
    assert code == 0, words
