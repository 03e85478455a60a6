import itertools
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from bland_deploy.errors import AuthenticationFailed, ExitCode, StateProblem
from bland_deploy.model.entries import Held, Receipt, Resolve, Sending, Void
from bland_deploy.model.keys import unpack_keys
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.log import (
    Contradiction,
    LostRace,
    append,
    append_claim,
    begin_log,
    check_key,
    claimed_keys,
    find_logs,
    known_in,
    open_log,
    people_of,
    read_keys,
    record,
    record_in_turn,
    refresh,
)
from bland_deploy.state.replay import Phase
from bland_deploy.state.sealed import Damaged
from bland_deploy.state.store import StoreFailed
from tests.state.building import AT, CAMPAIGN, STATE_KEY, begun, claimed, keys, manifest, with_claim, with_sent


@pytest.fixture
def store():
    return MemoryStore()


def test_a_campaign_that_was_never_applied_has_no_log(store):
    assert open_log(store, CAMPAIGN) is None
    assert find_logs(store) == ()


def test_a_log_that_was_begun_is_empty_but_there(store):
    log = begun(store)
    assert open_log(store, CAMPAIGN) == log
    assert (log.number, log.campaign) == (0, CAMPAIGN)
    assert find_logs(store) == (CAMPAIGN,)


def test_what_was_written_is_what_others_read(store):
    log, attempts = with_sent(begun(store), [1, 2, 3], [4, 5])
    log = append(log, Resolve(at=AT, attempt=attempts[1], outcome="not_rung", who="someone", reason="wrong list"))
    assert open_log(store, CAMPAIGN) == log
    assert sorted(known_in(log, "1").sent) == sorted(keys(1, 2, 3))


def test_entries_are_numbered_without_gaps_and_chained_from_the_manifest(store):
    with_sent(begun(store), [1, 2])
    names = store.names(f"{CAMPAIGN}/log/")
    assert names == [f"{CAMPAIGN}/log/{number:012d}.json" for number in (1, 2, 3)]
    chain = [store.contents[name] for name in (f"{CAMPAIGN}/manifest.json", *names)]
    for earlier, later in itertools.pairwise(chain):
        assert b'"previous":"%s"' % sha256(earlier).hexdigest().encode() in later


def test_a_log_that_others_grew_from_stays_as_it_was(store):
    """More attempts change than are copied for an entry, so that logs share what they say of the others."""
    log, attempts = with_claim(begun(store), *([person] for person in range(600)))
    grown = [log := append(log, Sending(at=AT, attempts=(attempt,))) for attempt in attempts]
    for number, one in enumerate(grown, start=1):
        assert [attempt.phase for attempt in one.standing.attempts.values()] == [
            *[Phase.SENDING] * number,
            *[Phase.CLAIMED] * (600 - number),
        ]
    assert list(log.standing.attempts) == attempts
    assert log == open_log(store, CAMPAIGN)


def test_a_log_is_begun_once(store):
    begun(store)
    with pytest.raises(LostRace, match="exists already") as caught:
        begin_log(store, manifest(lineage="2" * 32))
    assert caught.value.exit_code is ExitCode.STATE
    assert open_log(store, CAMPAIGN).manifest.lineage == "1" * 32


class Careless(MemoryStore):
    """A store that overwrites and says all is well, as servers do that ignore the condition."""

    def create(self, name, data):
        self.contents[name] = data
        return True


def test_a_store_that_creates_twice_is_refused_when_it_is_set_up():
    with pytest.raises(StoreFailed, match="no store for state"):
        begun(Careless())


def test_the_wrong_state_key_is_refused(store):
    log = begun(store)
    check_key(log, STATE_KEY)
    with pytest.raises(
        AuthenticationFailed, match="state key is not the one of the log of renewal in memory"
    ) as caught:
        check_key(log, bytes(32))
    assert caught.value.exit_code is ExitCode.AUTHENTICATION
    assert STATE_KEY.hex() not in str(caught.value) + caught.value.help


def test_who_loses_the_race_writes_nothing_and_decides_again(store):
    mine = theirs = begun(store)
    theirs, _ = with_claim(theirs, [1, 2])
    claim, files = claimed([2, 3])
    with pytest.raises(LostRace, match="entry 1 of the log of renewal"):
        append_claim(mine, claim, files)
    mine = refresh(mine)
    assert mine == theirs
    assert known_in(mine, "1").unfinished == frozenset(keys(1, 2))
    mine = append_claim(mine, *claimed([3]))
    assert refresh(theirs) == mine == open_log(store, CAMPAIGN)


def test_a_runner_that_slept_through_a_void_cannot_send(store):
    sleeper, (attempt,) = with_claim(begun(store), [1])
    awake = append(refresh(sleeper), Void(at=AT, attempt=attempt, reason="its runner is gone"))
    with pytest.raises(Contradiction, match=f"{attempt} is void"):
        record(sleeper, Sending(at=AT, attempts=(attempt,)))
    assert open_log(store, CAMPAIGN) == awake


def test_a_fact_is_recorded_after_what_others_wrote(store):
    mine, (attempt, _) = with_claim(begun(store), [1], [2])
    mine = append(mine, Sending(at=AT, attempts=(attempt,)))
    theirs, _ = with_sent(mine, [3])
    mine = record(mine, Receipt(at=AT, attempt=attempt, batch_id="b-1"))
    assert mine.number == theirs.number + 1
    assert mine.standing.attempts[attempt].phase is Phase.SENT


class Overtaken(MemoryStore):
    """A store on which others are always faster, while `rivals` last."""

    rivals = 0

    def create(self, name, data):
        if self.rivals:
            self.rivals -= 1
            return False
        return super().create(name, data)


class OvertakenInTurn(MemoryStore):
    """A store on which somebody else takes the second of several names."""

    def create_in_turn(self, files):
        (name, data), *others = files
        assert self.create(name, data)
        if not others:
            return 1
        theirs = open_log(self, CAMPAIGN)
        append(theirs, Void(at=AT, attempt=next(reversed(theirs.standing.attempts)), reason="another run"))
        return 1


def test_entries_in_turn_go_on_behind_what_others_wrote_in_between():
    store = OvertakenInTurn()
    log, (one, two, _) = with_claim(begun(store), [1], [2], [3])
    ends = [Held(at=AT, attempt=one, reason="no answer"), Held(at=AT, attempt=two, reason="no answer")]
    log = record_in_turn(log, ends)
    assert log == open_log(store, CAMPAIGN)
    assert [(entry.kind, entry.attempt) for entry in log.entries[1:]][::2] == [("held", one), ("held", two)]
    assert log.entries[2].reason == "another run"


def test_entries_in_turn_are_all_refused_where_one_cannot_be(store):
    log, (one, two) = with_claim(begun(store), [1], [2])
    log = append(log, Void(at=AT, attempt=two, reason="its runner is gone"))
    with pytest.raises(Contradiction, match=f"{two} is void"):
        record_in_turn(log, [Sending(at=AT, attempts=(one,)), Sending(at=AT, attempts=(two,))])
    assert open_log(store, CAMPAIGN) == log


def test_who_is_overtaken_again_and_again_gives_up():
    store = Overtaken()
    log, (attempt,) = with_claim(begun(store), [1])
    store.rivals = 1000
    with pytest.raises(LostRace, match="others wrote 100 entries"):
        record(log, Held(at=AT, attempt=attempt, reason="no answer"))
    store.rivals = 99
    assert record(log, Held(at=AT, attempt=attempt, reason="no answer")).number == 2


def test_an_entry_that_cannot_be_is_not_written(store):
    log, (attempt,) = with_sent(begun(store), [1])
    with pytest.raises(Contradiction):
        append(log, Void(at=AT, attempt=attempt, reason="oops"))
    assert open_log(store, CAMPAIGN) == log


def test_a_claim_whose_keys_are_not_kept_is_not_written(store):
    log = begun(store)
    claim, _ = claimed([1, 2])
    with pytest.raises(Damaged, match="missing"):
        append_claim(log, claim, {})
    too_many = claim.model_copy(
        update={"batches": (claim.batches[0].model_copy(update={"calls": 3}),)},
    )
    with pytest.raises(Damaged, match="2 keys for 3 calls"):
        append_claim(log, too_many, dict([pack_keys(keys(1, 2))]))
    several, files = claimed([1, 2], [3])
    first, second = several.batches
    too_many = several.model_copy(update={"batches": (first, second.model_copy(update={"calls": 2}))})
    with pytest.raises(Damaged, match="3 keys for 4 calls"):
        append_claim(log, too_many, files)
    assert open_log(store, CAMPAIGN) == log


def test_batches_that_share_a_file_have_their_own_people(store):
    log, (first, second, third) = with_claim(begun(store), [4, 2], [3], [1, 5])
    assert len([name for name in store.contents if name.endswith(".bin")]) == 1
    log = append(log, Void(at=AT, attempt=second, reason="refused"))
    attempts = open_log(store, CAMPAIGN).standing.attempts
    assert people_of(log, attempts[first]) == set(keys(2, 4))
    assert people_of(log, attempts[second]) == set()
    assert unpack_keys(claimed_keys(log, attempts[second])) == keys(3)
    assert people_of(log, attempts[third]) == set(keys(1, 5))
    assert set(known_in(log, "1").unfinished) == set(keys(2, 4, 1, 5))


def test_refreshing_finds_a_log_that_was_replaced(store):
    log = begun(store)
    ahead, _ = with_sent(log, [1])
    store.contents = dict(store.contents)
    fork = MemoryStore()
    fork.contents = {name: data for name, data in store.contents.items() if "/log/" not in name}
    forked, _ = with_sent(open_log(fork, CAMPAIGN), [2])
    forked, _ = with_sent(forked, [3])
    store.contents = fork.contents
    assert forked.number > ahead.number
    with pytest.raises(StateProblem, match="does not follow from the entry before it"):
        refresh(ahead)


def test_refreshing_finds_damaged_keys(store):
    log = begun(store)
    with_claim(log, [1])
    name = next(name for name in store.contents if name.endswith(".bin"))
    store.contents[name] += b"x"
    with pytest.raises(Damaged, match="altered or cut off"):
        refresh(log)


def test_keys_are_checked_each_time_they_are_read(store):
    log, _ = with_sent(begun(store), [1])
    name = next(name for name in store.contents if name.endswith(".bin"))
    store.contents[name] = bytes(16)
    with pytest.raises(Damaged, match="missing or was altered"):
        known_in(log, "1")
    with pytest.raises(Damaged, match="missing or was altered"):
        read_keys(log, "0" * 64)


def test_no_number_and_no_key_of_a_person_is_readable_on_the_disk(tmp_path):
    store = FileStore(tmp_path)
    with_sent(begun(store), range(100, 200))
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"+1415555" not in everything
    assert b"1415555" not in everything
    assert STATE_KEY not in everything
    assert STATE_KEY.hex().encode() not in everything
    for path in tmp_path.rglob("*.json"):
        assert not any(key.hex().encode() in path.read_bytes() for key in keys(*range(100, 200)))


KILLED_WHILE_WRITING = Path(__file__).with_name("killed_while_writing.py")


def test_no_acknowledged_entry_is_lost_to_kill_9(tmp_path):
    done = subprocess.run(
        [sys.executable, KILLED_WHILE_WRITING, tmp_path, "30"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    trials = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(trials) == 30
    for number, (status, acknowledged) in enumerate(trials):
        assert status == -signal.SIGKILL
        log = open_log(FileStore(tmp_path / str(number)), CAMPAIGN)
        assert acknowledged <= log.number <= acknowledged + 1
    assert sum(acknowledged for _, acknowledged in trials) > 30
