"""Measures the product as whole processes on made-up data, beside what the machine can do at all.

    python benchmarks/run.py                 everything, for a quarter of an hour
    python benchmarks/run.py --rows 10000,100000 --campaigns 100 --sends 500 --repeat 3

Quote the ratios: seconds say as much of the machine as of the product.
"""

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from data import make_big_list, make_campaigns, make_sends
from measure import Measured, measure, product, table

from bland_deploy.cli.app import COMMANDS

_BARE = [sys.executable, "-c", "pass"]
_STATE_KEY = {"BLAND_DEPLOY_STATE_KEY": "0" * 64}
_KEY = {"BENCHMARK_KEY": "sk-benchmark"}
_ROOT = Path(__file__).resolve().parents[1]
_MANY = 200_000
"""People on a list whose plan is measured so often as the rest; longer ones twice."""
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
    """Lint of many files, beside checkers of YAML that know nothing of prompts, lists and people."""
    make_campaigns(root, campaigns)
    cold = measure(product("lint", "--no-cache"), root, repeat)
    schema = ["--schemafile", str(_ROOT / "schemas/campaign.schema.json")]
    files = sorted((root / "campaigns").glob("*.yaml"))
    others = {"check-jsonschema": schema, "yamllint": ["-d", "relaxed", "--no-warnings"]}
    for name, arguments in others.items():
        checker = Path(sys.executable).with_name(name)
        if checker.exists():
            checked = measure([checker, *arguments, *files], root, min(repeat, 3))
            yield Line(f"{name}, {campaigns:,} campaigns", checked, "`lint`", cold)
    yield Line(f"`lint` of {campaigns:,} campaigns", cold, "", cold)
    warm = measure(product("lint"), root, repeat)
    yield Line(f"`lint` of {campaigns:,} campaigns again", warm, "the first time", cold)


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


def sends(root: Path, several: int) -> Iterator[Line]:
    """Many creates against a sandbox over HTTP that takes 50 ms to answer: 16 at a time, and a tenth of them singly."""
    with _served(root) as address:
        rates = {}
        for workers, amount in ((1, max(several // 10, 1)), (16, several)):
            folder = root / f"parallel-{workers}"
            make_sends(folder, amount, address, f"sends-{workers}")
            apply = product("apply", "--auto-approve", "-q", "--parallelism", str(workers))
            began = measure(product("plan"), folder, 0, environment=_STATE_KEY | _KEY).seconds
            done = measure(apply, folder, 0, environment=_STATE_KEY | _KEY)
            rates[workers] = amount / (done.seconds - began)
            yield Line(f"`apply` of {amount:,} creates, {workers} at a time", done, "", done)
        yield Line(
            f"creates a second, {rates[1]:.0f} singly and {rates[16]:.0f} with 16 at a time",
            Measured(rates[16] / rates[1], 0.0, 0.0),
            "singly",
            Measured(1.0, 0.0, 0.0),
        )


@contextmanager
def _served(root: Path) -> Iterator[str]:
    root.mkdir(parents=True)
    faults = root / "faults.yaml"
    faults.write_text("faults:\n  - {on: create, do: delay, seconds: 0.05}\n")
    served = product("sandbox", "serve", "--port", "0", "--db", str(root / "books.sqlite"), "--faults", str(faults))
    with subprocess.Popen(served, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def results(lines: list[Line]) -> dict[str, object]:
    """What was measured, as it is kept."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}",
        "machine": f"{processors} processors, {platform.machine()}, Python {platform.python_version()}",
        "lines": [
            {
                "what": line.what,
                "seconds": round(line.measured.seconds, 4),
                "processor_seconds": round(line.measured.processor_seconds, 4),
                "peak_mb": round(line.measured.peak_mb),
                "beside": line.beside,
                "ratio": round(line.measured.seconds / line.against.seconds, 2),
            }
            for line in lines
        ],
    }


def main() -> None:
    """Make the data, run everything, print the table."""
    parser = argparse.ArgumentParser(description="Measure bland-deploy as whole processes.")
    parser.add_argument("--rows", default="10000,100000,1000000", help="people on the long list, for each run of it")
    parser.add_argument("--campaigns", type=int, default=1_000, help="campaign files to lint")
    parser.add_argument("--sends", type=int, default=2_000, help="creates over HTTP")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, after one for the caches")
    parser.add_argument("--out", type=Path, help="keep the results in this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lines = [*start_up(root, given.repeat), *many_campaigns(root / "lint", given.campaigns, given.repeat)]
        for rows in map(int, given.rows.split(",")):
            lines += long_list(root / "plan", rows, given.repeat if rows <= _MANY else 1)
            shutil.rmtree(root / "plan")
        lines += sends(root / "sends", given.sends)
    found = results(lines)
    print("\n".join(table(found)))
    if given.out:
        given.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
