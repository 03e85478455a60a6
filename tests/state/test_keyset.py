import os
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.entries import ClaimedBatch
from bland_deploy.model.keys import unpack_keys
from bland_deploy.state.keyset import PackedKeys, key_set, pack_keys, pack_together

# few first bytes, so that groups fill up, and few last ones, so that keys run into each other
keys = st.builds(
    lambda front, middle, back: bytes(front) + middle + back,
    st.tuples(st.sampled_from([0, 1, 255]), st.sampled_from([0, 1, 2, 255])),
    st.sampled_from([bytes(12), b"m" * 12]),
    st.binary(min_size=2, max_size=2),
)
sets = st.lists(st.sets(keys, max_size=40), max_size=6)


@settings(deadline=None)
@given(sets, st.sets(keys, max_size=40))
def test_packed_keys_hold_what_a_set_holds(groups, others):
    plain = set().union(*groups)
    packed = PackedKeys(pack_keys(group)[1] for group in groups)
    assert len(packed) == len(plain)
    assert list(packed) == sorted(plain)
    assert all(key in packed for key in plain)
    assert [key in packed for key in others] == [key in plain for key in others]
    assert packed.intersection(others) == plain & others


@settings(deadline=None)
@given(sets, st.lists(st.sets(keys, max_size=8), max_size=8), st.randoms(use_true_random=False), st.integers(1, 30))
def test_packed_keys_are_found_in_whatever_order_they_are_asked_for(groups, others, chance, size):
    plain = set().union(*groups)
    packed = PackedKeys([pack_keys(group)[1] for group in groups], size)
    asked = [
        plain,
        *map(set, groups),
        *others,
        *(set(chance.sample(sorted(plain), min(len(plain), 5))) for _ in range(4)),
    ]
    chance.shuffle(asked)
    for some in asked:
        assert packed.intersection(some) == plain & some
    assert bool(packed) == bool(plain)


@settings(deadline=None)
@given(sets)
def test_few_keys_and_many_keys_are_the_same_set(groups):
    files = [pack_keys(group)[1] for group in groups]
    assert set(key_set(files)) == set(key_set(files, few=0))


def test_a_key_found_across_the_border_of_two_is_not_there():
    first, second = b"\0\0" + b"a" * 7 + b"\0\0" + b"b" * 5, b"\0\0" + b"c" * 14
    _, packed = pack_keys([first, second])
    across = packed[9:25]
    assert across[:2] == b"\0\0"
    assert across not in PackedKeys([packed])
    assert first in PackedKeys([packed])


@settings(deadline=None)
@given(st.lists(keys))
def test_a_file_of_keys_is_sorted_has_each_once_and_is_named_by_content(some):
    name, packed = pack_keys(some)
    assert unpack_keys(packed) == sorted(set(some))
    assert name == sha256(packed).hexdigest()


@settings(deadline=None)
@given(st.lists(st.sets(keys, min_size=1, max_size=40), max_size=12), st.integers(1, 60))
def test_batches_that_share_files_have_the_keys_that_they_would_have_alone(groups, wanted):
    where, files = pack_together(groups, wanted)
    assert all(name == sha256(content).hexdigest() for name, content in files.items())
    for group, packed in zip(groups, where, strict=True):
        batch = ClaimedBatch(
            attempt="a" * 16, calls=len(group), keys_sha256=packed.file, keys_at=packed.at, payload_sha256="a" * 64
        )
        assert batch.keys_in(files[packed.file]) == pack_keys(group)[1]
    contents, shared = [], b""
    for group in groups:
        shared += pack_keys(group)[1]
        if len(shared) >= 16 * wanted:
            contents.append(shared)
            shared = b""
    assert list(files.values()) == [*dict.fromkeys(filter(None, [*contents, shared]))]


def test_a_batch_that_shares_its_file_with_none_has_it_whole():
    many, few = [i.to_bytes(16) for i in range(3)], [b"x" * 16]
    where, files = pack_together([many, few, few], wanted=3)
    assert [packed.at for packed in where] == [None, 0, 1]
    assert [files[packed.file] for packed in where] == [b"".join(many), b"x" * 32, b"x" * 32]


@given(st.binary(max_size=3000))
def test_a_file_of_keys_is_taken_apart_whatever_its_length(packed):
    assert unpack_keys(packed) == [packed[at : at + 16] for at in range(0, len(packed), 16)]


def test_from_two_hundred_thousand_on_keys_are_packed():
    many = pack_keys(os.urandom(16) for _ in range(200_000))[1]
    assert isinstance(key_set([many]), PackedKeys)
    assert isinstance(key_set([many[16:]]), frozenset)


def test_keys_that_are_not_sorted_are_refused_rather_than_overlooked():
    with pytest.raises(ValueError, match="sorted"):
        PackedKeys([b"b" * 16 + b"a" * 16])
