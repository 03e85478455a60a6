"""Looking at who must not be called by now, by several threads at a time."""

import threading

import pytest

from bland_deploy.errors import StateProblem
from bland_deploy.operations.guards.watch import InState, Lists, Stated, Watch
from bland_deploy.recipients.reach import Reach
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.store import StoreFailed

KEY = bytes(32)
CAMPAIGN = "hello"


class Desk(MemoryStore):
    """A store that keeps whoever reads waiting until it is opened, and counts them."""

    def __init__(self):
        super().__init__()
        self.open, self.asked, self.reads, self.broken = threading.Event(), threading.Event(), 0, False

    def names(self, prefix):
        self.reads += 1
        self.asked.set()
        assert self.open.wait(30)
        if self.broken:
            raise StoreFailed("the store cannot be read")
        return super().names(prefix)


class Asked(dict):
    """The lists of campaigns; tells each time somebody has asked for one."""

    def __init__(self, lists):
        super().__init__(lists)
        self.times = threading.Semaphore(0)

    def __getitem__(self, name):
        self.times.release()
        return super().__getitem__(name)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def asked(tmp_path):
    return Asked({CAMPAIGN: Lists(Stated("none", {}), (), Reach(tmp_path), {}, frozenset())})


@pytest.fixture
def watch(desk, asked):
    return Watch(asked, InState(desk, KEY))


def looking(watch, told):
    def work():
        try:
            told.append(watch.look(CAMPAIGN))
        except StateProblem as problem:
            told.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def all_at_once(watch, desk, asked):
    """What eight are told, seven of whom ask while the first one looks."""
    told = []
    threads = [looking(watch, told)]
    assert desk.asked.wait(30)
    threads += [looking(watch, told) for _ in range(7)]
    for _ in threads:
        assert asked.times.acquire(timeout=30)
    desk.open.set()
    for thread in threads:
        thread.join()
    return told


def test_all_who_ask_while_somebody_looks_share_the_next_look(watch, desk, asked):
    assert len(all_at_once(watch, desk, asked)) == 8
    assert desk.reads == 2


def test_a_look_that_began_before_one_asked_is_none(watch, desk):
    desk.open.set()
    for looks in (1, 2, 3):
        watch.look(CAMPAIGN)
        assert desk.reads == looks


def test_a_look_that_fails_serves_nobody(watch, desk, asked):
    desk.broken = True
    told = all_at_once(watch, desk, asked)
    assert [type(one) for one in told] == [StoreFailed] * 8
    desk.broken = False
    assert not watch.look(CAMPAIGN)
