"""Whatever happens to the files of a log: an error, or the same standing; never an emptier one."""

import functools
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.diagnostics import Severity
from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import Held, Resolve
from bland_deploy.model.text import SharedText
from bland_deploy.state.backends.memory import MemoryStore
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.layout import keys_name, text_name
from bland_deploy.state.log import append, append_claim, known_in, open_log, text_sent_before
from bland_deploy.state.reading import examine
from tests.state.building import AT, CAMPAIGN, begun, claimed, keys, with_claim, with_sent

ENTRY = f"{CAMPAIGN}/log/{{:012d}}.json"
MANIFEST = f"{CAMPAIGN}/manifest.json"


@functools.cache
def contents():
    """A log with something of everything: sent, freed, held and unfinished people in two rounds."""
    store = MemoryStore()
    log, (attempt, _) = with_sent(begun(store), [1, 2, 3], [4, 5])
    name, packed = pack_keys(keys(2))
    store.put({keys_name(CAMPAIGN, name): packed})
    log = append(
        log, Resolve(at=AT, attempt=attempt, outcome="not_rung", keys_sha256=name, who="someone", reason="no dial")
    )
    log, (attempt,) = with_claim(log, [6, 7])
    log = append(log, Held(at=AT, attempt=attempt, reason="no answer"))
    with_claim(log, [1, 2], round_="2")
    return store.contents


@pytest.fixture
def store():
    copy = MemoryStore()
    copy.contents = dict(contents())
    return copy


def altered(change):
    store = MemoryStore()
    store.contents = dict(contents())
    change(store.contents)
    return store


def people(store):
    """Who is known in each round, or None when the log is refused."""
    try:
        log = open_log(store, CAMPAIGN)
        if log is None:
            return "no log"
        return [[set(part) for part in known_in(log, round_)] for round_ in ("1", "2")]
    except StateProblem:
        return None


def test_the_log_before_any_damage_is_sound(store):
    assert examine(store, CAMPAIGN) == ()
    assert [[len(part) for part in round_] for round_ in people(store)] == [[4, 2, 0], [0, 0, 2]]


names = st.sampled_from(sorted(contents()))


@settings(deadline=None, max_examples=300)
@given(names, st.integers(min_value=0), st.integers(1, 255))
def test_a_flipped_byte_anywhere_is_refused(name, where, flip):
    def change(files):
        data = bytearray(files[name])
        data[where % len(data)] ^= flip
        files[name] = bytes(data)

    store = altered(change)
    assert people(store) is None
    assert any(found.severity is Severity.ERROR for found in examine(store, CAMPAIGN))


@settings(deadline=None, max_examples=200)
@given(names, st.integers(min_value=0))
def test_a_file_cut_off_anywhere_is_refused(name, where):
    store = altered(lambda files: files.update({name: files[name][: where % len(files[name])]}))
    assert people(store) is None
    assert any(found.severity is Severity.ERROR for found in examine(store, CAMPAIGN))


@settings(deadline=None, max_examples=200)
@given(names, names, st.binary(max_size=40))
def test_a_file_replaced_or_lengthened_is_refused_or_changes_nothing(name, other, more):
    whole = people(altered(lambda _: None))
    assert people(altered(lambda files: files.update({name: files[other]}))) in ([whole] if name == other else [None])
    assert people(altered(lambda files: files.update({name: files[name] + more}))) in ([None] if more else [whole])


def test_any_file_that_is_missing_is_missed_but_for_the_end_of_the_log():
    """That the newest entry was taken away is seen by the provider's list, not here: but its keys are seen."""
    last = max(name for name in contents() if "/log/" in name)
    for name in contents():
        store = altered(lambda files, name=name: files.pop(name))
        if name == last:
            assert [found.rule for found in examine(store, CAMPAIGN)] == ["state-unused-keys"]
        else:
            assert people(store) is None, name
            assert any(found.severity is Severity.ERROR for found in examine(store, CAMPAIGN))


def refused(store):
    with pytest.raises(StateProblem) as caught:
        open_log(store, CAMPAIGN)
    assert caught.value.exit_code == 9
    assert caught.value.help
    return str(caught.value)


def test_a_lost_manifest_is_no_empty_log(store):
    del store.contents[MANIFEST]
    assert refused(store).startswith(
        "the state in memory cannot be relied on: the log of renewal has lost its beginning"
    )


def test_keys_without_anything_else_are_no_empty_log(store):
    store.contents = {name: data for name, data in store.contents.items() if "/keys/" in name}
    assert "has lost its beginning" in refused(store)


def test_a_gap_in_the_middle_is_named(store):
    del store.contents[ENTRY.format(3)]
    assert "entry 3 is missing before renewal/log/000000000004.json" in refused(store)
    del store.contents[ENTRY.format(4)]
    assert "entries 3 to 4 are missing before renewal/log/000000000005.json" in refused(store)


def test_a_far_too_great_number_is_a_gap_that_is_reported_at_once(store):
    store.contents[ENTRY.format(10**12 - 1)] = store.contents[ENTRY.format(8)]
    assert "to 999999999998 are missing" in refused(store)


def test_the_log_of_another_campaign_is_refused(store):
    store.contents = {name.replace(CAMPAIGN, "other"): data for name, data in store.contents.items()}
    with pytest.raises(StateProblem, match=r"other/manifest\.json belongs to the campaign renewal"):
        open_log(store, "other")


def test_an_entry_of_another_log_is_refused(store):
    fork = MemoryStore()
    with_sent(begun(fork), [8])
    store.contents[ENTRY.format(2)] = fork.contents[ENTRY.format(2)]
    assert "does not follow from the entry before it" in refused(store)


def test_a_copy_of_an_entry_is_refused(store):
    for name in ("000000000002 (conflicted copy).json", "000000000000.json", "2.json", "000000000002.json.orig"):
        copied = MemoryStore()
        copied.contents = {**store.contents, f"{CAMPAIGN}/log/{name}": store.contents[ENTRY.format(2)]}
        assert "does not belong into the log" in refused(copied)


def test_a_merge_conflict_is_called_a_fork(store):
    name = ENTRY.format(2)
    store.contents[name] = b"<<<<<<< HEAD\n" + store.contents[name] + b"=======\n>>>>>>> other\n"
    assert "two copies of the state were written to" in refused(store)


def test_examine_names_every_damaged_file_and_nothing_that_only_follows_from_it(store):
    del store.contents[ENTRY.format(2)]
    store.contents[ENTRY.format(5)] = b""
    key_file = next(name for name in store.contents if name.endswith(".bin"))
    store.contents[key_file] = store.contents[key_file][:-1]
    found = [(diagnostic.rule, diagnostic.place.file) for diagnostic in examine(store, CAMPAIGN)]
    assert found == [
        ("state-missing", ENTRY.format(3)),
        ("state-damaged", ENTRY.format(5)),
        ("state-keys", key_file),
    ]
    assert "(2 more: bland-deploy state verify)" in refused(store)


def test_examine_sees_a_contradiction(store):
    log = begun(MemoryStore())
    log, (attempt,) = with_sent(log, [1])
    contents_ = log.store.contents
    again = MemoryStore()
    again.contents = dict(contents_)
    forged = open_log(again, CAMPAIGN)
    # written past the check that append makes, as a foreign tool might
    object.__setattr__(forged.standing, "attempts", {attempt: _claimed_again(forged, attempt)})
    append(forged, Held(at=AT, attempt=attempt, reason="forged"))
    assert [found.rule for found in examine(again, CAMPAIGN)] == ["state-contradiction"]
    assert f"cannot be, since {attempt} is sent" in refused(again)


def _claimed_again(log, attempt):
    from dataclasses import replace

    from bland_deploy.state.replay import Phase

    return replace(log.standing.attempts[attempt], phase=Phase.CLAIMED)


@pytest.mark.parametrize("groups", [[[1, 2]], [[3], [1, 2]], [[1, 2], [3]]])
def test_examine_sees_keys_out_of_order(groups):
    store = MemoryStore()
    backwards = [b"".join(sorted(keys(*group), reverse=True)) for group in groups]
    name, content = sha256(b"".join(backwards)).hexdigest(), b"".join(backwards)
    claim, _ = claimed(*groups)
    batches = tuple(batch.model_copy(update={"keys_sha256": name}) for batch in claim.batches)
    append_claim(begun(store), claim.model_copy(update={"batches": batches}), {name: content})
    assert [(found.rule, found.message) for found in examine(store, CAMPAIGN)] == [
        ("state-keys", "a file of recipient keys is not sorted")
    ]


def test_keys_of_an_interrupted_claim_are_a_note(store):
    name, packed = pack_keys(keys(9))
    store.put({keys_name(CAMPAIGN, name): packed})
    (found,) = examine(store, CAMPAIGN)
    assert (found.rule, found.severity) == ("state-unused-keys", Severity.NOTE)
    assert open_log(store, CAMPAIGN) is not None


def test_examining_what_was_never_begun_finds_nothing(store):
    assert examine(store, "other") == ()


def test_an_altered_text_is_named_and_plans_go_on_without_it():
    store = MemoryStore()
    sent = SharedText.of({"prompt": "Hello."})
    log = begun(store)
    store.put({text_name(CAMPAIGN, sent.sha256): b"altered"})
    claim, files = claimed([1], text=sent.sha256)
    log = append_claim(log, claim, files)
    (found,) = examine(store, CAMPAIGN)
    assert (found.rule, found.place.file) == ("state-text", text_name(CAMPAIGN, sent.sha256))
    assert text_sent_before(open_log(store, CAMPAIGN), SharedText.of({"prompt": "Hi."})) is None
