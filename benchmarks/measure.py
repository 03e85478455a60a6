"""Whole processes, run several times: how long they take and how much memory they need at most."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of several runs: seconds by the clock, seconds of the processors, and the peak of memory (MB)."""

    seconds: float
    processor_seconds: float
    peak_mb: float


class Task(NamedTuple):
    """A command to be run, where, and what it finds in its environment beside the usual."""

    command: Sequence[str | Path]
    where: Path
    environment: Mapping[str, str] = {}


def measure(task: Task, repeat: int) -> Measured:
    """Run a command so many times, after once for the caches; or just once. Stops the benchmark where it fails."""
    return take_turns([task], max(repeat, 1), warm_up=repeat > 0)[0]


def take_turns(tasks: Sequence[Task], rounds: int, *, warm_up: bool = True) -> list[Measured]:
    """The same of several commands, round by round: so a machine that gets slower or faster does so for all of them."""
    runs = [[*map(_run, tasks)] for _ in range(rounds + warm_up)][warm_up:]
    return [
        Measured(*(statistics.median(values) for values in zip(*of_task, strict=True)))
        for of_task in zip(*runs, strict=True)
    ]


def product(*arguments: str) -> list[str]:
    """The command line of bland-deploy as users run it: by its console script, where that is installed."""
    script = Path(sys.executable).with_name("bland-deploy")
    return [str(script), *arguments] if script.exists() else [sys.executable, "-m", "bland_deploy", *arguments]


def table(results: Mapping[str, Any]) -> Iterator[str]:
    """Results as Markdown, of which the figures are what to quote."""
    yield f"{results['date']}, {results['machine']}; medians."
    yield ""
    yield "| what | seconds | of the processors | peak MB | figure | wanted |"
    yield "|---|---:|---:|---:|---:|---:|"
    for line in (line for lines in results["sections"].values() for line in lines):
        cells = (line["seconds"], line["processor_seconds"], line["peak_mb"], line["figure"], line["wanted"])
        yield f"| {line['what']} | {' | '.join('' if cell is None else str(cell) for cell in cells)} |"


def _run(task: Task) -> tuple[float, float, float]:
    command, where, environment = task
    variables = {name: value for name, value in os.environ.items() if not name.startswith("BLAND_") and name != "CI"}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=where, env={**variables, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} left with {process.returncode}:\n{errors.decode(errors='replace')}")
    size = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return seconds, used.ru_utime + used.ru_stime, size
