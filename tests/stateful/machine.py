"""Weeks of a team with a campaign: people come and go, runs are started, paused, killed and overlap, answers get lost.

Runs are the real `apply` over a real store and the real sandbox, on tapes (see `tests/dispatch/tape.py`), so that one
can be left in the middle of its work and taken up again. The provider's list lags until somebody lets the settle time
pass. The state is only ever rolled back while no run is under way: that is what is promised without a lock.
"""

import json
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bland_deploy.errors import ExitCode
from bland_deploy.model.keys import new_attempt, new_lineage
from bland_deploy.operations.apply import apply
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.reading import examine
from tests.dispatch.campaigns import AIM, NAME, make_campaign, person
from tests.dispatch.provider import Provider
from tests.dispatch.tape import Ended, Stage, Suspended, Tape
from tests.dispatch.variants import variant

MOST_PEOPLE = 6
MOST_RUNS_AT_ONCE = 3
BATCH = 2
FOR_EVER = 10_000
LIMITED = (
    429,
    json.dumps({"data": None, "errors": [{"error": "RATE_LIMIT", "message": "Rate limit exceeded"}]}).encode(),
)
GATEWAY = (502, b"<html>Bad gateway</html>")
ANSWERS = ("answered", "answered", "late", "lost", "limited", "gateway")


@lru_cache(maxsize=256)
def work_for(people, round_, prompt):
    """The work of a campaign, made from its files once."""
    root = tempfile.mkdtemp(prefix="stateful-")
    try:
        return make_campaign(root, people, size=BATCH, round_=round_, prompt=prompt)
    finally:
        shutil.rmtree(root)


class Run:
    """An apply under way: what it has seen so far."""

    def __init__(self, number, program):
        self.number, self.program, self.past = number, program, []


class Weeks(RuleBasedStateMachine):
    """The machine; its rules are what may happen. `counts` is what was done and what came of it, over all its runs."""

    counts: ClassVar = Counter()
    replaced: ClassVar = {}

    def __init__(self):
        super().__init__()
        self.stage = Stage()
        self.apply = variant(apply, {new_attempt: self.stage.attempt, new_lineage: self.stage.lineage, **self.replaced})
        self.people, self.round, self.prompt = [person(100 + number) for number in range(3)], 1, "Hello."
        self.runs, self.started = [], 0
        self.provider, self.listed = Provider([]), set()
        self.rings, self.ended = Counter(), None
        self.history, self.lost, self.rolled_back = [], None, False
        self.folder, self.store = None, MemoryStore()
        self.counts["runs"] += 1

    @initialize(folder=st.booleans())
    def choose_a_store(self, folder):
        if folder:
            self.folder = Path(tempfile.mkdtemp(prefix="stateful-"))
        self.put_back({})

    # ---------------------------------------------------------------- people and files

    @rule(who=st.integers(100, 100 + MOST_PEOPLE - 1))
    def a_row_comes_or_goes(self, who):
        number = person(who)
        if number not in self.people:
            self.people.append(number)
        elif len(self.people) > 1:
            self.people.remove(number)

    @rule(order=st.randoms(use_true_random=False))
    def rows_are_put_in_another_order(self, order):
        order.shuffle(self.people)

    @rule()
    def the_prompt_is_edited(self):
        self.prompt += "!"

    @precondition(lambda self: self.round < 3)
    @rule()
    def a_new_round_is_begun(self):
        self.round += 1

    # ---------------------------------------------------------------- runs

    @precondition(lambda self: len(self.runs) < MOST_RUNS_AT_ONCE)
    @rule(
        operations=st.one_of(st.just(FOR_EVER), st.integers(0, 60)),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=3),
    )
    def apply_starts(self, operations, answers):
        self.started += 1
        work = work_for(tuple(self.people), str(self.round), self.prompt)
        run = Run(self.started, lambda world, asked: self.apply([work], AIM, world, asked, []))
        self.runs.append(run)
        self.let(run, operations, answers)

    @precondition(lambda self: self.runs)
    @rule(
        data=st.data(),
        operations=st.one_of(st.just(FOR_EVER), st.integers(1, 20)),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=3),
    )
    def a_run_goes_on(self, data, operations, answers):
        self.let(data.draw(st.sampled_from(self.runs)), operations, answers)

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def a_run_is_killed(self, data):
        self.runs.remove(data.draw(st.sampled_from(self.runs)))
        self.counts["killed"] += 1

    # ---------------------------------------------------------------- the provider and the store

    @rule()
    def the_settle_time_passes(self):
        self.listed = set(range(len(self.provider.ids)))

    @precondition(lambda self: not self.runs and len(self.history) > 1 and self.lost is None)
    @rule(data=st.data())
    def the_state_is_rolled_back(self, data):
        self.lost = self.contents(), len(self.provider.ids)
        at = data.draw(st.integers(0, len(self.history) - 2))
        self.put_back(self.history[at])
        del self.history[at + 1 :]
        self.rolled_back = True
        self.counts["rolled back"] += 1

    @precondition(lambda self: self.lost is not None and not self.runs)
    @rule()
    def somebody_brings_the_newest_state_back(self):
        contents, sent = self.lost
        if sent == len(self.provider.ids):
            self.put_back(contents)
            self.rolled_back = False
            self.counts["brought back"] += 1
        self.lost = None

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def nobody_is_rung_twice(self):
        twice = [who for who, times in self.rings.items() if times > 1]
        self.counts["double rings"] += len(twice)
        assert not twice, f"rung twice: {twice}"

    @invariant()
    def the_log_is_dense_and_chained(self):
        wrong = [problem.message for problem in examine(self.store, NAME) if problem.severity == "error"]
        assert not wrong, wrong

    def teardown(self):
        """The faults stop, and apply runs until it comes to rest: everybody is rung, or held and said so."""
        try:
            self.runs.clear()
            self.the_settle_time_passes()
            codes = [self.last_apply() for _ in range(3)]
            self.nobody_is_rung_twice()
            self.the_log_is_dense_and_chained()
            self.judge_the_end(codes[-1])
        finally:
            if self.folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    def judge_the_end(self, code):
        rung = sum(bool(self.rings[str(self.round), number]) for number in self.people)
        self.counts["people rung"] += sum(self.rings.values())
        if code == ExitCode.STATE:
            assert self.rolled_back
            self.counts["ends refused"] += 1
        elif code == ExitCode.UNKNOWN:
            self.counts["people held"] += len(self.people) - rung
            self.counts["ends held"] += 1
        else:
            assert (code, rung) == (ExitCode.DONE, len(self.people))
            self.counts["ends done"] += 1

    def last_apply(self):
        """An apply without faults; its exit code."""
        self.apply_starts(FOR_EVER, [])
        return self.ended.code

    # ---------------------------------------------------------------- how it works

    def let(self, run, operations, answers):
        """Let a run do so many operations; its creates meet these answers, then usual ones."""
        answers = list(answers)
        left = operations

        def live(op):
            nonlocal left
            if not left:
                raise Suspended(op)
            left -= 1
            seen = self.answer(op, answers)
            run.past.append(seen)
            return seen

        end = self.stage.play(run.program, run.number, Tape(tuple(run.past), live))
        if not isinstance(end, Ended):
            self.counts["paused"] += 1
            return
        if end.crash:
            raise end.crash
        self.ended = end
        self.counts[f"ended with {end.code}"] += 1
        self.runs.remove(run)

    def answer(self, op, answers):  # noqa: C901, PLR0911 - a line for each kind of operation
        """What the world says to an operation."""
        match op.kind:
            case "names" | "read" | "create":
                seen = getattr(self.store, op.kind)(*filter(None, op[1:]))
                if op.kind == "create" and seen:
                    self.history.append(self.contents())
                return tuple(seen) if op.kind == "names" else seen
            case "put":
                return self.store.put(dict(op.data))
            case "get":
                return self.provider.get(op.name, frozenset(self.listed))
            case "post" if op.name.endswith("/create"):
                return self.take(op, answers.pop(0) if answers else "answered")
            case "post":
                return self.provider.ask("POST", op.name)
            case "sleep":
                return self.the_settle_time_passes()
            case "now":
                return 0.0

    def take(self, op, answer):
        """A create, and what its sender hears of it."""
        self.counts[f"creates {answer}"] += 1
        if answer in {"lost", "limited"}:
            return LIMITED if answer == "limited" else None
        request = json.loads(op.data)
        stamp = request["global"]["metadata"]["bland_deploy"]
        recorded = sum(stamp["attempt"].encode() in data for data in self.contents().values())
        assert recorded >= 2, "a send without an earlier claim and `sending`"
        self.provider.post(op.name, op.data)
        for call in request["call_objects"]:
            self.rings[stamp["round"], call["phone_number"]] += 1
        return {"answered": self.provider.created[-1], "late": None, "gateway": GATEWAY}[answer]

    def contents(self):
        """All that the store holds."""
        return {name: self.store.read(name) for name in self.store.names("")}

    def put_back(self, contents):
        """Make the store hold this."""
        if self.folder:
            with suppress(FileNotFoundError):
                shutil.rmtree(self.folder / NAME)
            self.store = FileStore(self.folder, sync=lambda _descriptor: None)
        else:
            self.store = MemoryStore()
        self.store.put(contents)
        if not self.history:
            self.history.append(contents)
