"""The first SIGINT or SIGTERM asks for an orderly end; the second ends the process, whose log is exact all the same."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from bland_deploy.cli.options import write_aside
from bland_deploy.errors import ExitCode, Interrupted, SecondSignal

_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
_SLICE = 0.1
_STDERR = 2
_STOPPING = b"Stopping once the batch in hand is recorded; a second signal ends at once.\n"

Handler = Callable[[int, object], None]


@contextmanager
def watching_signals(*, quiet: bool = False) -> Iterator[Callable[[], ExitCode | None]]:
    """While the block runs, the first signal is remembered, and told to people unless `quiet`; the second ends it.

    Gives the function that tells the exit code of the first one. Raises SecondSignal.
    """
    received: list[ExitCode] = []

    def receive(number: int, _frame: object) -> None:
        code = _CODES[signal.Signals(number)]
        if received:
            raise SecondSignal(code)
        received.append(code)
        if not quiet:
            with suppress(OSError):
                os.write(_STDERR, _STOPPING)  # not through sys.stderr, which may be in the middle of a write

    with _handling(receive):
        yield lambda: received[0] if received else None


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
                raise Interrupted("interrupted", _CODES[signal.Signals(os.read(woken, 1)[0])])
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
