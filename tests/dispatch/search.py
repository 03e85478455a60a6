"""Every order of steps of several runs, with every choice of up to so many faults, the fewest faults first."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from bland_deploy.errors import ExitCode
from bland_deploy.model.keys import new_attempt, new_lineage
from bland_deploy.operations.apply import apply
from bland_deploy.operations.sending.claim import begin as begin_log
from tests.dispatch.campaigns import AIM, KEY, NAME, make_campaign, person
from tests.dispatch.tape import SETTLE, Ended, Op, Stage, Tape
from tests.dispatch.variants import variant
from tests.dispatch.world import Books, Create, Rules, Shelf, State, begin, moves

ROOT = Shelf()


class Schedule(NamedTuple):
    """How something bad came about: with how many faults, and step by step."""

    faults: int
    what: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        steps = "\n".join(f"  {step}" for step in self.steps)
        return f"{self.what}, with {self.faults} faults:\n{steps}"


@dataclass
class Found:
    """What a search saw: how many states and steps, how things end, and the first that is bad."""

    states: int = 0
    steps: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    bad: Schedule | None = None

    def __str__(self) -> str:
        ends = ", ".join(f"{count:,} {end}" for end, count in sorted(self.ends.items()))
        size = f"{self.states:,} states, {self.steps:,} steps"
        return f"{size}; once the faults stop: {ends or 'not asked'}\n{self.bad or ''}"


class Protocol:
    """`apply` for one person, as it is or with some functions replaced, on a stage of its own."""

    def __init__(
        self,
        root: Any,
        replaced: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
        settle: float = SETTLE,
        *,
        counted: bool = False,
    ) -> None:
        work = make_campaign(root, [person(100)])
        self.stage = Stage(settle)
        attempt = self.stage.counted if counted else self.stage.attempt
        drawn = {new_attempt: attempt, new_lineage: self.stage.lineage}
        changed = variant(apply, {**drawn, **(replaced or {})})
        self.program = lambda world, asked: changed([work], AIM, world, asked, [])

    @cached_property
    def begun(self) -> Shelf:
        """A store in which the log was begun."""
        end = Alone(ROOT, Books())
        begun = variant(begin_log, {new_lineage: self.stage.lineage})
        self.stage.play(lambda world, _asked: begun(world, NAME, KEY, None), 7, Tape((), end))
        return end.shelf

    def end_of(self, state: State) -> tuple[str, str | None]:
        """How it ends when the faults stop and apply runs until it says the same twice; and what is bad about that."""
        return self._end_of(Alone(state.shelf, state.books), rolled_back=state.rolled_back)

    def _end_of(self, world: "Alone", *, rolled_back: bool) -> tuple[str, str | None]:
        codes: list[int] = []
        while len(codes) < 2 or codes[-1] != codes[-2]:
            end = self.stage.play(self.program, _LAST_RUNS + len(codes), Tape((), world))
            assert isinstance(end, Ended)
            if end.crash or len(codes) == _MOST_RUNS:
                return "broken", f"apply fails or does not come to rest: {codes}, {end.crash!r}"
            codes.append(end.code)
        return _judge(codes[-1], len(world.books.chain), rolled_back=rolled_back)


def _judge(code: int, rung: int, *, rolled_back: bool) -> tuple[str, str | None]:
    if rung <= 1 and code == ExitCode.UNKNOWN:
        return "held", None
    if rung == 1 and code == ExitCode.DONE:
        return "rung", None
    if rung <= 1 and code == ExitCode.STATE and rolled_back:
        return "refused", None
    return "broken", f"{rung} rings once the faults have stopped, and apply ends with {code}"


_LAST_RUNS = 100
"""The numbers of runs that come after the faults begin here."""
_MOST_RUNS = 6


class Alone:
    """A world without faults and without others, in which everything that was taken is listed."""

    def __init__(self, shelf: Shelf, books: Books) -> None:
        self.shelf, self.books = shelf, books

    def __call__(self, op: Op) -> Any:  # noqa: PLR0911 - a line for each kind of operation
        contents = self.shelf.contents
        match op.kind:
            case "names":
                return tuple(sorted(name for name in contents if name.startswith(op.name)))
            case "read":
                return contents.get(op.name)
            case "create" | "put":
                return self._write(((op.name, op.data),) if op.kind == "create" else op.data)
            case "get":
                return self.books.provider.get(op.name, frozenset(range(len(self.books.chain))))
            case "post" if op.name.endswith("/create"):
                self.books = self.books.take(Create(op.name, op.data, 6))
                return self.books.provider.created[-1]
            case "post":
                return self.books.provider.ask("POST", op.name)
            case kind:
                return 0.0 if kind == "now" else None

    def _write(self, files: tuple[tuple[str, bytes], ...]) -> bool:
        absent = [(name, data) for name, data in files if name not in self.shelf.contents]
        for name, data in absent:
            self.shelf = self.shelf.create(name, data)
        return bool(absent)


def search(protocol: Protocol, rules: Rules, faults: int, *, begun: bool = True, rings_only: bool = False) -> Found:
    """Visit every state that can be reached with up to so many faults, until one is bad.

    `begun` starts with a log that is there and empty; `rings_only` takes nothing but a second ring for bad.
    """
    found = Found()
    start = begin(protocol.stage, protocol.program, rules, protocol.begun if begun else ROOT)
    origin: dict[State, tuple[State | None, str]] = {}
    waiting: list[deque[tuple[State, State | None, str]]] = [deque() for _ in range(faults + 1)]
    waiting[0].append((start, None, "everything is quiet"))
    judged: set[tuple[Shelf, Books, bool]] = set()
    for spent, queue in enumerate(waiting):
        while queue:
            state, before, name = queue.popleft()
            if state in origin:
                continue
            origin[state] = before, name
            found.states += 1
            bad = _rung_twice(state) if rings_only else _wrong(state)
            dead = sum(run.moving for run in state.runs)
            left = state.shelf, state.books, state.rolled_back
            if not rings_only and not bad and spent + dead <= faults and left not in judged:
                judged.add(left)
                end, bad = protocol.end_of(state)
                found.ends[end] += 1
            if bad:
                found.bad = Schedule(spent, bad, tuple(_steps(origin, state)))
                return found
            for move in moves(state, rules):
                found.steps += 1
                if spent + move.faults <= faults and move.state not in origin:
                    waiting[spent + move.faults].append((move.state, state, move.name))
    return found


def _rung_twice(state: State) -> str | None:
    rings = len(state.books.chain)
    return f"{rings} rings" if rings > 1 else None


def _wrong(state: State) -> str | None:
    """What must never be, whatever comes later."""
    creates = state.books.chain
    if len(creates) > 1:
        return _rung_twice(state)
    for run in state.runs:
        if isinstance(run.node.next, Ended) and run.node.next.crash:
            return f"an unexpected failure: {run.node.next.crash!r}"
    if creates and not state.rolled_back:
        attempt = json.loads(creates[0].body)["global"]["metadata"]["bland_deploy"]["attempt"].encode()
        if sum(attempt in data for data in state.shelf.contents.values()) < _CLAIM_AND_SENDING:
            return "a ring without an earlier claim and `sending`"
    return None


_CLAIM_AND_SENDING = 2


def _steps(origin: Mapping[State, tuple[State | None, str]], state: State) -> Iterator[str]:
    before, name = origin[state]
    if before is not None:
        yield from _steps(origin, before)
    yield name
