"""The whole proof by faults, on demand, as one command: stateful runs and applies by real processes, and a report.

    python -m tests.proof [--runs 10000] [--applies 5000] [--seed N] [--jobs 2] [--report FILE]

The work goes in shares, each in a process of its own with a seed that follows from N: what a search remembers of its
runs is forgotten with its process, so memory stays flat. The report has the counts of all shares together and, where
something went wrong, the command that shows it again. Ends with 1 then.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
RUNS_IN_A_SHARE = 500
APPLIES_IN_A_SHARE = 500
SEEDS_APART = 1000
"""Stories of one share have seeds one after the other: more than these are never needed for its applies."""
FAULTS = ("killed", "paused", "rolled back", "creates late", "creates lost", "creates limited", "creates gateway")
"""What the stateful machine counts as faults."""


class Share(NamedTuple):
    """A part of the work: of which kind, how much, and from which seed."""

    kind: str
    amount: int
    seed: int

    @property
    def command(self):
        script, amount = {"stateful": ("stateful/run.py", "--runs"), "chaos": ("chaos/run.py", "--applies")}[self.kind]
        return ["python", f"tests/{script}", amount, str(self.amount), "--seed", str(self.seed)]


def shares(runs, applies, seed):
    """All of the work in shares; the longest first."""
    return [
        *_shares("stateful", runs, RUNS_IN_A_SHARE, seed, 1),
        *_shares("chaos", applies, APPLIES_IN_A_SHARE, seed, SEEDS_APART),
    ]


def _shares(kind, amount, most, seed, apart):
    return [
        Share(kind, min(most, amount - begun), seed + apart * number)
        for number, begun in enumerate(range(0, amount, most))
    ]


def carry_out(share, folder):
    """What a share reports, and what it said where it failed."""
    path = Path(folder) / f"{share.kind}-{share.seed}.json"
    command = [sys.executable, *share.command[1:], "--report", str(path)]
    if share.kind == "chaos":
        command += ["--processes", "1"]
    ended = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wrong = "" if found and not ended.returncode else ended.stdout + ended.stderr
    return found, wrong


def merge(told):
    """The counts of all shares together; `told` are shares with what they reported and what went wrong."""
    stateful, chaos = Counter(), Counter()
    faults, wrong = Counter(), []
    for share, found, problem in told:
        if share.kind == "stateful":
            stateful.update(found.get("counts", {}))
        else:
            chaos.update({name: number for name, number in found.items() if name in _COUNTED})
            faults.update(found.get("faults", {}))
        if problem:
            wrong.append({"again": " ".join(share.command), "said": problem})
    faults.update({name: stateful[name] for name in FAULTS})
    return {
        "stateful runs": stateful["runs"],
        "applies by real processes": chaos["applies"],
        "faults injected": sum(faults.values()),
        "double rings": stateful["double rings"] + chaos["double_rings"],
        "people rung": stateful["people rung"] + chaos["rung"],
        "people held": stateful["people held"] + chaos["held_before_reconcile"],
        "faults": dict(sorted(faults.items())),
        "stateful": dict(sorted(stateful.items())),
        "chaos": dict(sorted(chaos.items())),
        "wrong": wrong,
    }


_COUNTED = ("stories", "applies", "people", "rung", "held_before_reconcile", "decisions", "double_rings")


def prove(runs, applies, seed, jobs):
    """Carry out all shares, so many at once; the report."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:

        def carry(share):
            found, wrong = carry_out(share, folder)
            sys.stderr.write(f"{'WRONG' if wrong else 'fine'}: {' '.join(share.command)}\n")
            sys.stderr.flush()
            return share, found, wrong

        told = list(pool.map(carry, shares(runs, applies, seed)))
    return {"seed": seed, "shares": len(told), "seconds": round(time.monotonic() - began), **merge(told)}


def main(arguments=None):
    """Prove, report, and end with 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000, help="stateful runs of up to 60 steps")
    parser.add_argument("--applies", type=int, default=5_000, help="applies by real processes")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=2, help="shares at once")
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args(arguments)
    seed = secrets.randbelow(10**9) if asked.seed is None else asked.seed
    sys.stderr.write(f"seed {seed}\n")
    report = prove(asked.runs, asked.applies, seed, asked.jobs)
    text = json.dumps(report, indent=1)
    sys.stdout.write(text + "\n")
    if asked.report:
        asked.report.write_text(text + "\n", encoding="utf-8")
    return 1 if report["wrong"] or report["double rings"] else 0


if __name__ == "__main__":
    sys.exit(main())
