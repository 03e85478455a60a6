"""Results that are collected by processes which are killed again and again, judged by the sandbox's books.

    python -m tests.cli.interrupted --calls 100000 --kills 20

A campaign goes to a sandbox over HTTP. `bland-deploy results --details` is killed (SIGKILL) whenever so much more of it
was kept, at random, and started anew; a last one writes the file, which must hold every call of the books once.
"""

import argparse
import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from itertools import islice
from pathlib import Path

from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import KEY, Desk

# numbers that are set aside for works of fiction in Australia (ACMA) and in France (ARCEP)
BLOCKS = [f"+61{area}{exchange}" for area in "2378" for exchange in (5550, 7010)] + ["+3319900", "+3326191"]
KILL_AFTER = 0.002


def fictional(amount):
    """So many numbers that nobody can have."""
    return list(islice((f"{block}{line:04}" for block in BLOCKS for line in range(10_000)), amount))


def kept(file):
    """How much was kept so far: calls of lists, and those with details twice."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
            return books.execute("SELECT count(*) + coalesce(sum(detailed), 0) FROM calls").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def collect_though_killed(desk, marks):
    """Start collecting, kill it once so much is kept, for each of `marks`; how many were killed on their way."""
    command = [sys.executable, "-m", "bland_deploy", "-C", str(desk.workspace.root), "results", "--details", "-q"]
    environment = os.environ | {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    file = desk.workspace.root / ".bland-deploy" / "calls.sqlite"
    kills = 0
    for mark in marks:
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and kept(file) < mark:
                time.sleep(KILL_AFTER)
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
    return kills


def compared(written, books):
    """How what was written differs from the books: calls that are missing, there twice, or unheard of, and cents."""
    found = Counter(row["call_id"] for row in written)
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True)) as opened:
        there = dict(opened.execute("SELECT call_id, price FROM calls"))
    return {
        "missing": len(there.keys() - found.keys()),
        "twice": sum(often > 1 for often in found.values()),
        "unheard_of": len(found.keys() - there.keys()),
        "off_by_usd": round(abs(sum(float(row["price"] or 0) for row in written) - sum(there.values())), 2),
    }


def run(folder, calls, kills, seed):
    """The whole story; a report of what was found."""
    books, numbers = folder / "books.sqlite", fictional(calls)
    with serving(Options(port=0, db=books, speed=1_000_000)) as address:
        desk = Desk(folder / "w", address, books)
        rows = "".join(f"{number},P{at}\n" for at, number in enumerate(numbers))
        desk.workspace.write("people.csv", "phone_number,name\n" + rows)
        desk.workspace.hello(recipients={"file": "people.csv", "invalid_numbers": "send"}, split={"size": 500})
        assert desk.apply().code == 0
        assert desk.run("wait").code == 0
        marks = sorted(random.Random(seed).sample(range(1, 2 * calls), kills))
        begun = time.monotonic()
        killed = collect_though_killed(desk, marks)
        done = desk.run("results", "--details")
        seconds = time.monotonic() - begun
    assert done.code == 0, done.everything
    written = list(csv.DictReader(io.StringIO(done.out)))
    return {"seed": seed, "calls": len(written), "kills": killed, "seconds": round(seconds), **compared(written, books)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), asked.calls, asked.kills, asked.seed)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    right = found["calls"] == asked.calls and not any(found[key] for key in ("missing", "twice", "unheard_of"))
    sys.exit(not right or bool(found["off_by_usd"]))


if __name__ == "__main__":
    main()
