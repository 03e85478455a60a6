"""The console script: signals that come where Python would throw their exception away, and how it leaves."""

import subprocess
import sys

import pytest

DEAF = """
import signal, sys
sys.argv = ["bland-deploy", "rules"]
from bland_deploy.__main__ import main
try:
    main()
except SystemExit:
    pass

from bland_deploy.errors import ExitCode, SecondSignal

class Deaf:
    def __init__(self, number):
        self.number = number
    def __del__(self):
        signal.raise_signal(self.number)

def second(number, _frame):
    raise SecondSignal(ExitCode.TERMINATED if number == signal.SIGTERM else ExitCode.INTERRUPTED)

{handlers}
number = signal.{number}
try:
    Deaf(number)
    for _ in range(100):
        signal.sigtimedwait([], 0.3)
except BaseException as heard:
    print("heard", repr(heard), file=sys.stderr)
"""
USUAL = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # a job in the background begins without it
SECOND = "signal.signal(signal.SIGINT, second)\nsignal.signal(signal.SIGTERM, second)"


def deaf(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("handlers", "number", "heard"),
    [
        (USUAL, "SIGINT", "KeyboardInterrupt()"),
        (SECOND, "SIGINT", "SecondSignal(<ExitCode.INTERRUPTED: 130>)"),
        (SECOND, "SIGTERM", "SecondSignal(<ExitCode.TERMINATED: 143>)"),
    ],
)
def test_a_signal_that_comes_where_nothing_can_be_raised_comes_again(handlers, number, heard):
    ended = deaf(DEAF.format(handlers=handlers, number=number))
    assert ended.stderr == f"heard {heard}\n"


def test_other_failures_that_nobody_can_handle_are_shown():
    code = "from bland_deploy.__main__ import repeat_lost_signal\nimport sys\nsys.unraisablehook = repeat_lost_signal\n"
    ended = deaf(code + "class A:\n    def __del__(self): 1 / 0\nA()\n")
    assert "ZeroDivisionError" in ended.stderr


LEAVING = """
import sys
from bland_deploy.__main__ import main
class Cycle:
    def __del__(self):
        print("looked for cycles")
cycle = Cycle()
cycle.itself = cycle
sys.argv[1:] = ["rules"]
main()
"""


def test_a_run_that_is_over_is_not_looked_through_for_cycles():
    done = subprocess.run([sys.executable, "-c", LEAVING], capture_output=True, text=True, check=True)
    assert "looked for cycles" not in done.stdout + done.stderr
