"""The branch must only ever have grown: what was seen of it once may not be gone, nor be changed.

What this clone saw last is kept in a reference of its own, `refs/bland-deploy/REMOTE/BRANCH`; a fresh clone has none,
and can still tell that files were changed or removed by commits on top.
"""

from collections.abc import Callable

from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.objects import find_altered, is_ancestor
from bland_deploy.state.backends.git.remote import PAUSES, Remote
from bland_deploy.state.store import StoreFailed


class BranchLost(StoreFailed):
    """The branch has lost what it held before: it was deleted, set back, forced, reverted or edited."""

    rule = "state-lost"


class History:
    """The branch as this clone has seen it; `names` are those of the remote and the branch."""

    def __init__(self, git: Git, remote: Remote, names: tuple[str, str], sleep: Callable[[float], None]) -> None:
        self._git = git
        self._remote = remote
        self._remote_name, self._branch = names
        self._sleep = sleep
        self._ref = f"refs/bland-deploy/{self._remote_name}/{self._branch}"
        self._seen: str | None = None

    def latest(self) -> str | None:
        """The commit where the branch stands, fetched; None where it was never begun. BranchLost where it shrank."""
        self._seen = self._seen or self._git.says("rev-parse", "--verify", "--quiet", f"{self._ref}^{{commit}}")
        for pause in (*PAUSES, None):
            tip = self._remote.tip()
            if tip == self._seen:
                return tip
            lost = self._lost(tip)
            if lost is None:
                break
            if pause is None:
                raise lost
            self._sleep(pause)  # a mirror that lags behind shows what was true before
        if tip is not None:
            self._refuse_altered(tip)
            self.remember(tip)
        return tip

    def remember(self, tip: str) -> None:
        """What everything later must follow from. Should the clone fail to keep it, the next run knows less."""
        self._seen = tip
        self._git.run("update-ref", self._ref, tip)

    def since(self, before: str | None, tip: str | None) -> set[str]:
        """The commits that came between two tips."""
        if tip is None or tip == before:
            return set()
        return set(self._git.ask("rev-list", tip, *([f"^{before}"] if before else [])).decode().split())

    # ------------------------------------------------------------------

    def _lost(self, tip: str | None) -> BranchLost | None:
        """What is wrong with a tip that differs from the one seen before."""
        if tip is None:
            return self._state_lost("is gone") if self._seen else None
        if self._remote.fetch(tip) and (self._seen is None or self._follows(self._seen, tip)):
            return None
        return self._state_lost("was rewritten: it no longer holds what it held before")

    def _follows(self, old: str, new: str) -> bool:
        """Whether a history grew from one commit to another; a shallow clone may have to fetch more to tell."""
        return is_ancestor(self._git, old, new) or (self._remote.deepen() and is_ancestor(self._git, old, new))

    def _state_lost(self, what: str) -> BranchLost:
        remote, branch, seen = self._remote_name, self._branch, self._seen or "COMMIT"
        return BranchLost(
            f"the branch {branch} of {remote} {what}",
            help=f"bring it back, else people are called twice; this clone still has it: "
            f"git push {remote} {seen}:refs/heads/{branch} (with --force where others wrote on top). "
            f"If it was right to rewrite it: git update-ref -d {self._ref}",
        )

    def _refuse_altered(self, tip: str) -> None:
        for path in find_altered(self._git, self._seen, tip):
            if "/" in path and not is_hidden(path):
                raise BranchLost(
                    f"a commit on the branch {self._branch} of {self._remote_name} changed or removed {path}, "
                    "and state is only ever added to",
                    help=f"set the branch back to before that commit: git log {tip} -- {path}",
                )


def is_hidden(path: str) -> bool:
    """Whether a path begins with a dot, or lies in a folder that does: such are no names of the store."""
    return any(part.startswith(".") for part in path.split("/"))
