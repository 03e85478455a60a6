"""A stream that several processes work on gives what one process gives."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.operations.calls.relay import map_along


@given(st.lists(st.binary(max_size=20), max_size=12), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_results_are_those_of_one_process_in_the_same_order(things, processes):
    assert list(map_along(bytes.upper, things, processes)) == [thing.upper() for thing in things]


def numbers(count):
    return [number.to_bytes(4) for number in range(count)]


def test_the_work_is_shared():
    used = list(map_along(lambda _thing: os.getpid(), numbers(9), 3))
    assert len(set(used)) == 3
    assert os.getpid() not in used
    assert used[:3] * 3 == used


def test_only_as_much_is_on_the_way_as_there_are_processes():
    read = []
    results = map_along(bytes.hex, (read.append(thing) or thing for thing in numbers(100)), 2)
    for count in range(1, 50):
        next(results)
        assert len(read) == count + 2
    results.close()


@pytest.mark.parametrize("ends", [lambda: os._exit(1), lambda: 1 // 0], ids=["dies", "fails"])
def test_what_another_process_could_not_do_is_done_here(ends):
    here = os.getpid()

    def ends_elsewhere(thing):
        if os.getpid() != here and thing[-1] > 3:
            ends()
        return thing

    assert list(map_along(ends_elsewhere, numbers(20), 2)) == numbers(20)


def test_errors_come_from_here():
    with pytest.raises(ZeroDivisionError):
        list(map_along(lambda thing: 1 // (thing[-1] - 3), numbers(6), 2))


def test_results_and_things_may_be_larger_than_a_pipe():
    things = [bytes([number]) * 300_000 for number in range(6)]
    assert list(map_along(lambda thing: thing * 2, things, 2)) == [thing * 2 for thing in things]


ENDED_EARLY = """
import os
from bland_deploy.operations.calls.relay import map_along

results = map_along(lambda thing: thing * 500_000, [number.to_bytes(4) for number in range(50)], 3)
next(results)
results.close()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("none is left")
"""


def test_no_process_is_left_however_it_ends():
    # in a process of its own: other tests may have children in this one
    done = subprocess.run([sys.executable, "-c", ENDED_EARLY], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("none is left\n", "")
