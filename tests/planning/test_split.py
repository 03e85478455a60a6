"""Calls into batches: all of them, in order, none larger than it may be."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.planning.split import Piece, split

PLACES = st.integers(0, 9).map(range) | st.lists(st.integers(0, 99)).map(lambda places: array("H", places))
PIECES = st.lists(st.builds(Piece, st.sampled_from("abc"), PLACES))


@given(PIECES, st.integers(1, 12))
def test_batches_are_the_calls_in_order_so_many_at_a_time(pieces, size):
    calls = [(where, place) for where, places in pieces for place in places]
    batches = [[(where, place) for where, places in batch for place in places] for batch in split(pieces, size)]
    assert batches == [calls[start : start + size] for start in range(0, len(calls), size)]
    assert all(piece.places for batch in split(pieces, size) for piece in batch)
