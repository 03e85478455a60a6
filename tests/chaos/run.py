"""Chaos on demand: `python tests/chaos/run.py --applies 5000 [--seed N] [--processes 2] [--report FILE]`.

Tells stories with seeds N, N+1, … until so many applies were made by real processes, and writes a report with counts.
A story that goes wrong is named by its seed; `--story SEED` tells that one alone. Ends with 1 where any went wrong.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.chaos.story import tell
from tests.chaos.warm import warming


def write(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stories(applies, seed, processes, folder, say=write):
    """Tell stories until so many applies are made; what was told, in the order of the seeds."""
    seeds, made, lock, told = count(seed), [0], Lock(), []

    def work(number):
        with warming(Path(folder) / f"warm-{number}") as one, warming(Path(folder) / f"warm-{number}-too") as other:
            while made[0] < applies:
                with lock:
                    mine = next(seeds)
                story = tell(mine, Path(folder) / f"story-{mine}", (one, other))
                with lock:
                    made[0] += story.applies
                    told.append(story)
                for problem in story.wrong:
                    say(f"story {mine}: {problem}")

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(work, range(processes)))
    return sorted(told, key=lambda story: story.seed)


def report(told, took):
    """The counts of many stories."""
    faults, codes = Counter(), Counter()
    for story in told:
        faults.update(story.faults)
        codes.update(story.codes)
    return {
        "stories": len(told),
        "seeds": [told[0].seed, told[-1].seed],
        "applies": sum(story.applies for story in told),
        "several_at_a_time": sum(story.several_at_a_time for story in told),
        "faults": dict(sorted(faults.items())),
        "faults_in_all": sum(faults.values()),
        "exit_codes": {str(code): number for code, number in sorted(codes.items())},
        "people": sum(story.people for story in told),
        "rung": sum(story.rung for story in told),
        "held_before_reconcile": sum(story.held for story in told),
        "decisions": sum(story.reconciled for story in told),
        "double_rings": sum("times" in problem for story in told for problem in story.wrong),
        "wrong": {story.seed: story.wrong for story in told if story.wrong},
        "seconds": round(took, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applies", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--story", type=int, default=None)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--report", type=Path, default=None)
    asked = parser.parse_args()
    seed = next(number for number in (asked.story, asked.seed, time.time_ns() % 10**9) if number is not None)
    write(f"seed {seed}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = stories(
            1 if asked.story is not None else asked.applies, seed, 1 if asked.story else asked.processes, folder
        )
    found = report(told, time.monotonic() - began)
    text = json.dumps(found, indent=2)
    write(text)
    if asked.report:
        asked.report.write_text(text + "\n")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
