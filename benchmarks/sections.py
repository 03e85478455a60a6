"""What is measured, a section each: whole processes on made-up data, beside what the machine can do at all."""

import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from data import gate_big_list, make_big_list, make_campaigns, make_sends
from measure import Measured, Task, measure, product, take_turns

from bland_deploy.cli.app import COMMANDS

_BARE = [sys.executable, "-c", "pass"]
_STATE_KEY = {"BLAND_DEPLOY_STATE_KEY": "0" * 64}
_KEY = {"BENCHMARK_KEY": "sk-benchmark"}
_ROOT = Path(__file__).resolve().parents[1]
_PLAN = ("plan", "--at", "2026-03-01T14:30:00+00:00")
_SCRIPTS = Path(__file__).with_name("scripts.py")
_MANY = 200_000
"""People on a list that is measured so often as the rest; longer ones twice."""
_LONGEST = 2_000_000
"""People on a list beyond which only the plan is measured, once."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything is made, and how often it is measured."""

    rows: tuple[int, ...] = (10_000, 100_000, 1_000_000, 5_000_000)
    campaigns: int = 1_000
    sends: int = 10_000
    repeat: int = 5


class Line(NamedTuple):
    """A line of the table: what was measured (if more than a figure), the figure to quote, and what it is to be."""

    what: str
    measured: Measured | None
    figure: str = ""
    wanted: str = ""


def _times(one: Measured, other: Measured, beside: str) -> str:
    return f"{one.seconds / other.seconds:.2f} × {beside}"


def _plan_in(root: Path) -> Task:
    return Task(product(*_PLAN), root, _STATE_KEY)


def start_up(root: Path, size: Size) -> Iterator[Line]:
    """Commands that only say something, beside an interpreter that does nothing."""
    bare = measure(Task(_BARE, root), 2 * size.repeat)
    yield Line("bare interpreter", bare)
    for option, wanted in (("--version", "≤ 2"), ("--help", "≤ 5")):
        done = measure(Task(product(option), root), size.repeat)
        yield Line(f"`{option}`", done, _times(done, bare, "interpreter"), wanted)
    helps = {name: measure(Task(product(name, "--help"), root), size.repeat) for name in COMMANDS}
    slowest = max(helps, key=lambda name: helps[name].seconds)
    figure = _times(helps[slowest], bare, "interpreter")
    yield Line(f"`{slowest} --help` (the slowest)", helps[slowest], figure, "≤ 6")
    make_campaigns(root / "small", 1)
    planned = measure(_plan_in(root / "small"), size.repeat)
    yield Line("`plan` of one campaign with 10 people", planned, f"{planned.seconds * 1000:.0f} ms", "≤ 350 ms")


def many_campaigns(root: Path, size: Size) -> Iterator[Line]:
    """Lint of many files, beside checkers of YAML that know nothing of prompts, lists and people."""
    many = f"{size.campaigns:,} campaigns"
    make_campaigns(root, size.campaigns)
    schema = ["--schemafile", str(_ROOT / "schemas/campaign.schema.json")]
    files = sorted((root / "campaigns").glob("*.yaml"))
    others = {"check-jsonschema": (schema, "≥ 3"), "yamllint": (["-d", "relaxed", "--no-warnings"], "")}
    checkers = {name: Path(sys.executable).with_name(name) for name in others}
    there = [name for name, checker in checkers.items() if checker.exists()]
    tasks = [Task([checkers[name], *others[name][0], *files], root) for name in there]
    cold, *checked = take_turns([Task(product("lint", "--no-cache"), root), *tasks], min(size.repeat, 3))
    for name, done in zip(there, checked, strict=True):
        yield Line(f"{name}, {many}", done, _times(done, cold, "`lint`"), others[name][1])
    yield Line(f"`lint` of {many}", cold)
    warm = measure(Task(product("lint"), root), size.repeat)
    yield Line(f"`lint` of {many} again", warm, f"{warm.seconds:.2f} s", "≤ 0.3 s")


def long_lists(root: Path, size: Size) -> Iterator[Line]:
    """Plans of long lists, beside the script that somebody writes in half an hour, and beside the best one."""
    firsts: dict[int, Measured] = {}
    for rows in size.rows:
        for line, first in _long_list(root / str(rows), rows, size.repeat):
            yield line
            firsts[rows] = first
    yield from _growth(firsts)


def _long_list(root: Path, rows: int, repeat: int) -> Iterator[tuple[Line, Measured]]:
    people, goal, is_short = make_big_list(root, rows), rows == 1_000_000, rows <= _MANY
    named = f"`plan` of {rows:,} people"
    if rows > _LONGEST:
        first = measure(_plan_in(root), 0)
        yield Line(named, first, f"{first.peak_mb:.0f} MB"), first
        return
    applied = root / "applied"
    make_big_list(applied, rows)
    measure(Task(product("apply", "--auto-approve", *_PLAN[1:]), applied, _STATE_KEY), 0)
    scripts = [Task([sys.executable, _SCRIPTS, script, people], root) for script in ("optimum", "naive")]
    tasks = [_plan_in(root), _plan_in(applied), *scripts]
    first, again, best, naive = take_turns(tasks, repeat if is_short else 2, warm_up=is_short)
    yield Line(f"hand-written optimum, {rows:,} rows", best), first
    yield Line(named, first, _times(first, best, "optimum"), "≤ 1.6" if goal else ""), first
    yield Line(f"{named}, memory", None, f"{first.peak_mb:.0f} MB", "≤ 160 MB" if goal else ""), first
    yield Line(f"naive script, {rows:,} rows", naive, _times(naive, first, "`plan`"), "≥ 6" if goal else ""), first
    yield Line(f"{named}, all sent before", again, _times(again, first, "first"), "≤ 1" if goal else ""), first


def _growth(firsts: Mapping[int, Measured]) -> Iterator[Line]:
    """How time and memory grow from a million people to the longest list."""
    longest, million = max(firsts), 1_000_000
    if million in firsts and longest > million:
        one, other = firsts[million], firsts[longest]
        per_row = (other.peak_mb - one.peak_mb) * 1024 * 1024 / (longest - million)
        many = f"{longest:,} people beside {million:,}"
        wanted = f"≤ {1.1 * longest / million:.1f}"
        yield Line(f"`plan` of {many}, time", None, _times(other, one, f"{million:,}"), wanted)
        yield Line(f"`plan` of {many}, memory", None, f"{per_row:.0f} bytes a row", "≤ 100 bytes")


def gates(root: Path, size: Size) -> Iterator[Line]:
    """A plan with all that guards who is called, beside the same without."""
    rows = min(1_000_000, max(size.rows))
    for name in ("without", "with"):
        make_big_list(root / name, rows)
    gate_big_list(root / "with")
    without, gated = take_turns([_plan_in(root / "without"), _plan_in(root / "with")], 3)
    figure = _times(gated, without, "without")
    yield Line(f"`plan` of {rows:,} people, all gates on", gated, figure, "≤ 1.6")


def sends(root: Path, size: Size) -> Iterator[Line]:
    """Creates against a sandbox that takes 50 ms to answer, 16 at a time and a tenth singly; and larger ones."""
    with _served(root / "slow", "faults:\n  - {on: create, do: delay, seconds: 0.05}\n") as address:
        rates = {}
        for workers, amount in ((1, max(size.sends // 10, 1)), (16, size.sends)):
            done = _apply(root / f"parallel-{workers}", address, amount, 1, workers)
            rates[workers] = amount / done.seconds
            yield Line(f"{amount:,} creates, {workers} at a time", done, f"{rates[workers]:.0f} a second")
        yield Line("creates with 16 at a time", None, f"{rates[16] / rates[1]:.1f} × singly", "≥ 12")
    batches = max(size.sends // 10, 1)
    with _served(root / "quick", "faults: []\n") as address:
        done = _apply(root / "batches", address, 100 * batches, 100, 4)
        yield Line(f"`apply` of {batches:,} batches of 100 calls", done, f"{batches / done.seconds:.0f} a second")


def _apply(root: Path, address: str, people: int, batch: int, workers: int) -> Measured:
    """An apply, less the time that its plan takes."""
    make_sends(root, people, address, root.name, batch)
    environment = _STATE_KEY | _KEY
    began = measure(Task(product("plan"), root, environment), 0)
    apply = product("apply", "--auto-approve", "-q", "--parallelism", str(workers))
    done = measure(Task(apply, root, environment), 0)
    return replace(done, seconds=max(done.seconds - began.seconds, math.ulp(1.0)))


@contextmanager
def _served(root: Path, written: str) -> Iterator[str]:
    root.mkdir(parents=True)
    faults = root / "faults.yaml"
    faults.write_text(written)
    served = product("sandbox", "serve", "--port", "0", "--db", str(root / "books.sqlite"), "--faults", str(faults))
    with subprocess.Popen(served, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


SECTIONS: Mapping[str, Callable[[Path, Size], Iterator[Line]]] = {
    "start": start_up,
    "lint": many_campaigns,
    "sends": sends,  # which wait for the disk, before the long lists fill it
    "plan": long_lists,
    "gates": gates,
}
