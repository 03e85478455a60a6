"""The logs of a run to which several workers write at a time."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from bland_deploy.errors import DeployError
from bland_deploy.model.entries import Receipt, Sending, Void
from bland_deploy.operations.sending.book import (
    Less,
    claim_anew,
    claim_less,
    close_book,
    give_back,
    open_book,
    write_end,
    write_for_all,
    write_receipt,
    write_sending,
)
from bland_deploy.operations.sending.world import World
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


@contextmanager
def written(log):
    """A book of several workers, with its thread that writes; everything is written when the block is left."""
    book = open_book({CAMPAIGN: log}, 4)
    writer = threading.Thread(target=write_for_all, args=(book,))
    writer.start()
    try:
        yield book
    finally:
        close_book(book)
        writer.join(30)
        assert not writer.is_alive()


def all_at_once(book, attempts):
    """What each of several workers is told who come to send while the first entry is written."""
    told = {}

    def work(attempt):
        try:
            write_sending(book, CAMPAIGN, attempt, WORLD)
        except (DeployError, Broken) as problem:
            told[attempt] = problem
        else:
            told[attempt] = None

    in_turn(book, [partial(work, attempt) for attempt in attempts])
    return told


def in_turn(book, works):
    """Let the entry of the first worker be written while the others come to wait, one after the other."""
    store = book.logs[CAMPAIGN].store
    workers = [threading.Thread(target=work) for work in works]
    store.open.clear()
    store.tried.clear()
    workers[0].start()
    assert store.tried.wait(30)
    for number, worker in enumerate(workers[1:], start=1):
        worker.start()
        while book.wishes.qsize() < number:
            pass
    store.open.set()
    for worker in workers:
        worker.join()


def sent(attempt):
    return Receipt(at=AT, attempt=attempt, batch_id=f"b-{attempt}")


def test_those_who_wait_share_one_entry(store, claimed):
    log, attempts = claimed
    with written(log) as book:
        assert all_at_once(book, attempts) == dict.fromkeys(attempts)
    first, rest = (set(entry.attempts) for entry in open_log(store, CAMPAIGN).entries[1:])
    assert (first, rest) == ({attempts[0]}, set(attempts[1:]))


def test_ends_and_sending_that_wait_go_to_the_store_together(store, claimed):
    log, attempts = claimed
    receipt, void = sent(attempts[1]), Void(at=AT, attempt=attempts[2], reason="refused")
    with written(log) as book:
        write_sending(book, CAMPAIGN, attempts[1], WORLD)
        works = [
            lambda: write_sending(book, CAMPAIGN, attempts[0], WORLD),
            lambda: write_receipt(book, CAMPAIGN, receipt, lambda _problem: None),
            lambda: write_end(book, CAMPAIGN, void),
            lambda: write_sending(book, CAMPAIGN, attempts[3], WORLD),
        ]
        in_turn(book, works)
    assert store.groups[-1] == 2
    entries = open_log(store, CAMPAIGN).entries[1:]
    assert [entry.kind for entry in entries] == ["sending", "sending", "receipts", "void"]
    assert [*one_by_one(entries[2:3])] == [receipt, Sending(at=AT, attempts=(attempts[3],))]


def test_receipts_that_wait_share_one_entry(store, claimed):
    log, attempts = claimed
    receipts = [sent(attempt) for attempt in attempts]
    with written(log) as book:
        for attempt in attempts:
            write_sending(book, CAMPAIGN, attempt, WORLD)
        in_turn(book, [partial(write_receipt, book, CAMPAIGN, receipt, lambda _problem: None) for receipt in receipts])
    first, rest = open_log(store, CAMPAIGN).entries[-2:]
    assert (first, [*one_by_one([rest])]) == (receipts[0], receipts[1:])
    assert book.logs[CAMPAIGN] == open_log(store, CAMPAIGN)


def test_a_receipt_is_written_though_nobody_wants_anything_else(store, claimed):
    log, attempts = claimed
    heard = threading.Event()
    with written(log) as book:
        write_sending(book, CAMPAIGN, attempts[0], WORLD)
        write_receipt(book, CAMPAIGN, sent(attempts[0]), lambda _problem: heard.set())
        assert heard.wait(30)
    assert open_log(store, CAMPAIGN).standing.attempts[attempts[0]].phase == "sent"


@pytest.mark.parametrize("workers", [1, 4])
def test_a_receipt_is_durable_before_anybody_hears_of_it_and_before_the_next_last_byte(store, claimed, workers):
    log, attempts = claimed
    heard = []

    def hear(problem):
        ends = [attempt.phase for attempt in open_log(store, CAMPAIGN).standing.attempts.values()]
        heard.append((problem, ends[0]))

    with written(log) as book:
        book.workers = workers
        write_sending(book, CAMPAIGN, attempts[0], WORLD)
        write_receipt(book, CAMPAIGN, sent(attempts[0]), hear)
        write_sending(book, CAMPAIGN, attempts[1], WORLD)
        assert heard == [(None, "sent")]


def break_on(store, what, problem):
    """Let the store fail where an entry says this."""
    create = store.create_in_turn

    def break_down(files):
        if any(what.encode() in data for _, data in files):
            raise problem
        return create(files)

    store.create_in_turn = break_down


@pytest.mark.parametrize("at_once", [False, True])
def test_where_a_receipt_cannot_be_written_nothing_more_goes_out(store, claimed, at_once):
    log, attempts = claimed
    receipt, heard, refused = sent(attempts[0]), [], []
    break_on(store, receipt.batch_id, StoreFailed("the disk reports an error"))

    def refused_to(attempt):
        with pytest.raises(StoreFailed, match="reports an error"):
            write_sending(book, CAMPAIGN, attempt, WORLD)
        refused.append(attempt)

    with written(log) as book:
        write_sending(book, CAMPAIGN, attempts[0], WORLD)
        write = partial(write_receipt, book, CAMPAIGN, receipt, lambda problem: heard.append(str(problem)))
        if at_once:
            end = partial(write_end, book, CAMPAIGN, Void(at=AT, attempt=attempts[1], reason="refused"))
            in_turn(book, [end, write, partial(refused_to, attempts[2])])
        else:
            write()
            refused_to(attempts[2])
        refused_to(attempts[3])
    assert heard == ["the disk reports an error"]
    assert refused == [attempts[2], attempts[3]]


class Broken(BaseException):
    """Nothing that anybody expects, as an interrupt is."""


def test_those_who_wait_hear_of_a_writer_that_breaks_down_and_the_next_entry_is_written(store, claimed):
    log, attempts = claimed
    break_on(store, attempts[2], Broken())
    with written(log) as book:
        told = all_at_once(book, attempts)
        assert told.pop(attempts[0]) is None
        assert [type(problem) for problem in told.values()] == [Broken, Broken, Broken]
        write_sending(book, CAMPAIGN, attempts[1], WORLD)
    kinds = [entry.kind for entry in open_log(store, CAMPAIGN).entries]
    assert kinds == ["claim", "sending", "sending"]


def test_what_breaks_the_giving_back_is_not_kept_quiet_about(store, claimed):
    log, attempts = claimed
    break_on(store, "over", Broken())
    with pytest.raises(Broken):
        give_back(open_book({CAMPAIGN: log}, 1), CAMPAIGN, [Void(at=AT, attempt=attempts[0], reason="over")])


def test_the_void_of_one_stops_no_other(store, claimed):
    log, attempts = claimed
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[2], reason="another run"))
    with written(log) as book:
        told = all_at_once(book, attempts)
    assert [attempt for attempt in attempts if told[attempt] is not None] == [attempts[2]]
    sending = {
        attempt for entry in open_log(store, CAMPAIGN).entries if entry.kind == "sending" for attempt in entry.attempts
    }
    assert sending == set(attempts) - {attempts[2]}


def test_what_was_not_sent_is_given_back_in_one_entry(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 1)
    write_sending(book, CAMPAIGN, attempts[0], WORLD)
    give_back(book, CAMPAIGN, [Void(at=AT, attempt=attempt, reason="over") for attempt in attempts[1:]])
    entry = open_log(store, CAMPAIGN).entries[-1]
    assert (entry.kind, entry.attempts, entry.reason) == ("voids", tuple(attempts[1:]), "over")


def test_what_another_run_sent_is_not_given_back_and_the_rest_is(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 1)
    others = record(open_log(store, CAMPAIGN), Sending(at=AT, attempts=(attempts[1],)))
    record(others, Receipt(at=AT, attempt=attempts[1], batch_id="theirs"))
    give_back(book, CAMPAIGN, [Void(at=AT, attempt=attempt, reason="over") for attempt in attempts])
    phases = [attempt.phase for attempt in open_log(store, CAMPAIGN).standing.attempts.values()]
    assert phases == ["void", "sent", "void", "void"]


def void(book, attempt):
    return write_end(book, CAMPAIGN, Void(at=AT, attempt=attempt, reason="refused"))


def test_own_entries_are_nobody_elses(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 1)
    write_sending(book, CAMPAIGN, attempts[0], WORLD)
    assert void(book, attempts[0]) == 0
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[3], reason="another run"))
    assert void(book, attempts[1]) == 1


def test_after_somebody_else_wrote_nobody_is_claimed_anew(store, claimed):
    log, attempts = claimed
    book = open_book({CAMPAIGN: log}, 1)
    others = void(book, attempts[0])
    record(open_log(store, CAMPAIGN), Void(at=AT, attempt=attempts[3], reason="another run"))
    void(book, attempts[1])
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
