"""Small lists are read once for all campaigns that name them, and give each what reading them again would."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.diagnostics import Place
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.small import SMALL, SmallLists
from bland_deploy.recipients.sources import read_rows
from tests.recipients.people import FILES

HEADER = b"phone_number,name\n"
ROW = b"+14155550100,Ann\n"
PLACES = (Place("campaigns/x.yaml", 7, 9), Place("campaigns/y.yaml", 3, 1))
WRITTEN = st.lists(
    st.sampled_from([ROW, b"\n", b'"a,b"', b'"', b"x", b"\r\n", b",", b"\xff", b"\0", b"name", HEADER]), max_size=8
)


def told(root, place, lists, name="list.csv", **options):
    """All that can be asked of a list, as often as somebody may ask."""
    source = read_rows(ListFormat(file=name, **options), Reach(root, lists=lists), place)
    rows = list(source.rows())
    pieces = list(source.pieces())
    return source.name, source.columns, rows, pieces, source.sha256()


def same(root, lists, **options):
    """Whether what is remembered is what there is; the first time, and again for another campaign."""
    return all(told(root, place, lists, **options) == told(root, place, None, **options) for place in PLACES)


@given(WRITTEN)
@settings(deadline=None)
def test_what_is_remembered_is_what_reading_gives(tmp_path_factory, written):
    root = tmp_path_factory.mktemp("small")
    (root / "list.csv").write_bytes(HEADER + b"".join(written))
    assert same(root, SmallLists())


@pytest.mark.parametrize("name", FILES)
def test_lists_of_every_format_are_what_they_are(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name]())
    lists = SmallLists()
    for column in ("phone_number", "mobile"):
        assert same(tmp_path, lists, name=name, phone=column)


def test_a_list_that_is_written_anew_is_read_anew(tmp_path):
    path, lists = tmp_path / "list.csv", SmallLists()
    for row in (ROW, b"+14155550101,Eve\n", b"+14155550102,Bob\n"):
        path.write_bytes(HEADER + row)
        os.utime(path, ns=(0, row[11]))
        assert same(tmp_path, lists)
    path.unlink()
    assert same(tmp_path, lists)


def test_a_row_that_somebody_changes_is_changed_for_nobody_else(tmp_path):
    (tmp_path / "list.csv").write_bytes(HEADER + ROW)
    lists = SmallLists()
    _, _, rows, _, _ = told(tmp_path, PLACES[0], lists)
    rows[0].values["name"] = "Eve"
    assert same(tmp_path, lists)


@pytest.mark.parametrize(("rows", "times"), [(1, 1), (SMALL // len(ROW) + 1, 3)])
def test_a_list_is_read_once_and_a_large_one_for_everybody(tmp_path, rows, times):
    path, lists, listed, read = tmp_path / "list.csv", SmallLists(), ListFormat(file="list.csv"), list[str]()
    path.write_bytes(HEADER + ROW * rows)

    def reading():
        read.append("once more")
        return read_rows(listed, Reach(tmp_path))

    for _ in range(3):
        lists.read(path, listed, reading)
    assert len(read) == times
