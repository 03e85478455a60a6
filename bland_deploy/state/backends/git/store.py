"""The store itself: what its branch holds as of the last look, and creating names on the remote."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.history import History, is_hidden
from bland_deploy.state.backends.git.objects import list_files, read_blobs, write_blobs, write_commit
from bland_deploy.state.backends.git.remote import PAUSES, Refusal, Remote
from bland_deploy.state.backends.locks import locked
from bland_deploy.state.backends.words import in_plain_words
from bland_deploy.state.store import StoreFailed

MARK = ".bland-deploy-state"
_MARK_TEXT = b"""\
This branch is the state of bland-deploy: who was called, as keyed hashes. `bland-deploy` alone adds to it.
Do not edit, revert, rebase, merge or delete it: people would be called twice.
"""

_TROUBLES = len(PAUSES) + 1
_SHORTEST, _LONGEST = 0.02, 2.0

_REMOTE = r"(?P<remote>[A-Za-z0-9_][A-Za-z0-9._-]*)"
_PART = r"(?![.-])(?:(?!\.\.|\.lock(?:/|$)|@\{)[^\s\x00-\x1f\x7f~^:?*\[\\/])+(?<!\.)"
_ADDRESS = re.compile(rf"git\+ref://{_REMOTE}/(?P<branch>{_PART}(?:/{_PART})*)")


class Patience(NamedTuple):
    """How many seconds an answer of the remote may take, how many races to run; `sleep` waits between tries."""

    seconds: float = 120.0
    races: int = 60
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class _Tree:
    """What the branch holds: blob ids by name. `tip` is None where there is no branch yet."""

    tip: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def open_git_store(address: str, root: Path) -> "GitStore":
    """The store at `git+ref://REMOTE/BRANCH`, through the clone that holds a folder. Nothing is read or written yet.

    Raises InvalidInput for an address of another form.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise InvalidInput(
            "the state lies in git, and its address names no remote and branch",
            help="write `state: git+ref://REMOTE/BRANCH`, such as git+ref://origin/bland-state; "
            "REMOTE is a name that `git remote` lists, never a URL",
        )
    return GitStore(Git(root), (found["remote"], found["branch"]), Patience())


class GitStore:
    """The names are paths on a branch of a remote. What is there stays; for what is not, the remote is asked again."""

    def __init__(self, git: Git, names: tuple[str, str], patience: Patience) -> None:
        remote, branch = names
        self.location = f"git+ref://{remote}/{branch}"
        self._git = git
        self._remote = Remote(git, names, seconds=patience.seconds, sleep=patience.sleep)
        self._history = History(git, self._remote, names, patience.sleep)
        self._patience = patience
        self._busy = threading.RLock()
        self._tree: _Tree | None = None
        self._pending: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        with self._busy:
            blob = self._find(name)
            if blob is None:
                self._look()
                blob = self._find(name)
            if blob is None:
                return None
            if blob not in self._contents:
                self._load(name.rpartition("/")[0] + "/")
            return self._contents[blob]

    def names(self, prefix: str) -> list[str]:
        with self._busy:
            everything = {*self._look().files, *self._pending}
        return sorted(name for name in everything if name.startswith(prefix) and not is_hidden(name))

    def create(self, name: str, data: bytes) -> bool:
        return self.create_in_turn([(name, data)]) == 1

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        with self._busy:
            names, blobs = [name for name, _ in files], write_blobs(self._git, [data for _, data in files])
            created = self._race(dict(zip(names, blobs, strict=True)))
            if created:
                self._pending.clear()
            return created

    def put(self, blobs: Mapping[str, bytes]) -> None:
        with self._busy:
            for name, blob in zip(blobs, write_blobs(self._git, blobs.values()), strict=True):
                if self._find(name) not in {None, blob}:
                    raise self._differs(name)
                self._pending[name] = blob

    def reserve(self, prefix: str, count: int) -> None:
        pass

    @contextmanager
    def lock(self, prefix: str, timeout: float) -> Iterator[None]:
        """Among the runs of one clone only."""
        folder = self._git.own_folder() / "locks" / self.location.partition("://")[2] / prefix
        with ExitStack() as held:
            with in_plain_words("lock", folder):
                folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(folder / ".lock", timeout))
            yield

    # ------------------------------------------------------------------

    def _find(self, name: str) -> str | None:
        """The blob of a name, as far as we know."""
        return self._pending.get(name) or (self._tree.files.get(name) if self._tree else None)

    def _load(self, folder: str) -> None:
        """Read whatever lies beside a file as well: a process for each would take minutes."""
        files = {**(self._tree.files if self._tree else {}), **self._pending}
        beside = {blob for name, blob in files.items() if name.startswith(folder)}
        self._contents |= read_blobs(self._git, beside - self._contents.keys())

    def _look(self) -> _Tree:
        """What the branch holds now. BranchLost where it lost anything; StoreFailed where it is no branch of ours."""
        tip = self._history.latest()
        files: Mapping[str, str]
        if self._tree is None or tip != self._tree.tip:
            files = list_files(self._git, tip) if tip else {}
            if files and MARK not in files:
                raise StoreFailed(
                    f"{self.location} holds other files: state needs a branch of its own",
                    help=f"name a branch that does not exist yet (a branch of state has a file {MARK})",
                )
        else:
            files = self._tree.files
        self._tree = _Tree(tip, files)
        return self._tree

    def _race(self, wanted: Mapping[str, str]) -> int:
        """Offer commits until the remote has one of them; how many it created of the names that nobody had before."""
        tree = self._tree or self._look()
        offered: dict[str, int] = {}
        troubles = 0
        for race in range(self._patience.races):
            absent = dict(takewhile(lambda file, there=tree.files: file[0] not in there, wanted.items()))  # type: ignore[misc]  # the default binds the loop's value
            if not absent:
                return 0
            before = tree.tip
            commit, files = self._prepare(tree, absent)
            offered[commit] = len(absent)
            refusal = self._remote.push(commit, before)
            if refusal is None:
                self._history.remember(commit)
                self._tree = _Tree(commit, files)
                return len(absent)
            tree = self._look_after(refusal)
            worked = offered.keys() & self._history.since(before, tree.tip)
            if worked:
                return offered[worked.pop()]  # the push has worked, and its answer was lost
            if tree.tip == before:  # nobody was faster, so racing on is not the answer
                troubles += 1
                if troubles == _TROUBLES or not refusal.passing:
                    raise refusal.error
            self._wait(race, troubles)
        raise StoreFailed(f"others wrote to {self.location} {self._patience.races} times before us", help="run again")

    def _wait(self, race: int, troubles: int) -> None:
        longest = PAUSES[troubles - 1] if troubles else min(_LONGEST, _SHORTEST * 2**race)
        self._patience.sleep(random.uniform(0, longest))  # noqa: S311 - spreads load, hides nothing

    def _prepare(self, tree: _Tree, wanted: dict[str, str]) -> tuple[str, Mapping[str, str]]:
        """A commit that adds names, and what waits to go with them; and what the branch holds then."""
        for waiting, other in self._pending.items():
            if tree.files.get(waiting, other) != other:
                raise self._differs(waiting)
        news = {other: waiting for other, waiting in self._pending.items() if other not in tree.files} | wanted
        if MARK not in tree.files:
            (news[MARK],) = write_blobs(self._git, [_MARK_TEXT])
        # Without something random, two runs that create the same in one second would both push the same commit.
        first, *more = wanted
        message = f"{first}{f' and {len(more)} more' if more else ''}\n\nattempt {token_hex(8)}\n"
        return write_commit(self._git, tree.tip, news, message), {**tree.files, **news}

    def _look_after(self, refusal: Refusal) -> _Tree:
        try:
            return self._look()
        except StoreFailed as problem:
            problem.outcome = refusal.error.outcome
            raise

    def _differs(self, name: str) -> StoreFailed:
        return StoreFailed(
            f"{name} exists with other content in {self.location}", help="`bland-deploy state verify` says more"
        )
