"""Running git: without prompts, hooks, signatures or side effects, in a language that is known, and never for ever."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends.git.words import local_failure

Variables: TypeAlias = Mapping[str, str]

LOCAL_SECONDS = 120.0
_GRACE = 1.0

_SETTINGS = {
    "color.ui": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
}
_OPTIONS = tuple(part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}"))

# What a hook of git sets about the repository it runs for (`git rev-parse --local-env-vars`), less the configuration.
_OF_ANOTHER_REPOSITORY = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
}
_ALWAYS = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

_NONE: Variables = MappingProxyType({})
_NAME, _EMAIL = "bland-deploy", "noreply@bland-deploy.example"


class Done(NamedTuple):
    """How a git command ended; `code` is None when it was killed because it hung."""

    code: int | None
    out: bytes
    err: str


class Git:
    """The git of the clone that holds a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def run(
        self, *arguments: str, stdin: bytes = b"", seconds: float = LOCAL_SECONDS, variables: Variables = _NONE
    ) -> Done:
        """Run git to its end, or kill it after so many seconds. Raises InvalidInput where there is no git."""
        command = ["git", "-C", str(self._root), *_OPTIONS, *arguments]
        # stderr is a file: ssh may leave a process behind that keeps a pipe open.
        with tempfile.TemporaryFile() as errors:
            try:
                # A session of its own: an interrupt from the keyboard must not cut a push in two, nor ssh ask there.
                process = subprocess.Popen(  # noqa: S603 - git, with arguments that never begin with a user's text
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=_environment(variables),
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise InvalidInput(
                    "the state lies in git, and git is not installed", help="install git 2.30 or later"
                ) from None
            out, hung = _finish(process, stdin, seconds)
            errors.seek(0)
            return Done(None if hung else process.returncode, out, errors.read().decode(errors="replace"))

    def ask(self, *arguments: str, stdin: bytes = b"", variables: Variables = _NONE) -> bytes:
        """What a command on the clone alone writes. Raises StoreFailed where it fails."""
        done = self.run(*arguments, stdin=stdin, variables=variables)
        if done.code != 0:
            raise local_failure(done.err)
        return done.out

    def says(self, *arguments: str) -> str | None:
        """One line of answer, or None where git has none."""
        done = self.run(*arguments)
        return done.out.decode(errors="surrogateescape").rstrip("\n") if done.code == 0 else None

    def own_folder(self) -> Path:
        """A folder for us beside the clone's objects, which may not exist yet."""
        return self._root / self.ask("rev-parse", "--git-common-dir").decode().rstrip("\n") / "bland-deploy"

    @cached_property
    def identity(self) -> Variables:
        """The variables that name the author of commits: ours where the user has configured none."""
        if self.says("config", "user.name") and self.says("config", "user.email"):
            return _NONE
        return {
            name: os.environ.get(name) or usual
            for role in ("AUTHOR", "COMMITTER")
            for name, usual in ((f"GIT_{role}_NAME", _NAME), (f"GIT_{role}_EMAIL", _EMAIL))
        }


def _environment(variables: Variables) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    return inherited | _ALWAYS | dict(variables)


def _finish(process: "subprocess.Popen[bytes]", stdin: bytes, seconds: float) -> tuple[bytes, bool]:
    """What it wrote, and whether it had to be killed."""
    try:
        return process.communicate(stdin, seconds)[0], False
    except subprocess.TimeoutExpired:
        _kill(process)
        return process.communicate()[0], True
    except BaseException:
        _kill(process)
        process.communicate()
        raise


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End it with all its children: first politely, so that git removes its lock files."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
