"""Work shared among processes gives what one process gives."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.operations.calls.shares import WORTH_A_PROCESS, map_shared


@settings(deadline=None)
@given(st.lists(st.text()), st.integers(1, 4))
def test_results_are_those_of_one_process_in_the_same_order(items, processes):
    assert map_shared(str.upper, items, processes) == [item.upper() for item in items]


def test_few_things_stay_in_this_process():
    assert set(map_shared(lambda _item: os.getpid(), range(WORTH_A_PROCESS))) == {os.getpid()}


def test_many_things_are_shared_evenly():
    assert [len(set(map_shared(lambda _item: os.getpid(), range(8), processes))) for processes in (1, 2, 3)] == [
        1,
        2,
        3,
    ]


def test_what_another_process_could_not_do_is_done_here():
    here = os.getpid()

    def dies_elsewhere(item):
        if os.getpid() != here:
            os._exit(1)
        return item

    assert map_shared(dies_elsewhere, range(10), 2) == list(range(10))


def test_errors_come_from_here():
    with pytest.raises(ZeroDivisionError):
        map_shared(lambda item: 1 // (item - 3), range(6), 2)


def test_large_results_do_not_block():
    assert [len(text) for text in map_shared(lambda item: "x" * item * 100_000, range(6), 2)] == [
        item * 100_000 for item in range(6)
    ]
