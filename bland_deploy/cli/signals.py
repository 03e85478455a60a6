"""The first SIGINT or SIGTERM asks for an orderly end; the second ends the process, whose log is exact all the same."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bland_deploy.errors import ExitCode, Interrupted

_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
_SLICE = 0.1

Handler = Callable[[int, object], None]


@contextmanager
def watching_signals() -> Iterator[Callable[[], ExitCode | None]]:
    """While the block runs, signals are remembered; gives the function that tells the exit code of the first one."""
    received: list[int] = []

    def receive(number: int, _frame: object) -> None:
        received.append(number)
        if len(received) > 1:
            raise KeyboardInterrupt

    with _handling(receive):
        yield lambda: _CODES[signal.Signals(received[0])] if received else None


@contextmanager
def ending_at_once() -> Iterator[None]:
    """While the block runs, a signal raises Interrupted: for questions, when nothing is in hand."""

    def end(number: int, _frame: object) -> None:
        stopped = Interrupted("interrupted")
        stopped.exit_code = _CODES[signal.Signals(number)]
        raise stopped

    with _handling(end):
        yield


def sleep_until(interrupted: Callable[[], object | None], seconds: float) -> None:
    """Sleep, but not longer than until a signal comes in."""
    until = time.monotonic() + seconds
    while interrupted() is None and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE))


@contextmanager
def _handling(handler: Handler) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _CODES}
    try:
        yield
    finally:
        for number, other in before.items():
            signal.signal(number, other)
