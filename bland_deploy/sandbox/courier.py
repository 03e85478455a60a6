"""The messenger of a served sandbox: a thread that delivers the webhooks that are due."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

from bland_deploy.sandbox.webhooks import Delivery, deliver
from bland_deploy.sandbox.world import World

_AT_ONCE = 8
_BATCH = 200
_REST = 0.1


def deliver_due(world: World, redirected_to: str | None = None) -> int:
    """Deliver what is due now, several at once; how many attempts were made."""
    due = world.take_due(_BATCH)

    def attempt(delivery: Delivery) -> None:
        world.settle(delivery, deliver(delivery, redirected_to))

    if due:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(attempt, due))
    return len(due)


@contextmanager
def delivering(world: World, redirected_to: str | None = None) -> Iterator[None]:
    """Deliver webhooks in the background while the block runs."""
    over = Event()

    def work() -> None:
        while not over.is_set():
            if not deliver_due(world, redirected_to):
                over.wait(_REST)

    thread = Thread(target=work, name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
