"""What every store must do: a backend's test class inherits this and gives two handles on one store."""

import threading

import pytest

from bland_deploy.model.text import SharedText
from bland_deploy.state.log import append_claim, open_log, text_sent_before
from bland_deploy.state.reading import examine
from bland_deploy.state.store import Locked, StoreFailed
from tests.state.building import CAMPAIGN, begun, claimed


class StoreContract:
    @pytest.fixture
    def store(self):
        raise NotImplementedError

    @pytest.fixture
    def other(self, store):
        """The same store, as another process sees it."""
        raise NotImplementedError

    def test_what_was_never_created_reads_as_none(self, store):
        assert store.read("camp/manifest.json") is None

    def test_what_was_created_is_read_by_others(self, store, other):
        assert store.create("camp/manifest.json", b"one")
        assert other.read("camp/manifest.json") == b"one"

    def test_a_second_create_says_false_and_changes_nothing(self, store, other):
        store.create("camp/log/1.json", b"one")
        assert store.create("camp/log/1.json", b"one") is False
        assert other.create("camp/log/1.json", b"two") is False
        assert store.read("camp/log/1.json") == b"one"

    def test_empty_bytes_and_all_byte_values_survive(self, store, other):
        store.create("camp/empty", b"")
        store.create("camp/every", bytes(range(256)) * 100)
        assert other.read("camp/empty") == b""
        assert other.read("camp/every") == bytes(range(256)) * 100

    def test_names_are_sorted_and_those_of_the_prefix_only(self, store, other):
        for name in ("camp/log/2", "camp/log/10", "camp/manifest", "campaign/log/1", "other/log/1"):
            store.create(name, b"x")
        assert other.names("camp/") == ["camp/log/10", "camp/log/2", "camp/manifest"]
        assert other.names("camp/log/") == ["camp/log/10", "camp/log/2"]
        assert other.names("nobody/") == []
        assert len(other.names("")) == 5

    def test_of_eight_racing_creators_exactly_one_wins(self, store, other):
        for number in range(20):
            start, won = threading.Barrier(8), []

            def race(mine, start=start, won=won, name=f"camp/log/{number}"):
                handle = store if mine % 2 else other
                start.wait()
                if handle.create(name, b"%d" % mine):
                    won.append(mine)

            threads = [threading.Thread(target=race, args=(mine,)) for mine in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(won) == 1
            assert store.read(f"camp/log/{number}") == b"%d" % won[0]

    def test_names_are_created_in_turn_up_to_the_first_that_exists(self, store, other):
        assert store.create_in_turn([("camp/log/1", b"1"), ("camp/log/2", b"2")]) == 2
        assert other.create_in_turn([("camp/log/3", b"3"), ("camp/log/2", b"two"), ("camp/log/4", b"4")]) == 1
        assert store.names("camp/") == ["camp/log/1", "camp/log/2", "camp/log/3"]
        assert [store.read(f"camp/log/{number}") for number in (1, 2, 3)] == [b"1", b"2", b"3"]
        assert other.create_in_turn([("camp/log/1", b"1"), ("camp/log/5", b"5")]) == 0
        assert store.read("camp/log/5") is None

    def test_of_several_who_create_many_in_turn_each_name_is_won_once(self, store, other):
        names = [f"camp/log/{number}" for number in range(6)]
        start, won = threading.Barrier(4), []

        def race(mine):
            handle = store if mine % 2 else other
            start.wait()
            won.extend(names[: handle.create_in_turn([(name, b"%d" % mine) for name in names])])

        threads = [threading.Thread(target=race, args=(mine,)) for mine in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == sorted(set(won))
        assert store.names("camp/") == sorted(won)

    def test_who_reads_while_another_thread_writes_sees_each_name_whole_and_in_its_turn(self, store):
        names = [f"camp/log/{number:04}" for number in range(60)]
        seen = []

        def write():
            for name in names:
                store.create(name, name.encode() * 100)

        writer = threading.Thread(target=write)
        writer.start()
        while writer.is_alive():
            listed = store.names("camp/")
            seen.append(listed == names[: len(listed)])
            seen += [store.read(name) == name.encode() * 100 for name in listed[-3:]]
            seen.append(store.read(names[-1]) in {None, names[-1].encode() * 100})
        writer.join()
        assert all(seen)
        assert store.names("camp/") == names

    def test_blobs_may_be_put_again_but_not_changed(self, store, other):
        store.put({"camp/keys/a": b"a", "camp/keys/b": b"b"})
        assert store.read("camp/keys/b") == b"b"
        assert store.names("camp/") == ["camp/keys/a", "camp/keys/b"]
        store.create("camp/log/1", b"1")  # others see them by now
        other.put({"camp/keys/a": b"a", "camp/keys/c": b"c"})
        other.create("camp/log/2", b"2")
        assert store.names("camp/keys/") == ["camp/keys/a", "camp/keys/b", "camp/keys/c"]
        with pytest.raises(StoreFailed):
            other.put({"camp/keys/a": b"changed"})
        assert store.read("camp/keys/a") == b"a"

    def test_a_text_is_kept_with_the_claim_and_read_by_others(self, store, other):
        sent, now = SharedText.of({"prompt": "Hello."}), SharedText.of({"prompt": "Hi."})
        claim, files = claimed([1], text=sent.sha256)
        append_claim(begun(store), claim, files, sent)
        log = open_log(other, CAMPAIGN)
        assert text_sent_before(log, now) == sent
        assert text_sent_before(log, sent) is None
        assert examine(other, CAMPAIGN) == ()

    def test_reserved_space_is_not_listed(self, store):
        store.reserve("camp/log/", 3)
        assert store.names("camp/") == []

    def test_a_lock_keeps_the_other_out_until_it_ends(self, store, other):
        with (
            store.lock("camp/", timeout=0),
            pytest.raises(Locked, match="camp") as caught,
            other.lock("camp/", timeout=0),
        ):
            pass
        assert caught.value.exit_code == 9
        with other.lock("camp/", timeout=0):
            assert other.names("camp/") == []

    def test_locks_of_two_campaigns_do_not_meet(self, store, other):
        with store.lock("one/", timeout=0), other.lock("two/", timeout=0):
            pass

    def test_who_waits_gets_the_lock_when_it_is_given_back(self, store, other):
        inside, leave = threading.Event(), threading.Event()

        def hold():
            with store.lock("camp/", timeout=0):
                inside.set()
                leave.wait(10)

        thread = threading.Thread(target=hold)
        thread.start()
        inside.wait(10)
        threading.Timer(0.05, leave.set).start()
        with other.lock("camp/", timeout=10):
            pass
        thread.join()

    def test_an_error_inside_a_lock_gives_it_back(self, store, other):
        with pytest.raises(OSError, match="mine"), store.lock("camp/", timeout=0):
            raise OSError("mine")
        with other.lock("camp/", timeout=0):
            pass
