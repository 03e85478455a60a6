"""One function over many things, shared among the processors of this machine."""

import os
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")

WORTH_A_PROCESS = 25
_MOST_PROCESSES = 8


def map_shared(function: Callable[[T], R], items: Sequence[T], processes: int | None = None) -> list[R]:
    """The results in the order of the items. They must be picklable; function and items need not be.

    Few items stay in this process. Each other process is a fork of this one that leaves its results in a pipe; what
    one of them could not do is done here, so errors come from here as well.
    """
    processes = processes or min(processors(), _MOST_PROCESSES, len(items) // WORTH_A_PROCESS)
    if processes < 2 or not hasattr(os, "fork"):  # noqa: PLR2004 - one is this process
        return [function(item) for item in items]
    shares = [items[start::processes] for start in range(processes)]
    others = [(share, _start(function, share)) for share in shares[1:]]
    results = [[function(item) for item in shares[0]]]
    results += [_finish(process) or [function(item) for item in share] for share, process in others]
    return [results[index % processes][index // processes] for index in range(len(items))]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process(NamedTuple, Generic[R]):
    """A process at work on a share, and the pipe in which it leaves its results."""

    id: int
    pipe: int


def _start(function: Callable[[T], R], share: Sequence[T]) -> _Process[R]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return _Process(process, reading)
    # from here on it is the other process, which must leave without what this one does at its end
    with suppress(BaseException):
        results = pickle.dumps([function(item) for item in share])
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(results)
    os._exit(0)


def _finish(process: _Process[R]) -> list[R]:
    """The results of a process; none where it failed."""
    with os.fdopen(process.pipe, "rb") as pipe:
        written = pipe.read()
    os.waitpid(process.id, 0)
    try:
        results: list[R] = pickle.loads(written)  # noqa: S301 - written by a fork of this process
    except (EOFError, pickle.UnpicklingError):
        return []
    return results
