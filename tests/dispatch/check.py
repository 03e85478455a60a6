"""Searches deeper than the tests do, and prints what was found: states, steps, how things end, the first bad schedule.

python tests/dispatch/check.py [--faults 5] [--runs 4] [--lock | --no-rollback] [--fresh] [--rings-only] [--late]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.dispatch.search import Protocol, search
from tests.dispatch.world import Rules


def main():
    """Search, and end with 1 where something bad was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--faults", type=int, default=1)
    parser.add_argument("--lock", action="store_true", help="one run at a time, until it ends or dies")
    parser.add_argument("--no-rollback", action="store_true", help="the state is never rolled back")
    parser.add_argument("--late", action="store_true", help="requests and lists may take longer than the settle time")
    parser.add_argument("--fresh", action="store_true", help="begin without a log")
    parser.add_argument("--rings-only", action="store_true", help="do not ask how things end")
    chosen = parser.parse_args()
    rules = Rules(runs=chosen.runs, lock=chosen.lock, rollback=not chosen.no_rollback, late_delivery=chosen.late)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as root:
        protocol = Protocol(root)
        found = search(protocol, rules, chosen.faults, begun=not chosen.fresh, rings_only=chosen.rings_only)
    sys.stdout.write(f"{rules}, up to {chosen.faults} faults, {time.monotonic() - began:.0f} s\n{found}\n")
    return 1 if found.bad else 0


if __name__ == "__main__":
    sys.exit(main())
