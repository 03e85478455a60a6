import pytest

from bland_deploy.documents.nodes import Items, data, find, place_of
from bland_deploy.documents.read import read_text

TEXT = """\
plain: a {{ x }}
single: 'b {{ x }}'
folded: >
  c {{ x }}
deep: {list: [1, {k: v}]}
"""


@pytest.fixture
def node():
    return read_text(TEXT, "f")[0]


@pytest.mark.parametrize(("key", "place"), [("plain", "f:1:10"), ("single", "f:2:12"), ("folded", "f:3:9")])
def test_a_character_of_a_text_is_found_where_that_can_be_known(node, key, place):
    assert str(node.get(key).place_in(1, 3)) == place
    assert node.get(key).place_in(2, 3) == node.get(key).place


def test_values_are_found_by_path(node):
    assert data(find(node, ("deep", "list", 1, "k"))) == "v"
    assert isinstance(find(node, ("deep", "list")), Items)
    for path in (("no",), ("deep", 0), ("deep", "list", 9), ("plain", "x"), ("deep", "list", "k")):
        assert find(node, path) is None
    assert find(None, ("x",)) is None


def test_a_path_that_leads_nowhere_has_the_place_of_what_is_around_it(node):
    assert str(place_of(node, ("deep", "list", 9, "k"))) == "f:5:14"
    assert str(place_of(node, ("deep", "list"))) == "f:5:14"
    assert str(place_of(node, ("deep", "list"), key=True)) == "f:5:8"
    assert str(place_of(node, ("no", "way"))) == "f:1:1"
