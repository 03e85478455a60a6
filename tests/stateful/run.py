"""Runs the machine as often as wanted and writes what was done and what came of it, as JSON.

    python tests/stateful/run.py --runs 500 [--steps 60] [--seed N] [--report FILE]

The seed is printed; the same seed gives the same runs. A run that fails is made small, and its steps are printed as
code. The search remembers every choice that it ever made, so for many runs there is `tests/proof.py`, which goes on
with a fresh process and another seed every now and then.
"""

import argparse
import json
import secrets
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Weeks


def main():
    """Run, report, and end with 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args()
    start = secrets.randbits(32) if chosen.seed is None else chosen.seed
    sys.stderr.write(f"seed {start}\n")
    began, failure = time.monotonic(), None
    wanted = settings(
        max_examples=chosen.runs,
        stateful_step_count=chosen.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(start)(Weeks), settings=wanted)
    except Exception as found:  # noqa: BLE001 - whatever it is, it belongs into the report
        failure = repr(found)
        sys.stderr.write("\n".join(getattr(found, "__notes__", [])) + "\n")
    seconds = round(time.monotonic() - began)
    report = {"seed": start, "seconds": seconds, "failure": failure, "counts": dict(sorted(Weeks.counts.items()))}
    text = json.dumps(report, indent=1)
    sys.stdout.write(text + "\n")
    if chosen.report:
        chosen.report.write_text(text + "\n", encoding="utf-8")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
