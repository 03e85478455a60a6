"""What git knows of the workspace's files."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from bland_deploy.diagnostics import shown
from bland_deploy.errors import InvalidInput

# A hook of git sets them for the folder that it runs in, which may be another than the workspace.
_OF_HOOKS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")
_WHOLE_HISTORY = (
    "fetch the history: `fetch-depth: 0` in actions/checkout, `GIT_DEPTH: 0` in GitLab, or `git fetch --unshallow`"
)


def folder_in_repository(root: Path) -> str:
    """The workspace's folder within its git repository: empty (also outside of one), or with a slash at its end."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    inside = root.relative_to(top).as_posix()
    return "" if inside == "." else f"{inside}/"


def address_of_remote(root: Path) -> str | None:
    """Where the remote `origin` of a folder's repository is; None without git, a repository or such a remote."""
    done = _git(root, "config", "--get", "remote.origin.url") if root.exists() else _Done(None)
    return done.out.strip() or None


def is_ignored(root: Path, name: str) -> bool:
    """Whether git keeps a file out of the repository. Without git or a repository nothing is kept out."""
    return _git(root, "check-ignore", "-q", "--", name).code == 0


def changed_since(root: Path, ref: str) -> frozenset[str]:
    """The files below a folder that are not as they were where this branch left `ref`, by name from there.

    Uncommitted and untracked files count, and both names of a renamed one; what git ignores does not. Raises
    InvalidInput where git cannot tell.
    """
    commit = None if ref.startswith("-") else _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if commit is None or commit.code != 0:
        raise _unknown(root, ref)
    start = _git(root, "merge-base", commit.out.strip(), "HEAD")
    if start.code != 0:
        problem = f"git finds no commit that {shown(ref)} and HEAD have in common"
        raise InvalidInput(
            problem, help=_WHOLE_HISTORY if _is_shallow(root) else "name a branch that this one came from"
        )
    since = _names(root, "diff", "--name-only", "-z", "--no-renames", "--relative", start.out.strip(), "--")
    return frozenset(since + _names(root, "ls-files", "-z", "--others", "--exclude-standard"))


class _Done(NamedTuple):
    """How a git command ended (None: there is no git), what it wrote, and what it complained of."""

    code: int | None
    out: str = ""
    err: str = ""


def _git(root: Path, *arguments: str) -> _Done:
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    try:
        done = subprocess.run(  # noqa: S603 - git, with arguments that begin with no user's text but a ref without a dash
            ["git", "-C", str(root), "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 - the git that users have
            check=False,
            capture_output=True,
            env={**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except OSError:
        return _Done(None)
    return _Done(done.returncode, os.fsdecode(done.stdout), done.stderr.decode(errors="replace"))


def _names(root: Path, *arguments: str) -> list[str]:
    done = _git(root, *arguments)
    if done.code != 0:
        raise _failed(done)
    return [name for name in done.out.split("\0") if name]


def _is_shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").out.strip() == "true"


def _unknown(root: Path, ref: str) -> InvalidInput:
    """Why a ref is none: no repository, a clone without its history, or a name that nothing has."""
    inside = _git(root, "rev-parse", "--git-dir")
    if inside.code != 0:
        return _failed(inside)
    help_text = _WHOLE_HISTORY if _is_shallow(root) else "name a branch, a tag or a commit, such as origin/main"
    return InvalidInput(f"git knows no commit {shown(ref)}", help=help_text)


def _failed(done: _Done) -> InvalidInput:
    if done.code is None:
        return InvalidInput("there is no git, which alone knows what changed", help="install git 2.30 or later")
    if "dubious ownership" in done.err:
        return InvalidInput(
            "git does not trust the clone that holds the workspace: it belongs to another user",
            help="git config --global --add safe.directory FOLDER_OF_THE_CLONE",
        )
    return InvalidInput(
        "the workspace is in no git repository, so nothing tells what changed", help="leave out --changed-since"
    )
