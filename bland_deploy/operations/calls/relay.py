"""One function along a stream of things, by several processes: for what is too long to be held, or to be split before.

Each process is a fork of this one, which hands it one thing at a time and takes the results back in the order of the
things. So a stream is read once, and only as much of it is on the way as there are processes.
"""

import os
import pickle
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, Generic, TypeVar

R = TypeVar("R")

_SIZE = struct.Struct("Q")


def map_along(function: Callable[[bytes], R], things: Iterable[bytes], processes: int) -> Iterator[R]:
    """The results in the order of the things. They must be picklable; the function need not be.

    What another process could not do is done here, so errors come from here. Needs `os.fork`.
    """
    workers: list[_Worker[R]] = []
    busy: deque[tuple[_Worker[R], bytes]] = deque()
    try:
        for thing in things:
            if len(workers) < processes:
                workers.append(_start(function, workers))
                workers[-1].take(thing)
                busy.append((workers[-1], thing))
                continue
            worker, before = busy.popleft()
            result = worker.result(before)
            worker.take(thing)
            busy.append((worker, thing))
            yield result
        for worker, before in busy:
            yield worker.result(before)
    finally:
        for worker in workers:
            worker.end()


class _Worker(Generic[R]):
    """Another process, and the two pipes to it; or none any more, and then everything is done here."""

    def __init__(self, function: Callable[[bytes], R], process: int, pipes: tuple[IO[bytes], IO[bytes]]) -> None:
        self._function, self._process, self._alive = function, process, True
        self._things, self._results = pipes

    def take(self, thing: bytes) -> None:
        """Hand over a thing."""
        try:
            if self._alive:
                _write(self._things, thing)
        except OSError:
            self._alive = False

    def result(self, thing: bytes) -> R:
        """What became of the thing that was handed over last."""
        data = _read(self._results) if self._alive else None
        if data is None:
            self._alive = False
            return self._function(thing)
        result: R = pickle.loads(data)  # noqa: S301 - written by a fork of this process
        return result

    def close(self) -> None:
        """Let go of the pipes."""
        for pipe in (self._things, self._results):
            with suppress(OSError):
                pipe.close()

    def end(self) -> None:
        """End the process: it ends by itself where a pipe does."""
        self.close()
        os.waitpid(self._process, 0)


def _start(function: Callable[[bytes], R], others: Iterable[_Worker[R]]) -> _Worker[R]:
    (things, to_things), (from_results, results) = os.pipe(), os.pipe()
    process = os.fork()
    if not process:
        # from here on it is the other process, which must leave without what this one does at its end
        with suppress(BaseException):
            for other in others:
                other.close()  # else their pipes would stay open as long as this process lives
            os.close(to_things)
            os.close(from_results)
            _work(function, os.fdopen(things, "rb"), os.fdopen(results, "wb"))
        os._exit(0)
    os.close(things)
    os.close(results)
    return _Worker(function, process, (os.fdopen(to_things, "wb"), os.fdopen(from_results, "rb")))


def _work(function: Callable[[bytes], R], things: IO[bytes], results: IO[bytes]) -> None:
    while (thing := _read(things)) is not None:
        _write(results, pickle.dumps(function(thing), pickle.HIGHEST_PROTOCOL))


def _write(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_SIZE.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """What was written at once; None where the pipe ended before."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    size: int = _SIZE.unpack(head)[0]
    data = pipe.read(size)
    return data if len(data) == size else None
