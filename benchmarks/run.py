"""Measures the product as whole processes on made-up data, beside what the machine can do at all.

    python benchmarks/run.py                      everything, for a quarter of an hour
    python benchmarks/run.py --only start,lint    some sections; the others stay as they were measured before
    python benchmarks/run.py --rows 10000,100000 --campaigns 100 --sends 500 --repeat 3 --out /tmp/results.json

What was measured is kept after each section in `benchmarks/results.json`, from which `scripts/generate` makes the
table of the README. Quote the ratios: seconds say as much of the machine as of the product.
"""

import argparse
import compileall
import datetime as dt
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import table
from sections import SECTIONS, Line, Size

_RESULTS = Path(__file__).with_name("results.json")
_PRODUCT = Path(__file__).resolve().parents[1] / "bland_deploy"


def kept(line: Line) -> dict[str, object]:
    """A line as it is kept."""
    measured = line.measured
    figures = {
        "seconds": round(measured.seconds, 4) if measured else None,
        "processor_seconds": round(measured.processor_seconds, 4) if measured else None,
        "peak_mb": round(measured.peak_mb) if measured else None,
    }
    return {"what": line.what, **figures, "figure": line.figure, "wanted": line.wanted}


def run(names: list[str], size: Size, results: Path, folder: Path) -> dict[str, Any]:
    """Measure these sections, and keep what was found after each; gives all that is kept.

    Their data stays in `folder`: for minutes after thousands of files were removed, making one took many times as long
    (seen on ext4).
    """
    found: dict[str, Any] = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {"sections": {}}
    for name in names:
        os.sync()  # what the section before left to be written would be waited for in this one
        (root := folder / name).mkdir()
        lines = []
        for line in SECTIONS[name](root, size):
            sys.stderr.write(f"{line.what}: {line.figure or (line.measured and f'{line.measured.seconds:.3f} s')}\n")
            lines.append(kept(line))
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        found["date"] = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
        found["machine"] = f"{processors} processors, {platform.machine()}, Python {platform.python_version()}"
        sections = {**found["sections"], name: lines}
        found["sections"] = {known: sections[known] for known in SECTIONS if known in sections}
        results.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def main() -> None:
    """Make the data, run everything, print the table."""
    usual = Size()
    parser = argparse.ArgumentParser(description="Measure bland-deploy as whole processes.")
    parser.add_argument("--only", default=",".join(SECTIONS), help="the sections to measure")
    parser.add_argument("--rows", default=",".join(map(str, usual.rows)), help="people on the long lists")
    parser.add_argument("--campaigns", type=int, default=usual.campaigns, help="campaign files to lint")
    parser.add_argument("--sends", type=int, default=usual.sends, help="creates over HTTP")
    parser.add_argument("--repeat", type=int, default=usual.repeat, help="runs of each, after one for the caches")
    parser.add_argument("--out", type=Path, default=_RESULTS, help="keep the results in this file")
    given = parser.parse_args()
    names = given.only.split(",")
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are: {', '.join(SECTIONS)}")
    compileall.compile_dir(_PRODUCT, quiet=1)  # as pip does, whatever PYTHONDONTWRITEBYTECODE says
    size = Size(tuple(map(int, given.rows.split(","))), given.campaigns, given.sends, given.repeat)
    with tempfile.TemporaryDirectory() as folder:
        found = run(names, size, given.out, Path(folder))
    sys.stdout.write("\n".join(table(found)) + "\n")


if __name__ == "__main__":
    main()
