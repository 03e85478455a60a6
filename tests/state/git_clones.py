"""Bare repositories on disk and clones of them, for tests of the store in git."""

import subprocess
from pathlib import Path

from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.store import GitStore

BRANCH = "bland-state"


def git(folder, *arguments, **options):
    """Run git as a user would; gives what it writes."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, check=True, text=True, **options
    )
    return done.stdout.strip()


def make_remote(folder):
    """A bare repository with one commit on main."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    first = make_clone(folder, folder.parent / "first")
    (first / "README.md").write_text("A workspace.\n")
    git(first, "add", "README.md")
    git(first, "commit", "--quiet", "-m", "Begin")
    git(first, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    return folder


def make_clone(remote, folder, *options):
    subprocess.run(
        ["git", "clone", "--quiet", *options, Path(remote).as_uri(), str(folder)], check=True, capture_output=True
    )
    return folder


def open_clone(folder, branch=BRANCH, **options):
    return GitStore(Git(folder), ("origin", branch), **options)
