"""Bare repositories on disk and clones of them, for tests of the store in git."""

import subprocess
from pathlib import Path

from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.store import GitStore, Patience

BRANCH = "bland-state"
SEEN = f"refs/bland-deploy/origin/{BRANCH}"


def git(folder, *arguments, **options):
    """Run git as a user would; gives what it writes."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "init.defaultBranch=main")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True, **options).stdout.strip()


def make_remote(folder):
    """A bare repository with one commit on main."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--template=")
    first = make_clone(folder, folder.parent / "first")
    (first / "README.md").write_text("A workspace.\n")
    git(first, "add", "README.md")
    git(first, "commit", "--quiet", "-m", "Begin")
    git(first, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    return folder


def make_clone(remote, folder, *options):
    command = ["git", "clone", "--quiet", *options, Path(remote).as_uri(), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def open_clone(folder, branch=BRANCH, **options):
    return GitStore(Git(folder), ("origin", branch), Patience(**options))


def make_hook(remote, name, script):
    """Give the remote a hook."""
    hook = Path(remote) / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    return hook


def tip(folder, ref=f"refs/heads/{BRANCH}"):
    return git(folder, "rev-parse", "--verify", ref)


def commit_by_hand(folder, name, data):
    """What a person does who changes the state branch: a commit on top, pushed; None removes the file."""
    git(folder, "fetch", "--quiet", "origin", BRANCH)
    git(folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    path = Path(folder) / name
    if data is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "By hand")
    git(folder, "push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
