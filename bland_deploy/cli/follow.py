"""Looking at what was sent, again and again: what `status --watch` and `wait` share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from bland_deploy.cli.logs import logs_of
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.client.connection import Client, Clock, is_loopback
from bland_deploy.model.statuses import BatchReport
from bland_deploy.operations.status import status
from bland_deploy.operations.wait import Glance, watch
from bland_deploy.state.log import Log

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
        ask = partial(_look, client, logs, session.settings.state_key, calls)
        yield watch(ask, client.manners.clock, pause), client.manners.clock


def _look(
    client: Client, logs: Sequence[Log], state_key: bytes | None, calls: bool, known: tuple[BatchReport, ...]
) -> tuple[BatchReport, ...]:
    return status(client, logs, state_key, calls=calls, known=known)
