"""Who is not to be called any more by what the provider knows."""

from typing import NamedTuple

from bland_deploy.diagnostics import Diagnostic


class Added(NamedTuple):
    """How many people were suppressed, and how many were before."""

    added: int = 0
    known: int = 0

    def plus(self, more: "Added") -> "Added":
        """Both together."""
        return Added(self.added + more.added, self.known + more.known)


class Listed(NamedTuple):
    """What was read of the provider's list, and what is to be said of it; `people` is None where nothing was read."""

    people: int | None = None
    added: Added = Added()
    found: tuple[Diagnostic, ...] = ()


class Heard(NamedTuple):
    """How many batches were looked at to their end, how many have not ended, and whom that suppressed."""

    batches: int = 0
    unfinished: int = 0
    added: Added = Added()
