"""The remote's side: where its branch stands, its history fetched, a commit offered to it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends.git.commands import Done, Git
from bland_deploy.state.backends.git.objects import has_commit
from bland_deploy.state.backends.git.words import UNCERTAIN, hung, is_passing, refusal, remote_failure
from bland_deploy.state.store import StoreFailed, StoreForbidden

PAUSES = (0.5, 2.0)
"""Seconds before asking again a remote that could not be reached."""

_EVERYTHING = 2**31 - 1
_FETCH = (
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A push that was not confirmed, and may have worked all the same; `passing` says that trying again makes sense."""

    error: StoreFailed
    passing: bool


class Remote:
    """One branch of a remote of the clone, by both names. `seconds` is how long an answer may take."""

    def __init__(self, git: Git, names: tuple[str, str], *, seconds: float, sleep: Callable[[float], None]) -> None:
        self._git = git
        self._name, branch = names
        self._ref = f"refs/heads/{branch}"
        self._place = f"the branch {branch} of {self._name}"
        self._seconds = seconds
        self._sleep = sleep

    def tip(self) -> str | None:
        """The commit where the branch stands, or None where there is no such branch."""
        done = self._asked("ls-remote", "--refs", self._target, self._ref)
        for line in done.out.decode(errors="replace").splitlines():
            commit, _, ref = line.partition("\t")
            if ref == self._ref:
                return commit
        return None

    def fetch(self, commit: str) -> bool:
        """Bring the history up to a commit into the clone; False where the branch has left that commit meanwhile."""
        if has_commit(self._git, commit):
            return True
        self._asked("fetch", *_FETCH, "--refmap=", self._target, self._ref)
        return has_commit(self._git, commit)

    def deepen(self) -> bool:
        """Bring the whole history of the branch, where the clone is a shallow one; False where there is no more."""
        if self._git.says("rev-parse", "--is-shallow-repository") != "true":
            return False
        self._asked("fetch", *_FETCH, "--refmap=", f"--depth={_EVERYTHING}", self._target, self._ref)
        return True

    def push(self, commit: str, base: str | None) -> Refusal | None:
        """Move the branch from one commit to its child; None says that the remote has confirmed it.

        The lease makes git name the old commit as we know it, where a plain push names what it finds there: a branch
        that was deleted or set back stays so. It forces nothing, since the child follows from what it names.
        """
        lease = f"--force-with-lease={self._ref}:{base or ''}"
        options = ("--porcelain", "--no-verify", "--no-progress", lease)
        done = self._git.run("push", *options, self._target, f"{commit}:{self._ref}", seconds=self._seconds)
        answer = re.search(rb"^(.)\t[^\t]*\t\[?([^\n]*)", done.out, re.MULTILINE)
        if answer is None:
            error = self._failed(done)
            error.outcome = UNCERTAIN
            return Refusal(error, passing=not isinstance(error, StoreForbidden))
        if answer[1] != b"!":
            return None
        reason = _in_brackets(answer[2].decode(errors="replace"))
        return Refusal(refusal(self._place, reason, done.err), is_passing(reason))

    # ------------------------------------------------------------------

    @cached_property
    def _target(self) -> str:
        """What to call the remote by. Where it is written elsewhere than it is read, it is read there too."""
        pushed = (self._git.says("remote", "get-url", "--push", "--all", "--", self._name) or "").splitlines()
        if not pushed:
            known = ", ".join((self._git.ask("remote").decode(errors="replace")).split()) or "none"
            raise InvalidInput(
                f"the clone has no remote {self._name}, where the state is to lie",
                help=f"it has {known}: write one of its remotes into `state`, or add this one with `git remote add`",
            )
        if len(pushed) > 1:
            raise InvalidInput(
                f"the remote {self._name} pushes to {len(pushed)} places at once, and state must have one place",
                help="name a remote with a single address",
            )
        read = self._git.says("remote", "get-url", "--", self._name)
        return self._name if read == pushed[0] else pushed[0]

    def _asked(self, *arguments: str) -> Done:
        """A question to the remote, repeated where it cannot be reached."""
        for pause in (*PAUSES, None):
            done = self._git.run(*arguments, seconds=self._seconds)
            if done.code == 0:
                return done
            error = self._failed(done)
            if pause is None or done.code is None or isinstance(error, StoreForbidden):
                break
            self._sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
        raise error

    def _failed(self, done: Done) -> StoreFailed:
        if done.code is None:
            return hung(self._place, self._seconds)
        return remote_failure(self._place, done.err)


def _in_brackets(summary: str) -> str:
    """The reason out of `[remote rejected] (pre-receive hook declined)`."""
    found = re.search(r"\((.*)\)", summary)
    return found[1] if found else summary.strip("[] ")
