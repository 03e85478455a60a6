from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.documents.merge import find_unset, merge, without
from bland_deploy.documents.nodes import UNSET, Items, Mapping, Scalar, data

GONE = "!unset"
KEYS = st.sampled_from("abc")
LEAVES = st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2)
UNDER = st.dictionaries(KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner), max_leaves=5))
OVER = st.dictionaries(
    KEYS, st.recursive(LEAVES | st.just(GONE), lambda inner: st.dictionaries(KEYS, inner), max_leaves=5)
)


def tree(value, file):
    match value:
        case dict():
            entries = {key: (Scalar(key, key, file, 1, 1), tree(inner, file)) for key, inner in value.items()}
            return Mapping(entries, file, 1, 1)
        case list():
            return Items([tree(inner, file) for inner in value], file, 1, 1)
        case _ if value == GONE:
            return Scalar(None, "", file, 1, 1, UNSET)
    return Scalar(value, str(value), file, 1, 1)


def merged_plainly(under, over):
    if not isinstance(over, dict):
        return over
    result = dict(under) if isinstance(under, dict) else {}
    for key, value in over.items():
        result[key] = merged_plainly(result.get(key), value)
    return {key: value for key, value in result.items() if value != GONE}


@given(UNDER, OVER)
def test_merging_is_what_the_plain_words_say(under, over):
    assert data(merge(tree(under, "u"), tree(over, "o"))) == merged_plainly(under, over)


@given(UNDER, OVER)
def test_merging_changes_neither_layer(under, over):
    lower, upper = tree(under, "u"), tree(over, "o")
    merge(lower, upper)
    assert data(lower) == under
    assert (lower, upper) == (tree(under, "u"), tree(over, "o"))


def test_every_value_keeps_its_place():
    whole = merge(tree({"a": {"x": 1}, "b": 2}, "under"), tree({"a": {"y": 3}}, "over"))
    assert whole.get("a").get("x").file == whole.get("b").file == "under"
    assert whole.get("a").get("y").file == whole.file == "over"


def test_every_unset_of_a_tree_is_found():
    assert len(find_unset(tree({"a": GONE, "b": {"c": [GONE, 1]}}, "f"))) == 2


def test_keys_can_be_left_out():
    assert data(without(tree({"a": 1, "b": 2}, "f"), "a", "z")) == {"b": 2}
