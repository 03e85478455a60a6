"""Whole processes, run several times: how long they take and how much memory they need at most."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of several runs: seconds by the clock, seconds of the processors, and the peak of memory (MB)."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def measure(
    command: Sequence[str | Path], where: Path, repeat: int, expected: int = 0, environment: Mapping[str, str] = {}
) -> Measured:
    """Run a command so many times, after once for the caches. Stops the benchmark where it leaves with another code."""
    runs = [_run(command, where, expected, environment) for _ in range(repeat + 1)][min(repeat, 1) :]
    return Measured(*(statistics.median(values) for values in zip(*runs, strict=True)))


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


def _run(
    command: Sequence[str | Path], where: Path, expected: int, environment: Mapping[str, str]
) -> tuple[float, float, float]:
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
    if process.returncode != expected:
        sys.exit(f"{' '.join(map(str, command))} left with {process.returncode}:\n{errors.decode(errors='replace')}")
    size = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return seconds, used.ru_utime + used.ru_stime, size
