"""What apply works on, and what its caller decides in between."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bland_deploy.archive import Archive, open_archive
from bland_deploy.client.connection import Client
from bland_deploy.errors import Blocked, ExitCode, Interrupted
from bland_deploy.model.applied import AppliedBatch
from bland_deploy.model.plan import Plan, Request
from bland_deploy.state.store import Store


class Dropped(Blocked):
    """People of a request (identities) must not be called any more: it may be sent without them."""

    def __init__(self, people: frozenset[str]) -> None:
        some = "1 person of it was" if len(people) == 1 else f"{len(people):,} people of it were"
        super().__init__(f"{some} suppressed meanwhile")
        self.people = people


class Promoter(NamedTuple):
    """A person who wants the next wave sent, and why."""

    who: str
    reason: str


@contextmanager
def kept_nowhere() -> Iterator[Archive]:
    """Calls that are forgotten at the end."""
    with TemporaryDirectory() as folder, open_archive(Path(folder) / "calls.sqlite") as archive:
        yield archive


@dataclass(frozen=True, slots=True)
class World:
    """The provider, the store, the clock, and how long the provider's list may lag (seconds).

    `by` says who applies; `parallelism` is how many batches may be on their way at a time. `interrupted` gives the exit
    code of a signal that came in, or None; it is asked between steps and before each last byte, and ends `sleep` early.
    `passed` is told each step's name as it is passed; tests stop the process there. `objection` says why a request must
    not go out now, if so; it is asked before its last byte. `dropped` tells then who of it must not be called by now.
    Threads ask both at a time. `archive` opens what is kept of calls, so that the figures of a wave are not asked for
    twice.
    """

    client: Client
    store: Store
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    settle: float
    by: str
    parallelism: int = 1
    interrupted: Callable[[], ExitCode | None] = lambda: None
    passed: Callable[[str], None] = lambda _step: None
    objection: Callable[[Request], str | None] = lambda _request: None
    dropped: Callable[[Request], frozenset[str]] = lambda _request: frozenset()
    archive: Callable[[], AbstractContextManager[Archive]] = kept_nowhere

    def stop_if_interrupted(self) -> None:
        """Raises Interrupted where a signal came in."""
        code = self.interrupted()
        if code is not None:
            raise Interrupted("stopped by a signal", code)

    def refuse(self, request: Request) -> None:
        """Raises Blocked where something speaks against sending a request now: Dropped where it is people of it."""
        reason = self.objection(request)
        if reason is not None:
            raise Blocked(reason)
        people = self.dropped(request)
        if people:
            raise Dropped(people)


@dataclass(frozen=True, slots=True)
class Asked:
    """`approve` sees the plan and raises where it may not be carried out; `told` hears of each batch as it ends.

    `judge` sees it again just before its people are claimed, with what others have called meanwhile, and raises where
    it may not be carried out any more. `waits` hears why a batch is sent again, and after how many seconds. `promoter`
    is a person who lets the next wave begin whatever the figures of the one before.
    """

    approve: Callable[[Plan], None]
    told: Callable[[AppliedBatch], None] = lambda _batch: None
    waits: Callable[[str, float], None] = lambda _reason, _seconds: None
    judge: Callable[[Plan], None] = lambda _plan: None
    promoter: Promoter | None = None
