"""A kill at every system call of `plan --out` and `apply` that changes something; applies until the end; a verdict.

`python tests/chaos/sweep.py --all` tries every point: for each kind of call, the first, the second, … until the command
ends by itself. Without `--all` it tries a sample. Needs strace, and that a process may be traced.
"""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from bland_deploy.sandbox.server import Options, serving
from tests.chaos.bench import SLOW, STATE_KEY
from tests.chaos.warm import warming
from tests.crashes.oracle import judge

PEOPLE = [f"+1415555017{digit}" for digit in range(3)]
CALLS = (
    *("openat", "open", "creat", "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "sync_file_range"),
    *("link", "linkat", "symlink", "symlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir", "ftruncate", "truncate", "fallocate", "chmod", "fchmod", "fchmodat"),
    *("flock", "fcntl", "socket", "connect", "sendto", "sendmsg", "recvfrom", "shutdown"),
)
CLEAN = {0, 8}
MOST_RUNS = 5
_DRAWING = Lock()
_COUNTED = re.compile(r"(\d+\s+)?(\w+)\(")


class Kind(NamedTuple):
    """What is killed: a command, towards the embedded sandbox or one over HTTP, in a generation of the API.

    `at_once` is how many batches it sends at a time.
    """

    command: str
    over: str
    api: str
    at_once: int = 1


KINDS = (
    Kind("apply", "embedded", "v2"),
    Kind("apply", "http", "v2"),
    Kind("apply", "http", "v1"),
    Kind("apply", "http", "v2", at_once=2),
    Kind("plan", "http", "v2"),
)


class Point(NamedTuple):
    """The `nth` system call of a kind of call that any thread makes, as strace counts them."""

    kind: Kind
    call: str
    nth: int


def why_not():
    """Why no process can be swept here, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"processes may not be traced here: {done.stderr.strip()}"


class Sweeper:
    """Tries points, each in a workspace and with an account of its own."""

    def __init__(self, folder, warm, provider):
        self.folder, self.warm, self.provider = Path(folder), warm, provider
        self.numbers = count()
        self.folder.mkdir()

    def workspace(self, kind):
        number = next(self.numbers)
        root = self.folder / f"workspace-{number}"
        campaign = f"{self.folder.name}-{number}"
        (root / "campaigns").mkdir(parents=True)
        (root / ".bland-deploy").mkdir(mode=0o700)
        (root / "key").write_text(f"sk-canary-{campaign}")
        address, served = self.provider
        remote = {"base_url": address, "api_key": {"file": "key"}, "state": "state"}
        environment = {"provider": "sandbox", "state": "state"} if kind.over == "embedded" else remote
        write(root / "bland-deploy.yaml", {"version": 1, "environments": {"one": environment}})
        rows = [{"phone_number": number, "name": "Canary-Zebulon"} for number in PEOPLE]
        campaign_file = {"version": 1, "campaign": campaign, "api": kind.api, "prompt": "Greet {{name}}."}
        split = {"size": 2 if kind.at_once == 1 else 1}
        write(root / "campaigns/one.yaml", campaign_file | {"split": split, "recipients": {"inline": rows}})
        books = root / ".bland-deploy/sandbox.sqlite" if kind.over == "embedded" else served
        if kind != KINDS[0]:  # the embedded sandbox makes its key by itself
            (root / ".bland-deploy/state.key").write_text(STATE_KEY)
            (root / ".bland-deploy/state.key").chmod(0o600)
        return root, campaign, books

    def traced(self, root, kind, *options):
        """Run the command under strace; how it ended."""
        gate = root / "gate"
        os.mkfifo(gate)
        opened = os.open(gate, os.O_RDWR)  # neither side waits for the other, whichever is killed
        apply = ["apply", "-y", "--parallelism", str(kind.at_once)]
        command = apply if kind.command == "apply" else ["plan", "--out", root / "saved.plan"]
        running = self.warm.start("-C", root, *command, gate=gate)
        strace = ["strace", "-f", "-p", str(running.pid), *options]
        with subprocess.Popen(strace, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as tracer:
            if b"attached" not in tracer.stderr.readline():
                raise RuntimeError("strace could not attach")
            os.write(opened, b"!")
            ended = running.wait()
            tracer.stderr.read()
        os.close(opened)
        return ended

    def count(self, kind):
        """How often a thread of the command makes each call at most, if nobody stops it."""
        root, *_ = self.workspace(kind)
        trace = root / "trace"
        ended = self.traced(root, kind, "-o", trace, "-e", "trace=" + ",".join(f"?{call}" for call in CALLS))
        assert ended.code == 0, ended
        lines = trace.read_text(errors="replace").splitlines()
        made = Counter(found.groups() for line in lines if (found := _COUNTED.match(line)) and found[2] in CALLS)
        most = Counter()
        for (_thread, call), times in made.items():
            most[call] = max(most[call], times)
        return most

    def attempt(self, point):
        """Whether the command was killed there, and everything that was wrong after the recovery."""
        root, campaign, books = self.workspace(point.kind)
        inject = f"inject={point.call}:signal=KILL:when={point.nth}"
        ended = self.traced(root, point.kind, "-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject)
        codes = [ended.code]
        wrong = [] if ended.code in {-9, 0} else [f"ended with {ended.code}: {ended.err}"]
        if point.kind.command == "plan":
            wrong += self.use_saved(root, killed=ended.code == -9)
        while len(codes) < MOST_RUNS and (len(codes) == 1 or codes[-1] not in CLEAN):
            codes.append(self.warm.run("-C", root, "apply", "-y").code)
        key = bytes.fromhex((root / ".bland-deploy/state.key").read_text().strip())
        wrong += judge(books, root / "state", campaign, PEOPLE, key=key, code=codes[-1])
        shutil.rmtree(root)
        return ended.code == -9, [f"{point}: {codes}: {problem}" for problem in wrong], codes[-1]

    def use_saved(self, root, *, killed):
        """A saved plan is whole or not there; and it can be saved again."""
        saved = root / "saved.plan"
        if saved.exists():
            done = self.warm.run("-C", root, "apply", saved)
            return [] if done.code == 0 else [f"a plan that was there could not be applied: {done.code} {done.err}"]
        if not killed:
            return ["no plan was saved"]
        again = self.warm.run("-C", root, "plan", "--out", saved)
        return [] if again.code == 0 else [f"the plan could not be saved again: {again.code} {again.err}"]


def write(path, content):
    path.write_text(json.dumps(content))


def sweep(folder, processes, chosen):
    """Try points, several at once. `chosen` picks from all of them, which are given by kind and call with their number.

    What `Told` says.
    """
    folder, told = Path(folder), Told()
    with contextlib.ExitStack() as stack:
        books = folder / "books.sqlite"
        address = stack.enter_context(serving(Options(port=0, db=books, speed=SLOW)))
        sweepers = [
            Sweeper(
                folder / f"sweep-{number}", stack.enter_context(warming(folder / f"warm-{number}")), (address, books)
            )
            for number in range(processes)
        ]
        for kind in KINDS:
            told.calls[kind] = sweepers[0].count(kind)
        points = iter(chosen([Point(kind, call, most) for kind in KINDS for call, most in told.calls[kind].items()]))
        with ThreadPoolExecutor(processes) as pool:
            list(pool.map(lambda sweeper: work(sweeper, points, told), sweepers))
    return told


class Told:
    """What a sweep found: calls that the commands make, points tried and killed at, last exit codes, what was wrong."""

    def __init__(self):
        self.calls, self.tried, self.killed, self.codes, self.wrong = {}, Counter(), Counter(), Counter(), []

    def report(self):
        return {
            "calls": {" ".join(map(str, kind)): sum(calls.values()) for kind, calls in self.calls.items()},
            "tried": sum(self.tried.values()),
            "killed": sum(self.killed.values()),
            "tried_by_call": dict(sorted(self.tried.items())),
            "last_exit_codes": {str(code): number for code, number in sorted(self.codes.items())},
            "wrong": self.wrong,
        }


def work(sweeper, points, told):
    while (point := next_of(points)) is not None:
        killed, wrong, code = sweeper.attempt(point)
        told.tried[point.call] += 1
        told.killed[point.call] += killed
        told.codes[code] += 1
        told.wrong += wrong


def next_of(points):
    """The next of what several threads draw from."""
    with _DRAWING:
        return next(points, None)


def sample(seed, size):
    """Picks so many points: the first and the last of each call of each command, and others by chance."""

    def chosen(last):
        every = [point._replace(nth=nth) for point in last for nth in range(1, point.nth + 1)]
        edges = {edge for point in last for edge in (point, point._replace(nth=1))}
        rest = [point for point in every if point not in edges]
        chance = random.Random(seed)
        drawn = chance.sample(rest, min(len(rest), max(0, size - len(edges)))) + sorted(edges)
        chance.shuffle(drawn)
        return drawn[:size]

    return chosen


def everything(last):
    """Every point, and one more of each call, where the command should end by itself."""
    return [point._replace(nth=nth) for point in last for nth in range(1, point.nth + 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--points", type=int, default=150)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--report", type=Path, default=None)
    asked = parser.parse_args()
    reason = why_not()
    if reason:
        sys.exit(reason)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        chosen = everything if asked.all else sample(asked.seed, asked.points)
        told = sweep(folder, asked.processes, chosen)
    found = told.report() | {"seed": asked.seed, "seconds": round(time.monotonic() - began, 1)}
    text = json.dumps(found, indent=2) + "\n"
    sys.stdout.write(text)
    if asked.report:
        asked.report.write_text(text)
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
