"""The first SIGINT or SIGTERM asks for an orderly end; the second ends the process, whose log is exact all the same."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from bland_deploy.cli.options import write_aside
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


def read_answer(question: str, stream: TextIO) -> str:
    """What a person types to a question on stderr; Interrupted as soon as a signal comes in, whenever that is.

    Python runs handlers between two steps of its own, so a read that has begun would not hear of it: the signal comes
    through a pipe, which is waited for beside the stream.
    """
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    with _handling(lambda _number, _frame: None):
        before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        try:
            write_aside(question)
            ready, _, _ = select.select([woken, stream.fileno()], [], [])
            if woken in ready:
                stopped = Interrupted("interrupted")
                stopped.exit_code = _CODES[signal.Signals(os.read(woken, 1)[0])]
                raise stopped
            return stream.readline()
        finally:
            signal.set_wakeup_fd(before)
            os.close(woken)
            os.close(wake)


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
