"""The logs of a run to which several workers write at a time."""

import threading
from datetime import UTC, datetime
from functools import partial

import pytest

from bland_deploy.errors import DeployError
from bland_deploy.model.entries import Receipt, Sending, Void
from bland_deploy.operations.book import Less, claim_anew, claim_less, give_back, open_book, write_end, write_sending
from bland_deploy.operations.world import World
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.log import LostRace, open_log, record
from bland_deploy.state.several import one_by_one
from bland_deploy.state.store import StoreFailed
from tests.state.building import AT, CAMPAIGN, begun, with_claim

WORLD = World(None, None, lambda: datetime(2026, 3, 2, 15, tzinfo=UTC), lambda _seconds: None, 0.0, "someone@example")


class Gate(MemoryStore):
    """A store that keeps writers of entries waiting until it is opened."""

    def __init__(self):
        super().__init__()
        self.open, self.tried = threading.Event(), threading.Event()
        self.open.set()
        self.groups = []

    def create_in_turn(self, files):
        self.groups.append(len(files))
        return super().create_in_turn(files)

    def create(self, name, data):
        self.tried.set()
        assert self.open.wait(30)
        return super().create(name, data)


@pytest.fixture
def store():
    return Gate()


@pytest.fixture
def claimed(store):
    return with_claim(begun(store), [1], [2], [3], [4])


def all_at_once(book, attempts):
    """What each of several workers is told who come to send while the first one writes."""
    told = {}

    def work(attempt):
        try:
            write_sending(book, CAMPAIGN, attempt, WORLD)
        except DeployError as problem:
            told[attempt] = problem
        else:
            told[attempt] = None

    in_turn(book, [partial(work, attempt) for attempt in attempts])
    return told


def in_turn(book, works):
    """Let the first worker write while the others come to wait, one after the other."""
    store = book.logs[CAMPAIGN].store
    workers = [threading.Thread(target=work) for work in works]
    store.open.clear()
    store.tried.clear()
    workers[0].start()
    assert store.tried.wait(30)
    for number, worker in enumerate(workers[1:], start=1):
        worker.start()
        while sum(map(len, book.waiting.values())) < number:
            assert worker.is_alive()
    store.open.set()
    for worker in workers:
        worker.join()


def test_those_who_wait_share_one_entry(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    assert all_at_once(book, attempts) == dict.fromkeys(attempts)
    first, rest = (set(entry.attempts) for entry in open_log(store, CAMPAIGN).entries[1:])
    assert (first, rest) == ({attempts[0]}, set(attempts[1:]))


def test_ends_and_sending_that_wait_go_to_the_store_together(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    write_sending(book, CAMPAIGN, attempts[1], WORLD)
    ends = [Receipt(at=AT, attempt=attempts[1], batch_id="b"), Void(at=AT, attempt=attempts[2], reason="refused")]
    works = [
        lambda: write_sending(book, CAMPAIGN, attempts[0], WORLD),
        *(partial(write_end, book, CAMPAIGN, entry) for entry in ends),
        lambda: write_sending(book, CAMPAIGN, attempts[3], WORLD),
    ]
    in_turn(book, works)
    assert store.groups[-1] == 2
    entries = open_log(store, CAMPAIGN).entries[1:]
    assert [entry.kind for entry in entries] == ["sending", "sending", "receipts", "void"]
    assert [*one_by_one(entries[2:3])] == [ends[0], Sending(at=AT, attempts=(attempts[3],))]


def test_receipts_that_wait_share_one_entry(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    for attempt in attempts:
        write_sending(book, CAMPAIGN, attempt, WORLD)
    receipts = [Receipt(at=AT, attempt=attempt, batch_id=f"b-{attempt}") for attempt in attempts]
    in_turn(book, [partial(write_end, book, CAMPAIGN, receipt) for receipt in receipts])
    first, rest = open_log(store, CAMPAIGN).entries[-2:]
    assert (first, [*one_by_one([rest])]) == (receipts[0], receipts[1:])
    assert book.logs[CAMPAIGN] == open_log(store, CAMPAIGN)


class Broken(BaseException):
    """Nothing that anybody expects, as an interrupt is."""


def test_those_who_wait_hear_of_a_writer_that_breaks_down_and_the_next_one_writes(store, claimed):
    log, attempts = claimed
    book, told = open_book({CAMPAIGN: log}, 4), {}
    create = store.create_in_turn

    def break_down_on_three(files):
        if len(book.logs[CAMPAIGN].entries) == 2 and not told:
            raise Broken
        return create(files)

    def work(attempt):
        try:
            write_sending(book, CAMPAIGN, attempt, WORLD)
        except (Broken, StoreFailed) as problem:
            told[attempt] = str(problem) or "broken"

    store.create_in_turn = break_down_on_three
    in_turn(book, [partial(work, attempt) for attempt in attempts])
    assert told == {attempts[1]: "broken", **dict.fromkeys(attempts[2:], "whoever wrote to the log broke down")}
    for attempt in attempts[1:]:
        write_sending(book, CAMPAIGN, attempt, WORLD)
    kinds = [entry.kind for entry in open_log(store, CAMPAIGN).entries]
    assert kinds == ["claim", "sending", "sending", "sending", "sending"]


def test_the_void_of_one_stops_no_other(store, claimed):
    log, attempts = claimed
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[2], reason="another run"))
    book = open_book({CAMPAIGN: log}, 4)
    told = all_at_once(book, attempts)
    assert [attempt for attempt in attempts if told[attempt] is not None] == [attempts[2]]
    sending = {
        attempt for entry in open_log(store, CAMPAIGN).entries if entry.kind == "sending" for attempt in entry.attempts
    }
    assert sending == set(attempts) - {attempts[2]}


def test_what_was_not_sent_is_given_back_in_one_entry(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    write_sending(book, CAMPAIGN, attempts[0], WORLD)
    give_back(book, CAMPAIGN, [Void(at=AT, attempt=attempt, reason="over") for attempt in attempts[1:]])
    entry = open_log(store, CAMPAIGN).entries[-1]
    assert (entry.kind, entry.attempts, entry.reason) == ("voids", tuple(attempts[1:]), "over")


def test_what_another_run_sent_is_not_given_back_and_the_rest_is(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    others = record(open_log(store, CAMPAIGN), Sending(at=AT, attempts=(attempts[1],)))
    record(others, Receipt(at=AT, attempt=attempts[1], batch_id="theirs"))
    give_back(book, CAMPAIGN, [Void(at=AT, attempt=attempt, reason="over") for attempt in attempts])
    phases = [attempt.phase for attempt in open_log(store, CAMPAIGN).standing.attempts.values()]
    assert phases == ["void", "sent", "void", "void"]


def end(book, attempt, **kind):
    entry = Receipt(at=AT, attempt=attempt, batch_id="b") if not kind else Void(at=AT, attempt=attempt, **kind)
    return write_end(book, CAMPAIGN, entry)


def test_own_entries_are_nobody_elses(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    write_sending(book, CAMPAIGN, attempts[0], WORLD)
    assert end(book, attempts[0]) == 0
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[3], reason="another run"))
    assert end(book, attempts[1], reason="refused") == 1


def test_after_somebody_else_wrote_nobody_is_claimed_anew(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 4)
    others = end(book, attempts[0], reason="refused")
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[3], reason="another run"))
    end(book, attempts[1], reason="refused")
    batch = Batch(attempts[0])
    with pytest.raises(LostRace):
        claim_anew(book, batch, others, WORLD)
    with pytest.raises(LostRace):
        claim_less(book, batch, Less(frozenset({"+14155550100"}), others), WORLD)


class Batch:
    """As much of a claimed batch as matters before anything is claimed."""

    def __init__(self, attempt):
        self.attempt, self.request = attempt, self
        self.campaign = CAMPAIGN
