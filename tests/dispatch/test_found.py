"""What the search found in earlier versions of the protocol, and takes long to find: kept as short stories."""

import pytest

from bland_deploy.model.entries import Sending
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.log import record, refresh
from bland_deploy.state.sealed import Damaged
from tests.dispatch.search import Alone, Protocol
from tests.dispatch.tape import Suspended, Tape
from tests.dispatch.world import Books
from tests.state.building import AT, begun, with_claim


def test_an_entry_does_not_count_when_the_one_before_it_was_rolled_back():
    store = MemoryStore()
    log, (attempt,) = with_claim(begun(store), [1])
    del store.contents["renewal/log/000000000001.json"]
    with pytest.raises(Damaged, match="rolled back during this run"):
        record(log, Sending(at=AT, attempts=(attempt,)))


def test_a_rollback_shows_when_the_log_is_read_again():
    store = MemoryStore()
    log, _ = with_claim(begun(store), [1])
    del store.contents["renewal/log/000000000001.json"]
    with pytest.raises(Damaged, match="rolled back during this run"):
        refresh(log)


def test_people_taken_over_from_another_run_wait_a_settle_time_more(tmp_path):
    protocol = Protocol(tmp_path)
    world = Alone(protocol.begun, Books())

    def until_it_sleeps(op):
        if op.kind == "sleep":
            raise Suspended(op)
        return world(op)

    def slept(runner):
        asked = []
        protocol.stage.play(protocol.program, runner, Tape((), lambda op: asked.append(op.kind) or world(op)))
        return asked.count("sleep")

    protocol.stage.play(protocol.program, 1, Tape((), until_it_sleeps))
    assert slept(2) == 2
    assert len(world.books.chain) == 1
