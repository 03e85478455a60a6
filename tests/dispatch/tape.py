"""A run of `apply` as a function of what it has seen so far: given its past, the next thing it does to the world.

The real code runs from its beginning. Whatever it asks of the store, the provider or the clock is answered from the
tape; where the tape ends, the run is suspended with its next operation. So a run can be stopped before any operation,
taken up later, or taken up twice with different answers, without threads and without copying a running program.
"""

from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import httpx

from bland_deploy.client.connection import Clock, Credentials, Manners, open_client
from bland_deploy.errors import DeployError
from bland_deploy.operations.sending.world import Asked, World
from tests.dispatch.campaigns import MOMENT

ADDRESS = "http://sandbox.invalid"
SETTLE = 20.0
"""Seconds of the settle time, which is what one `sleep` takes."""


class Op(NamedTuple):
    """Something that a run does to the world: `names`, `read`, `create`, `put`, `get`, `post`, `sleep` or `now`."""

    kind: str
    name: str = ""
    data: Any = None


LAST_LOOK = Op("now")
"""A look at the clock between the record of a send and its last byte."""


class Suspended(BaseException):
    """The tape ended: the run wants to do this next."""

    def __init__(self, op: Op) -> None:
        super().__init__(op)
        self.op = op


class Ended(NamedTuple):
    """How a run ended: with a result, with a failure that users are shown, or with one that must not be."""

    result: Any = None
    failure: DeployError | None = None
    crash: BaseException | None = None

    @property
    def code(self) -> int:
        """The exit code."""
        return int(self.failure.exit_code if self.failure else self.result.exit_code)


class Tape:
    """Answers from the past, then whatever `live` says, which may suspend the run."""

    def __init__(self, past: Sequence[Any], live: Callable[[Op], Any]) -> None:
        self.past, self.live = past, live
        self.at = 0
        self.posting = self.sending = False
        self.drawn = 0

    def ask(self, op: Op) -> Any:
        """What the world answers."""
        if self.at < len(self.past):
            self.at += 1
            return self.past[self.at - 1]
        return self.live(op)


class Stage:
    """The world as one run after the other sees it: each runs on a tape of its own, and has nonces of its own."""

    location = "a tape"

    def __init__(self, settle: float = SETTLE) -> None:
        self.settle = settle
        self.tape = Tape((), suspend)
        self.runner = 0
        clock = Clock(monotonic=lambda: 0.0, now=lambda: MOMENT, sleep=lambda _: None, random=lambda: 0.0)
        self._client = open_client(
            ADDRESS, Credentials("sk-checked"), transport=_Transport(self), manners=Manners(clock=clock)
        )

    def play(self, program: Callable[[World, Asked], Any], runner: int, tape: Tape) -> Op | Ended:
        """Run a program on a tape, until it ends or is suspended."""
        self.tape, self.runner = tape, runner
        world = World(
            client=self._client,
            store=self,
            now=self.now,
            sleep=self.sleep,
            settle=self.settle,
            by=f"runner {runner}",
        )
        try:
            return Ended(program(world, Asked(lambda _plan: None)))
        except Suspended as suspended:
            return suspended.op
        except DeployError as failure:
            return Ended(failure=failure)
        except Exception as crash:  # noqa: BLE001 - what it is is for the checker to show
            return Ended(crash=crash)

    # ---------------------------------------------------------------- the clock and chance

    def now(self) -> Any:
        """The time, which only counts while a request is under way."""
        late = self.tape.ask(LAST_LOOK) if self.tape.sending else 0.0
        return MOMENT + timedelta(seconds=late)

    def sleep(self, seconds: float) -> None:
        """The settle time; other pauses take none."""
        if seconds == self.settle != 0:
            self.tape.ask(Op("sleep"))

    def attempt(self) -> str:
        """A nonce that is the same whenever the run is played again, and no other run's."""
        return self._draw(self.runner)

    def counted(self) -> str:
        """A counter in place of a nonce: every run counts the same."""
        return self._draw(0)

    def lineage(self) -> str:
        """A nonce for the id of a state."""
        return self._draw(self.runner).encode().hex()

    def _draw(self, runner: int) -> str:
        self.tape.drawn += 1
        digest = blake2b(f"{runner} {self.tape.drawn}".encode(), digest_size=10).digest()
        return b32encode(digest).decode().lower()

    # ---------------------------------------------------------------- the store

    def read(self, name: str) -> bytes | None:
        return self.tape.ask(Op("read", name))

    def names(self, prefix: str) -> list[str]:
        return list(self.tape.ask(Op("names", prefix)))

    def create(self, name: str, data: bytes) -> bool:
        self.tape.sending = self.tape.posting
        return self.tape.ask(Op("create", name, data))

    def create_in_turn(self, files: Sequence[tuple[str, bytes]]) -> int:
        for created, (name, data) in enumerate(files):
            if not self.create(name, data):
                return created
        return len(files)

    def put(self, blobs: Mapping[str, bytes]) -> None:
        self.tape.ask(Op("put", data=tuple(blobs.items())))

    def reserve(self, prefix: str, count: int) -> None:
        pass

    @contextmanager
    def lock(self, prefix: str, timeout: float) -> Iterator[None]:
        """No lock: what is safe without one is safe with one, and stores elsewhere have none."""
        yield


class _Transport(httpx.BaseTransport):
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        tape = self._stage.tape
        path = request.url.raw_path.decode("ascii")
        if request.method == "POST":
            tape.posting = True
            op = Op("post", path, request.read())
            tape.posting = tape.sending = False
        else:
            op = Op("get", path)
        answer = tape.ask(op)
        if answer is None:
            raise httpx.ReadTimeout("no answer in time", request=request)
        status, body = answer
        return httpx.Response(status, headers={"content-type": "application/json"}, content=body, request=request)


def suspend(op: Op) -> Any:
    """The end of a tape."""
    raise Suspended(op)
