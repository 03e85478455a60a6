"""Looking at what was sent, again and again: what `status --watch` and `wait` share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.client.connection import Clock, is_loopback
from bland_deploy.events import FILE, open_events, told_of_batches
from bland_deploy.model.statuses import BatchReport
from bland_deploy.operations.status import Asked, status
from bland_deploy.operations.wait import Glance, watch

INTERVAL = 15.0
_NEARBY = 0.5
"""Seconds between two looks, at a provider and at the sandbox."""


@contextmanager
def following(
    invocation: Invocation, campaigns: Sequence[str], interval: float | None, *, calls: bool
) -> Iterator[tuple[Iterator[Glance], Clock]]:
    """Looks at all that the named campaigns had sent when this began, and the clock they go by."""
    session = open_session(invocation, needs_key=True)
    logs = logs_of(session, campaigns)
    with open_provider(session.settings) as client:
        nearby = session.settings.provider == "sandbox" or is_loopback(client.host.partition(":")[0])
        pause = interval if interval is not None else _NEARBY if nearby else INTERVAL
        clock, heard = client.manners.clock, session.root / FILE

        def ask(known: tuple[BatchReport, ...]) -> tuple[BatchReport, ...]:
            return status(client, logs, Asked(session.settings.state_key, calls, told_of_batches(heard)), known)

        yield watch(ask, partial(_rest, clock, pause, heard)), clock


def _rest(clock: Clock, seconds: float, heard: Path) -> None:
    """Sleep, but not longer than until a webhook comes in: it says nothing by itself, but asking is worth while."""
    if not heard.exists():
        clock.sleep(seconds)
        return
    until = clock.monotonic() + seconds
    with open_events(heard) as events:
        before = events.news()
        while (left := until - clock.monotonic()) > 0 and events.news() == before:
            clock.sleep(min(left, _NEARBY))
