"""Who is in a wave, against sorting all keys."""

from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.planning.waves import nth_smallest

KEY = st.binary(min_size=16, max_size=16)
# keys that share their leading bytes, down to all but the last
ALIKE = st.builds(lambda head, tail: (b"\x00\xff" * 8)[:head] + tail[head:], st.integers(0, 15), KEY)


@given(st.sets(KEY | ALIKE, min_size=1, max_size=60), st.data())
def test_the_nth_smallest_key_is_the_one_of_the_sorted_keys(keys, data):
    number = data.draw(st.integers(1, len(keys)))
    order = data.draw(st.permutations(list(keys)))
    cut = data.draw(st.integers(0, len(keys)))
    assert nth_smallest(lambda: iter([order[:cut], order[cut:]]), number) == sorted(keys)[number - 1]
