"""Real processes of the command line that begin warm: forked, one at a time, from one that has imported everything.

Importing costs ten times what a small apply costs. A process of these is its own in all that is tested here: memory,
descriptors, locks, signals. Run as a script this file is the process that forks; `Warm` talks to it.
"""

import contextlib
import ctypes
import faulthandler
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).parents[2]
PATIENCE = 180
"""Seconds after which a command that has not ended is taken to hang."""

_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


class Ended(NamedTuple):
    """How a process ended (negative: by that signal), and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except json.JSONDecodeError:
            return None


class Running:
    """A process on its way."""

    def __init__(self, warm, pid, output):
        self.warm, self.pid, self.output = warm, pid, output

    def wait(self, seconds=None):
        """How it ended, or None where it has not after so many seconds. Without `seconds` none may hang."""
        hangs = not select.select([self.warm.answers], [], [], PATIENCE if seconds is None else seconds)[0]
        if hangs and seconds is not None:
            return None
        if hangs:
            self.signal(signal.SIGABRT)  # then it writes down where it stands
        code = self.warm.answer()["code"]
        out, err = (path.read_text(errors="replace") for path in self.output)
        if hangs:
            raise TimeoutError(f"a command hangs:\n{err}")
        return Ended(code, out, err)

    def signal(self, number):
        """Send a signal. A process is not reaped before the next one starts, so the id is still its own."""
        os.kill(self.pid, number)


class Warm:
    """Starts processes, one at a time."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # an interrupt can leave a lock of coverage's locked; and what is killed has no coverage to tell of
        unwanted = ("CI", "COVERAGE_")
        environment = {name: text for name, text in os.environ.items() if not name.startswith(unwanted)}
        with (self.folder / "trouble").open("wb") as trouble:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=trouble,
                bufsize=0,
                cwd=_ROOT,
                env=environment,
            )
        self.answers = self.process.stdout

    def start(self, *arguments, environment=None, gate=None):
        """Start a command line. With a `gate` (a FIFO) it begins once a byte can be read there."""
        output = (self.folder / "out", self.folder / "err")
        for path in output:
            path.write_bytes(b"")
        job = {
            "arguments": [str(argument) for argument in arguments],
            "environment": environment or {},
            "output": [str(path) for path in output],
            "gate": str(gate) if gate else None,
        }
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        return Running(self, self.answer()["pid"], output)

    def answer(self):
        line = self.answers.readline()
        if not line:
            raise RuntimeError((self.folder / "trouble").read_text())
        return json.loads(line)

    def run(self, *arguments, environment=None):
        return self.start(*arguments, environment=environment).wait()

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.answers.close()


@contextlib.contextmanager
def warming(folder):
    warm = Warm(folder)
    try:
        yield warm
    finally:
        warm.close()


def import_everything():
    import bland_deploy

    for module in pkgutil.walk_packages(bland_deploy.__path__, "bland_deploy."):
        if module.name.endswith("__main__"):
            continue
        with contextlib.suppress(ImportError):  # what is not installed is not needed
            importlib.import_module(module.name)


def warm_up():
    """What a first command loads late: data of phone numbers, patterns, templates."""
    from bland_deploy.cli.boundary import run

    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.redirect_stderr(io.StringIO()):
        run(["-C", str(_ROOT), "render", "renewal-reminder"])


def become(job):
    """Be the command line."""
    from bland_deploy.__main__ import repeat_lost_signal
    from bland_deploy.cli.boundary import run

    sys.unraisablehook = repeat_lost_signal
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, path in zip((1, 2), job["output"], strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_TRUNC), number)
    os.closerange(3, 64)
    faulthandler.enable(2)
    os.environ.update(job["environment"])
    if job["gate"]:
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
        os.read(os.open(job["gate"], os.O_RDONLY), 1)
    code = int(run(job["arguments"]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main():
    sys.path.insert(0, str(_ROOT))
    import_everything()
    warm_up()
    child = None
    for line in sys.stdin.buffer:
        if child is not None:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            try:
                become(json.loads(line))
            finally:  # a signal before the command line has begun
                os._exit(130)
        sys.stdout.write(json.dumps({"pid": child}) + "\n")
        sys.stdout.flush()
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        sys.stdout.write(json.dumps({"code": code}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
