"""Which wave is next and who is in it, against the plain way: sort everybody by key and cut."""

from array import array

from hypothesis import assume, given
from hypothesis import strategies as st

from bland_deploy.model.rollout import Rollout
from bland_deploy.operations.plans.waves import Opened, in_wave, is_opened, next_wave
from bland_deploy.planning.split import Piece

SHARES = st.integers(1, 99).map(lambda share: f"{share}%")
TARGETS = st.lists(st.integers(1, 80) | SHARES, max_size=5, unique=True)
KEYS = st.sets(st.binary(min_size=16, max_size=16), min_size=1, max_size=60)


class Lying:
    """Calls as far as their keys go."""

    def __init__(self, keys):
        self._keys = list(keys)

    def keys(self, places=None):
        keys = self._keys
        return keys if places is None else [keys[at] for at in places]


def rollout_of(targets):
    """A rollout of targets that rise, counts and shares each by themselves."""
    kinds = [[target for target in targets if isinstance(target, kind)] for kind in (int, str)]
    assume(all(kind == sorted(kind, key=lambda target: int(str(target).rstrip("%"))) for kind in kinds))
    return Rollout.model_validate({"waves": [*targets, "100%"]})


def people_of(target, people):
    """How many people a target is, in whole numbers alone."""
    text = str(target)
    return -(-int(text[:-1]) * people // 100) if text.endswith("%") else min(int(text), people)


@given(TARGETS, st.integers(0, 200))
def test_waves_that_are_sent_whole_reach_each_target_in_turn_and_then_everybody(targets, people):
    rollout, called, sizes = rollout_of(targets), 0, []
    begun = set()
    while called < people:
        wave = next_wave(rollout, called, people - called, Opened(frozenset(begun), ("an attempt",) if called else ()))
        assert wave.is_open == (wave.number == 1 or not called)
        assert wave.later == people - wave.people
        begun.add(wave.target)
        sizes.append(wave.people - called)
        called = wave.people
    reached, expected = 0, []
    for target in [*targets, "100%"]:
        size = people_of(target, people)
        if size > reached:
            expected.append(size - reached)
            reached = size
    assert sizes == expected


@given(TARGETS, st.integers(1, 100), st.sets(st.integers(0, 5)))
def test_a_wave_is_open_where_it_or_one_behind_it_was_begun(targets, called, begun):
    rollout = rollout_of(targets)
    written = [str(target) for target in [*targets, "100%"]]
    waves = Opened(frozenset(written[at] for at in begun if at < len(written)), ("an attempt",))
    furthest = max((at for at in begun if at < len(written)), default=-1)
    for number in range(1, len(written) + 1):
        assert is_opened(rollout, number, waves) == (number == 1 or number - 1 <= furthest)
    assert called


@given(KEYS, st.data())
def test_a_wave_has_those_with_the_smallest_keys_in_the_order_of_the_list(keys, data):
    everybody = data.draw(st.permutations(sorted(keys)))
    cut = data.draw(st.integers(0, len(everybody)))
    called = data.draw(st.sets(st.sampled_from(everybody)))
    pieces = []
    for part in (everybody[:cut], everybody[cut:]):
        places = array("H", [at for at, key in enumerate(part) if key not in called])
        pieces += [Piece(Lying(part), places)] if places else []
    left = [key for key in everybody if key not in called]
    target = data.draw(st.integers(1, len(everybody)))
    rollout = Rollout.model_validate({"waves": [target, "100%"]})
    wave = next_wave(rollout, len(called), len(left), Opened(frozenset(), ()))
    chosen = [put.keys()[at] for put, places in in_wave(pieces, wave) for at in places]
    size = max(target - len(called), 0) if len(called) < target else len(left)
    assert chosen == [key for key in left if key in sorted(left)[:size]]
