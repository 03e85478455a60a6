"""A repository with a workspace, changes to it, and the CI jobs that they start: real git, real processes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.ci.forges import READ_ONLY, github_variables, gitlab_variables
from tests.cli.workspace import Result
from tests.state.git_clones import git, make_clone, make_remote

SECRETS = {"BLAND_API_KEY": "sk-production", "BLAND_DEPLOY_STATE_KEY": "5a" * 32}
HELLO = """\
version: 1
campaign: hello
prompt: "{prompt}"
recipients:
  inline:
{rows}
"""


@dataclass
class Repository:
    """A bare remote, the clone in which people work, and the forge that shows the remote's requests."""

    folder: Path
    kind: str
    books: object
    address: str
    jobs: int = 0

    def begin(self):
        self.folder.mkdir(exist_ok=True)
        make_remote(self.folder / "remote.git")
        make_clone(self.folder / "remote.git", self.desk)
        settings = {
            "version": 1,
            "default_environment": "production",
            "environments": {
                "production": {
                    "base_url": self.address,
                    "api_key": {"env": "BLAND_API_KEY"},
                    "state": "git+ref://origin/bland-state",
                    "protected": True,
                }
            },
        }
        (self.desk / "bland-deploy.yaml").write_text(json.dumps(settings))
        (self.desk / "campaigns").mkdir()
        self.write("Greet {{name}}.")
        self.commit("main")
        return self

    @property
    def desk(self):
        return self.folder / "desk"

    def write(self, prompt, *people):
        rows = "\n".join(
            f'    - {{phone_number: "{number}", name: {name}}}'
            for number, name in (people or [("+14155550100", "Ada"), ("+14155550101", "Grace")])
        )
        (self.desk / "campaigns/hello.yaml").write_text(HELLO.format(prompt=prompt, rows=rows))

    def commit(self, branch):
        """Commit what was written on a branch, push it, and give the commit."""
        git(self.desk, "checkout", "--quiet", "-B", branch)
        git(self.desk, "add", "--all")
        git(self.desk, "commit", "--quiet", "-m", "Change")
        git(self.desk, "push", "--quiet", "--force", "origin", branch)
        return git(self.desk, "rev-parse", "HEAD")

    def merge(self, branch, number):
        """Merge a branch into main as the forge's button does, and give the commit."""
        git(self.desk, "checkout", "--quiet", "main")
        git(self.desk, "merge", "--quiet", "--no-ff", "-m", f"Merge request {number}", branch)
        git(self.desk, "push", "--quiet", "origin", "main")
        self.books.pulls[number].merge = git(self.desk, "rev-parse", "HEAD")
        return self.books.pulls[number].merge

    def job(self, commit, pull=None, *, fork=False):
        """A runner with a fresh checkout of a commit, for a request or for main."""
        self.jobs += 1
        runner = self.folder / f"runner-{self.jobs}"
        runner.mkdir()
        make_clone(self.folder / "remote.git", runner / "checkout", "--no-checkout", "--depth=1")
        git(runner / "checkout", "fetch", "--quiet", "--depth=1", "origin", commit)
        git(runner / "checkout", "checkout", "--quiet", commit)
        variables = (self._github if self.kind == "github" else self._gitlab)(runner, commit, pull, fork)
        return Job(runner, variables | ({} if fork else SECRETS))

    def _github(self, runner, commit, pull, fork):
        event = {"ref": "refs/heads/main"}
        if pull is not None:
            source = "mallory/calls" if fork else "acme/calls"
            event = {
                "number": pull,
                "pull_request": {"number": pull, "head": {"sha": commit, "repo": {"full_name": source}}},
            }
        (runner / "event.json").write_text(json.dumps(event))
        return github_variables(
            self.books,
            GITHUB_SHA=commit,
            GITHUB_EVENT_PATH=str(runner / "event.json"),
            GITHUB_STEP_SUMMARY=str(runner / "summary.md"),
            GITHUB_OUTPUT=str(runner / "outputs"),
            **({"GITHUB_TOKEN": READ_ONLY} if fork else {}),
        )

    def _gitlab(self, _runner, commit, pull, fork):
        more = {"CI_COMMIT_SHA": commit}
        if pull is not None:
            source = "77" if fork else "42"
            more |= {"CI_MERGE_REQUEST_IID": str(pull), "CI_MERGE_REQUEST_PROJECT_ID": "42"}
            more |= {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source}
        variables = gitlab_variables(self.books, **more)
        if fork:
            del variables["GITLAB_TOKEN"]
        return variables


@dataclass
class Job:
    """One job: its runner's folder, its variables, and everything that its steps wrote."""

    runner: Path
    variables: dict
    log: str = ""

    def run(self, *arguments, **variables):
        """A step: bland-deploy in a process of its own, with the variables of the job and nothing else."""
        inherited = {
            name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG") if name in os.environ
        }
        done = subprocess.run(
            [sys.executable, "-m", "bland_deploy", *arguments],
            cwd=self.runner / "checkout",
            env={**inherited, **self.variables, **variables},
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        self.log += result.everything
        return result

    @property
    def summary(self):
        path = self.runner / "summary.md"
        return path.read_text() if path.exists() else ""

    @property
    def outputs(self):
        """The outputs of the steps, as the runner reads them."""
        found, lines = {}, iter((self.runner / "outputs").read_text().splitlines())
        for line in lines:
            name, _, delimiter = line.partition("<<")
            found[name] = "\n".join(iter(lines.__next__, delimiter))
        return found
