"""Blobs, trees and commits in the clone's own store of objects. Nothing here asks the remote."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.words import local_failure
from bland_deploy.state.store import StoreFailed


def write_blobs(git: Git, contents: Iterable[bytes]) -> list[str]:
    """Keep bytes as blobs; gives their ids."""
    with tempfile.TemporaryDirectory(prefix="bland-deploy-") as folder:
        paths = []
        for number, content in enumerate(contents):
            paths.append(Path(folder, str(number)))
            paths[-1].write_bytes(content)
        lines = "".join(f"{path}\n" for path in paths).encode()
        return git.ask("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=lines).decode().split()


def read_blobs(git: Git, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of blobs, all in one go. StoreFailed where one is missing from the clone."""
    wanted = list(dict.fromkeys(ids))
    out = git.ask("cat-file", "--batch", stdin="".join(f"{id_}\n" for id_ in wanted).encode())
    found, place = {}, 0
    for id_ in wanted:
        end = out.index(b"\n", place)
        _, kind, *size = out[place:end].decode().split(" ")
        if kind != "blob":
            raise StoreFailed(f"git has lost what it fetched ({id_}: {kind})", help="`git fsck` says more")
        place = end + 1 + int(size[0]) + 1
        found[id_] = out[end + 1 : place - 1]
    return found


def list_files(git: Git, commit: str) -> dict[str, str]:
    """The blob id of each file of a commit, by its path."""
    files = {}
    for line in git.ask("ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="surrogateescape").split("\0")[:-1]:
        about, _, path = line.partition("\t")
        files[path] = about.split(" ")[2]
    return files


def write_commit(git: Git, parent: str | None, files: Mapping[str, str], message: str) -> str:
    """A commit that adds files (path to blob id) to a parent, or begins a history; gives its id."""
    lines = "".join(f"100644 {id_}\t{path}\0" for path, id_ in files.items()).encode()
    with tempfile.TemporaryDirectory(prefix="bland-deploy-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        if parent:
            git.ask("read-tree", parent, variables=index)
        git.ask("update-index", "-z", "--index-info", stdin=lines, variables=index)
        tree = git.ask("write-tree", variables=index).decode().strip()
    parents = ["-p", parent] if parent else []
    return git.ask("commit-tree", tree, *parents, stdin=message.encode(), variables=git.identity).decode().strip()


def has_commit(git: Git, commit: str) -> bool:
    """Whether the clone has a commit already."""
    return git.run("cat-file", "-e", f"{commit}^{{commit}}").code == 0


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether one commit is in the history of another, as far as the clone knows it."""
    done = git.run("merge-base", "--is-ancestor", old, new)
    if done.code not in {0, 1}:
        raise local_failure(done.err)
    return done.code == 0


def find_altered(git: Git, since: str | None, tip: str) -> Iterator[str]:
    """The files that a commit after `since`, or any, did not add but change, remove or put elsewhere."""
    commits = git.ask("rev-list", tip, *([f"^{since}"] if since else []))
    options = ("-r", "-m", "-z", "--no-commit-id", "--name-only", "--no-renames", "--diff-filter=a")
    paths = git.ask("diff-tree", "--stdin", *options, stdin=commits)
    yield from paths.decode(errors="surrogateescape").split("\0")[:-1]
