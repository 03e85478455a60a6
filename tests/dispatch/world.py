"""The shared world as values: what the store holds, what the provider took, where each run is; and every next move.

Time is what the protocol relies on, and no more: a settle time is longer than what a run that is not stalled does in
one go, and than a request and the provider's list need to show it. Between those bounds everything may take any time.
A stall or a crash is a fault that lets a settle time pass over a run in the middle of its work: a crash is a stall that
never ends. That an answer comes too late, and that the list lags within the settle time, is free.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, combinations
from typing import Any, NamedTuple, TypeAlias

from tests.dispatch.provider import Provider
from tests.dispatch.tape import LAST_LOOK, SETTLE, Ended, Op, Stage, Suspended, Tape

LIST = "/v2/batches/list"
Play: TypeAlias = Callable[[tuple[Any, ...], Callable[[Op], Any]], Op | Ended]


class Create(NamedTuple):
    """A create request, and which run sent it."""

    path: str
    body: bytes
    sender: int


class Shelf:
    """What a store holds, as a chain of creations: to roll back is to go back along it."""

    def __init__(self, before: "Shelf | None" = None, name: str = "", data: bytes = b"") -> None:
        self.before, self.name, self.data = before, name, data
        self._after: dict[tuple[str, bytes], Shelf] = {}

    def create(self, name: str, data: bytes) -> "Shelf":
        """The shelf with one thing more."""
        if (name, data) not in self._after:
            self._after[name, data] = Shelf(self, name, data)
        return self._after[name, data]

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """Everything on it by its name."""
        return {**self.before.contents, self.name: self.data} if self.before else {}

    def earlier(self) -> Iterator["Shelf"]:
        """The shelves of the past, but for those on which only a file of keys was just put."""
        shelf = self.before
        while shelf:
            if "/keys/" not in shelf.name:
                yield shelf
            shelf = shelf.before


class Books:
    """What the provider took, as a chain of creates, and from which run each came."""

    def __init__(self, before: "Books | None" = None, create: Create | None = None) -> None:
        self.before, self.create = before, create
        self._after: dict[Create, Books] = {}

    def take(self, create: Create) -> "Books":
        """The books with one batch more."""
        if create not in self._after:
            self._after[create] = Books(self, create)
        return self._after[create]

    @cached_property
    def chain(self) -> tuple[Create, ...]:
        """Every create, oldest first."""
        return (*self.before.chain, self.create) if self.before and self.create else ()

    @cached_property
    def provider(self) -> Provider:
        """The sandbox that took them."""
        return Provider([(create.path, create.body) for create in self.chain])


class Node:
    """A run after what it has seen: what it wants to do next, or how it ended."""

    next: Op | Ended | None = None
    """What it does next, once that is found out."""

    def __init__(self, play: Play, before: "Node | None" = None, seen: Any = None) -> None:
        self._play, self.before, self.seen = play, before, seen
        self._after: dict[Any, Node] = {}

    def see(self, seen: Any) -> "Node":
        """The run after it has seen the answer to its next operation."""
        after = self._after.get(seen)
        if after is None:
            after = self._after[seen] = Node(self._play, self, seen)
        return after

    def find_out(self, answer: Callable[["Node"], tuple[Any] | None]) -> None:
        """Play the run on, as long as there is an answer, and keep what it does on the way."""
        at = self

        def live(op: Op) -> Any:
            nonlocal at
            at.next = op
            seen = answer(at)
            if seen is None:
                raise Suspended(op)
            at = at.see(*seen)
            return seen[0]

        end = self._play(self.past, live)
        if isinstance(end, Ended):
            at.next = end

    @cached_property
    def past(self) -> tuple[Any, ...]:
        """All that it has seen."""
        return (*self.before.past, self.seen) if self.before else ()

    @cached_property
    def kind(self) -> str:
        """The kind of what it does next; empty when it has ended."""
        return self.next.kind if isinstance(self.next, Op) else ""

    @cached_property
    def section(self) -> int:
        """How many settle times it has begun and ended."""
        if self.before is None:
            return 0
        slept = self.before.kind == "sleep"
        return self.before.section + slept + (self.kind == "sleep")

    @property
    def in_the_gap(self) -> bool:
        """Whether all that is left to do is to look at the clock, and to give the last byte away."""
        return self.kind == "post" or self.next == LAST_LOOK


DONE = Node(lambda _past, _live: Ended())
"""A run that has ended, one way or another."""
DONE.next = Ended()


class Sleep(NamedTuple):
    """A settle time under way: how many creates there were when it began, and where everybody else was."""

    creates: int
    others: tuple[tuple[int, Node], ...]


class Run(NamedTuple):
    """A run of apply: `late` says that a whole settle time passed since its last step."""

    node: Node
    started: bool = False
    sleep: Sleep | None = None
    stalled: bool = False
    late: bool = False

    @property
    def moving(self) -> bool:
        """Whether it is on its way."""
        return self.started and not self.stalled and bool(self.node.kind)


class State(NamedTuple):
    """Everything. `listed` are the numbers of the batches that the provider's list shows by now."""

    shelf: Shelf
    books: Books
    listed: frozenset[int]
    runs: tuple[Run, ...]
    rolled_back: bool = False


class Move(NamedTuple):
    """A step that could come next, how many faults it takes, and where it leads."""

    faults: int
    name: str
    state: State


class Rules(NamedTuple):
    """How many runs there are, how many of them may be under way at once, and which faults there are."""

    runs: int = 3
    at_once: int = 2
    lock: bool = False
    """One at a time, until it ends or dies."""
    rollback: bool = True
    late_delivery: bool = False
    """A request or the list may take longer than the settle time: outside of what the protocol relies on."""


def begin(stage: Stage, program: Callable[..., Any], rules: Rules, shelf: Shelf) -> State:
    """The world before the first run."""

    def player(runner: int) -> Play:
        return lambda past, live: stage.play(program, runner, Tape(past, live))

    runs = tuple(Run(Node(player(runner))) for runner in range(rules.runs))
    state = State(shelf, Books(), frozenset(), runs)
    for runner in range(rules.runs):
        (state,) = (move.state for move in _hurry(state, runner))
    return state


def moves(state: State, rules: Rules) -> Iterator[Move]:
    """Every step that could come next."""
    for runner, run in enumerate(state.runs):
        if not run.node.kind:
            continue
        if not run.started:
            for faults, at in _starts(state, runner, rules):
                yield from (Move(move.faults + faults, *move[1:]) for move in _step(at, runner))
            break
        if run.sleep:
            yield from _wake(state, runner, rules)
        else:
            yield from _step(state, runner)
    if rules.rollback and any(run.node.kind for run in state.runs):
        for shelf in state.shelf.earlier():
            yield Move(
                1,
                f"the state is rolled back to {shelf.name or 'nothing'}",
                state._replace(shelf=shelf, rolled_back=True),
            )


# ----------------------------------------------------------------------


def _starts(state: State, runner: int, rules: Rules) -> Iterator[tuple[int, State]]:
    """The states in which a further run may start: another may have to be stalled or dead for that."""
    moving = [other for other, run in enumerate(state.runs) if run.moving]
    if len(moving) < (1 if rules.lock else rules.at_once):
        yield 0, _with_run(state, runner, started=True)
        return
    for other in moving:
        gone = {"node": DONE, "sleep": None} if rules.lock else {"stalled": True}
        yield 1, _with_run(_with_run(state, other, **gone), runner, started=True)


def _with_run(state: State, runner: int, **changes: Any) -> State:
    runs = list(state.runs)
    runs[runner] = runs[runner]._replace(**changes)
    return state._replace(runs=tuple(runs))


def _see(state: State, runner: int, seen: Any) -> State:
    before = state.runs[runner]
    return _with_run(state, runner, node=before.node.see(seen), sleep=None, stalled=False)


def _wake(state: State, runner: int, rules: Rules) -> Iterator[Move]:
    """The end of a settle time: whoever was on the way when it began got further, or is stalled."""
    sleep = state.runs[runner].sleep
    assert sleep is not None
    faults = 0
    for other, node in sleep.others:
        run = state.runs[other]
        behind = bool(run.node.kind) and run.node.section == node.section
        if behind:
            faults += not run.stalled
            state = _with_run(state, other, stalled=True, late=run.late or run.node is node)
    due = set(range(sleep.creates))
    for other in (other for other, node in sleep.others if node.in_the_gap):
        later = range(sleep.creates, len(state.books.chain))
        due |= {next((number for number in later if state.books.chain[number].sender == other), 0)}
    due &= set(range(len(state.books.chain)))
    for late in _subsets(due - state.listed) if rules.late_delivery else [()]:
        listed = state._replace(listed=state.listed | (due - set(late)))
        cost = faults + len(late)
        yield from _then(
            listed, runner, cost, f"{_name(runner)} has slept" + (f", {cost} faults" if cost else ""), None
        )


def _step(state: State, runner: int) -> Iterator[Move]:
    """The next operation of a run, with everything that may come of it."""
    run = state.runs[runner]
    op = run.node.next
    assert isinstance(op, Op)
    name = f"{_name(runner)}: {op.kind} {op.name}"
    contents = state.shelf.contents
    if op.kind == "post":
        yield from _post(state, runner, op)
    elif op.kind == "get" and op.name.startswith(LIST):
        for shown in _subsets(set(range(len(state.books.chain))) - state.listed):
            after = state._replace(listed=state.listed | set(shown))
            answer = state.books.provider.get(op.name, after.listed)
            yield from _then(after, runner, 0, f"{name} shows {sorted(after.listed)}", answer)
    elif op.kind == "create" and op.name not in contents:
        yield from _then(state._replace(shelf=state.shelf.create(op.name, op.data)), runner, 0, name, True)
    else:
        yield from _then(_put(state, op), runner, 0, name, _answer(state, run, op))


def _answer(state: State, run: Run, op: Op) -> Any:  # noqa: PLR0911 - a line for each kind of operation
    contents = state.shelf.contents
    match op.kind:
        case "names":
            return tuple(sorted(name for name in contents if name.startswith(op.name)))
        case "read":
            return contents.get(op.name)
        case "create":
            return False
        case "now":
            return SETTLE if run.late else 0.0
        case "get":
            return state.books.provider.get(op.name, state.listed)
        case _:
            return None


def _put(state: State, op: Op) -> State:
    for name, data in op.data if op.kind == "put" else ():
        if name not in state.shelf.contents:
            state = state._replace(shelf=state.shelf.create(name, data))
    return state


def _post(state: State, runner: int, op: Op) -> Iterator[Move]:
    """A create: answered, answered too late, or lost. Any other action is just answered."""
    name = f"{_name(runner)}: POST"
    if not op.name.endswith(("/create", "/v1/batches")):
        yield from _then(state, runner, 0, f"{name} {op.name}", state.books.provider.ask("POST", op.name))
        return
    taken = state._replace(books=state.books.take(Create(op.name, op.data, runner)))
    yield from _then(taken, runner, 0, f"{name} is answered", taken.books.provider.created[-1])
    yield from _then(taken, runner, 0, f"{name} is taken, and the answer comes too late", None)
    yield from _then(state, runner, 1, f"{name} is lost", None)


def _then(state: State, runner: int, faults: int, name: str, seen: Any) -> Iterator[Move]:
    """What follows when a run has seen an answer: whatever commutes with all that others do is done at once."""
    gap = state.runs[runner].node.kind == "now"
    for move in _hurry(_see(state, runner, seen), runner, gap=gap):
        yield Move(faults + move.faults, name + move.name, move.state)


def _hurry(state: State, runner: int, *, gap: bool = False) -> Iterator[Move]:
    """Do what others cannot influence any more: what is read of a name that exists, a create that comes too late, …"""
    run = state.runs[runner]
    if run.node.next is None:
        _find_out(state, run)
    op = run.node.next
    if not isinstance(op, Op):
        yield Move(0, "", _with_run(state, runner, node=DONE if op.crash is None else run.node))
    elif op.kind == "sleep":
        others = (
            (other, run.node)
            for other, run in enumerate(state.runs)
            if other != runner and run.started and run.node.kind
        )
        yield Move(0, "", _with_run(state, runner, sleep=Sleep(len(state.books.chain), tuple(others)), late=False))
    elif op.kind == "post" and gap:
        yield from (Move(move.faults, f", {move.name}", move.state) for move in _post(state, runner, op))
    elif _commutes(state, run.node, op):
        seen = _answer(state, run, op)
        yield from _hurry(_see(_put(state, op), runner, seen), runner)
    else:
        yield Move(0, "", state)


def _find_out(state: State, run: Run) -> None:
    """Play a run on to where others can influence it."""

    def answer(node: Node) -> tuple[Any] | None:
        nonlocal state
        assert isinstance(node.next, Op)
        if not _commutes(state, node, node.next):
            return None
        seen = _answer(state, run, node.next)
        state = _put(state, node.next)
        return (seen,)

    run.node.find_out(answer)


def _commutes(state: State, node: Node, op: Op) -> bool:
    match op.kind:
        case "read" | "create":
            return op.name in state.shelf.contents
        case "now":
            return not node.in_the_gap
        case "get":
            return not op.name.startswith(LIST) or not op.name.endswith("skip=0")
        case kind:
            return kind == "put"


def _subsets(numbers: set[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(sorted(numbers), length) for length in range(len(numbers) + 1))


def _name(runner: int) -> str:
    return "ABCDEFGH"[runner]
