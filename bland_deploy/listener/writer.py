"""Recording what comes in: one thread writes, and everything that waits travels in one transaction.

A commit costs some milliseconds however much is in it, so a burst of deliveries takes few of them.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from bland_deploy.errors import Unavailable
from bland_deploy.events import Events, open_events
from bland_deploy.model.events import Event

_MOST_AT_ONCE = 1_000


class _Letter(NamedTuple):
    """An event, or the batch that a hint is about, and where to say that it is recorded, or why not."""

    event: Event | None
    hint: str | None
    loop: asyncio.AbstractEventLoop
    recorded: "asyncio.Future[None]"

    def answer(self, problem: Unavailable | None) -> None:
        """Tell the one who waits."""
        if self.recorded.done():
            return
        if problem is None:
            self.recorded.set_result(None)
        else:
            self.recorded.set_exception(problem)


class Writer:
    """Takes events and hints from an event loop."""

    def __init__(self, letters: "SimpleQueue[_Letter | None]") -> None:
        self._letters = letters

    async def record(self, event: Event | None, hint: str | None = None) -> None:
        """Come back when it is durable. Raises Unavailable where it could not be recorded."""
        loop = asyncio.get_running_loop()
        recorded: asyncio.Future[None] = loop.create_future()
        self._letters.put(_Letter(event, hint, loop, recorded))
        await recorded


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer to a file of events while the block runs. Raises as `open_events` does."""
    letters: SimpleQueue[_Letter | None] = SimpleQueue()
    with open_events(path) as events:
        thread = Thread(target=_write, args=(letters, events), name="events", daemon=True)
        thread.start()
        try:
            yield Writer(letters)
        finally:
            letters.put(None)
            thread.join()


def _write(letters: "SimpleQueue[_Letter | None]", events: Events) -> None:
    while (first := letters.get()) is not None:
        batch = [first]
        over = False
        while not letters.empty() and len(batch) < _MOST_AT_ONCE and not over:
            letter = letters.get()
            over = letter is None
            batch += [letter] if letter else []
        _record(batch, events)
        if over:
            return


def _record(batch: list[_Letter], events: Events) -> None:
    problem: Unavailable | None = None
    try:
        events.add([one.event for one in batch if one.event], {one.hint for one in batch if one.hint}, time.time())
    except Unavailable as failure:
        problem = failure
    for letter in batch:
        letter.loop.call_soon_threadsafe(letter.answer, problem)
