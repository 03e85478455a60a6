"""The first SIGINT or SIGTERM asks for an orderly end; the second ends the process, whose log is exact all the same."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bland_deploy.errors import ExitCode

_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


@contextmanager
def watching_signals() -> Iterator[Callable[[], ExitCode | None]]:
    """While the block runs, signals are remembered; gives the function that tells the exit code of the first one."""
    received: list[int] = []

    def receive(number: int, _frame: object) -> None:
        received.append(number)
        if len(received) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, receive) for number in _CODES}
    try:
        yield lambda: _CODES[signal.Signals(received[0])] if received else None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
