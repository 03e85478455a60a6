"""Measures the product as whole processes on made-up data, beside what the machine can do at all.

    python benchmarks/run.py                 the table of the README's performance section
    python benchmarks/run.py --rows 1000000 --campaigns 100 --repeat 3

Quote the ratios: seconds say as much of the machine as of the product.
"""

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data import make_big_list, make_campaigns
from measure import Measured, measure, product

from bland_deploy.cli.app import COMMANDS

_BARE = [sys.executable, "-c", "pass"]
_STATE_KEY = {"BLAND_DEPLOY_STATE_KEY": "0" * 64}
_AT = ("--at", "2026-03-01T12:00:00+00:00")


class Line(NamedTuple):
    """A line of the table: what was measured, and against which of the others it counts."""

    what: str
    measured: Measured
    beside: str
    against: Measured


def start_up(root: Path, repeat: int) -> Iterator[Line]:
    """Commands that only say something, beside an interpreter that does nothing."""
    bare = measure(_BARE, root, repeat)
    yield Line("bare interpreter", bare, "", bare)
    yield Line("`--version`", measure(product("--version"), root, repeat), "interpreter", bare)
    yield Line("`--help`", measure(product("--help"), root, repeat), "interpreter", bare)
    helps = {name: measure(product(name, "--help"), root, repeat) for name in COMMANDS}
    slowest = max(helps, key=lambda name: helps[name].seconds)
    yield Line(f"`{slowest} --help` (the slowest)", helps[slowest], "interpreter", bare)
    make_campaigns(root / "small", 1)
    planned = measure(product("plan", *_AT), root / "small", repeat, environment=_STATE_KEY)
    yield Line("`plan` of one campaign with 10 people", planned, "interpreter", bare)


def many_campaigns(root: Path, campaigns: int, repeat: int) -> Iterator[Line]:
    """Lint of many files, beside an interpreter that does nothing."""
    make_campaigns(root, campaigns)
    bare = measure(_BARE, root, repeat)
    yield Line(f"`lint` of {campaigns:,} campaigns", measure(product("lint"), root, repeat), "interpreter", bare)


def long_list(root: Path, rows: int, repeat: int) -> Iterator[Line]:
    """Plans of a long list, beside the script that somebody writes in half an hour, and beside the best one."""
    people = make_big_list(root, rows)
    script = Path(__file__).with_name("scripts.py")
    best, naive = (measure([sys.executable, script, name, people], root, repeat) for name in ("optimum", "naive"))
    yield Line(f"hand-written optimum, {rows:,} rows", best, "", best)
    yield Line(f"naive script, {rows:,} rows", naive, "optimum", best)
    plan = product("plan", *_AT)
    first = measure(plan, root, repeat, environment=_STATE_KEY)
    yield Line(f"`plan` of {rows:,} people, first time", first, "optimum", best)
    measure(product("apply", "--auto-approve", *_AT), root, 0, environment=_STATE_KEY)
    again = measure(plan, root, repeat, environment=_STATE_KEY)
    yield Line(f"`plan` of {rows:,} people, all sent before", again, "optimum", best)


def table(lines: list[Line]) -> Iterator[str]:
    """The lines as Markdown."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"{processors} processors, {platform.machine()}, Python {platform.python_version()}"
    yield f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, {machine}; medians."
    yield ""
    yield "| what | seconds | of the processors | ratio | peak MB |"
    yield "|---|---:|---:|---:|---:|"
    for what, measured, beside, against in lines:
        ratio = f"{measured.seconds / against.seconds:.1f} × {beside}" if beside else ""
        seconds = f"{measured.seconds:.3f} | {measured.processor_seconds:.3f}"
        yield f"| {what} | {seconds} | {ratio} | {measured.peak_mb:.0f} |"


def main() -> None:
    """Make the data, run everything, print the table."""
    parser = argparse.ArgumentParser(description="Measure bland-deploy as whole processes.")
    parser.add_argument("--rows", type=int, default=100_000, help="people on the long list")
    parser.add_argument("--campaigns", type=int, default=1_000, help="campaign files to lint")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, after one for the caches")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lines = [
            *start_up(root, given.repeat),
            *many_campaigns(root / "lint", given.campaigns, given.repeat),
            *long_list(root / "plan", given.rows, given.repeat),
        ]
    print("\n".join(table(lines)))


if __name__ == "__main__":
    main()
