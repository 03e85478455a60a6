from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.keys import key_check, key_id, new_attempt, new_lineage, person_key, recipient_key
from bland_deploy.model.plan import NO_ATTEMPT, NO_LINEAGE

KEY = bytes(range(32))
words = st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=8)


def plainly(state_key, *words):
    return blake2b("\0".join(words).encode(), key=state_key, digest_size=16).digest()


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32), words, words, words)
def test_a_recipient_key_is_the_mac_of_its_words(state_key, campaign, round_, identity):
    assert recipient_key(state_key, campaign, round_, identity) == plainly(
        state_key, "call", campaign, round_, identity
    )


@settings(deadline=None)
@given(st.tuples(words, words, words), st.tuples(words, words, words))
def test_different_words_never_share_a_key(one, other):
    assert (recipient_key(KEY, *one) == recipient_key(KEY, *other)) == (one == other)


def test_keys_stay_what_they_were():
    """Written to every log: a change would make everybody look new."""
    assert recipient_key(KEY, "renewal", "1", "+14155550100").hex() == "f8a6bcf0c2ea6854b4027871af6fc806"
    assert person_key(KEY, "+14155550100").hex() == "ce9ce188fc188b14c629580d321e1d62"
    assert (key_id(KEY), key_check(KEY)) == ("c3f3224fd9624a4e", "e5d4377370d0f00d220298a7885e0bff")


def test_a_person_key_is_the_same_everywhere_and_no_recipient_key():
    assert person_key(KEY, "+14155550100") == plainly(KEY, "person", "+14155550100")


def test_another_state_key_gives_other_keys():
    other = bytes(32)
    assert key_check(KEY) != key_check(other)
    assert key_id(KEY) != key_id(other)
    assert person_key(KEY, "+14155550100") != person_key(other, "+14155550100")


def test_neither_name_of_a_state_key_gives_it_away():
    assert not key_check(KEY).startswith(key_id(KEY))
    assert key_check(KEY) not in KEY.hex()


def test_a_name_that_could_be_read_as_two_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        recipient_key(KEY, "a\0b", "c", "+14155550100")


def test_a_state_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        recipient_key(b"short", "a", "1", "+14155550100")


def test_attempts_are_sixteen_characters_and_never_zeros():
    attempts = {new_attempt() for _ in range(1000)}
    assert len(attempts) == 1000
    assert set("".join(attempts)) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert {len(attempt) for attempt in attempts} == {len(NO_ATTEMPT)}


def test_lineages_are_as_long_as_the_zeros_that_stand_for_them():
    assert len({new_lineage() for _ in range(100)}) == 100
    assert len(new_lineage()) == len(NO_LINEAGE)
