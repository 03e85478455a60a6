"""Every format of lists keeps the same promises: the same people, the digest of the bytes, and no half of a list."""

from hashlib import sha256

import pytest

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.lists import ListFormat
from bland_deploy.model.recipient import Row
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows
from tests.recipients.people import COLUMNS, FILES, PEOPLE

HERE = Place("campaigns/x.yaml", 7, 9)


def read(root, name, content, **options):
    (root / name).write_bytes(content)
    source = read_rows(ListFormat(file=name, **options), Reach(root), HERE)
    return source, list(source.rows())


def rules(items):
    problems = [item if isinstance(item, Diagnostic) else item.problem for item in items if not isinstance(item, Row)]
    return [problem.rule for problem in problems]


@pytest.mark.parametrize("name", FILES)
def test_the_same_people_are_read_out_of_every_format(tmp_path, name):
    source, items = read(tmp_path, name, FILES[name]())
    assert [tuple(item.values.values()) for item in items] == list(PEOPLE)
    assert {tuple(item.values) for item in items} == {COLUMNS}
    assert source.columns in {COLUMNS, None}
    assert sorted({item.line for item in items}) == [item.line for item in items]


@pytest.mark.parametrize("name", FILES)
def test_the_digest_is_that_of_the_bytes_as_they_lie_there(tmp_path, name):
    content = FILES[name]()
    source, _ = read(tmp_path, name, content)
    assert source.sha256() == sha256(content).hexdigest()
    assert len(list(source.rows())) == len(PEOPLE)


@pytest.mark.parametrize("name", [name for name in FILES if name.count(".") == 2 or name.endswith(("parquet", "xlsx"))])
def test_a_list_that_is_cut_off_is_never_taken_for_a_shorter_one(tmp_path, name):
    content = FILES[name]()
    for end in {0, 1, 10, len(content) // 2, len(content) - 1}:
        items = read(tmp_path, name, content[:end])[1]
        assert set(rules(items)) & {"list-damaged", "list-empty", "json-syntax"}
    assert "list-damaged" in rules(read(tmp_path, name, b"phone_number\n+14155550100\n")[1])


@pytest.mark.parametrize("name", [name for name in FILES if name.count(".") == 2 or name.endswith(("parquet", "xlsx"))])
def test_bytes_that_are_damaged_never_give_other_people(tmp_path, name):
    content = FILES[name]()
    for place in range(0, len(content), max(1, len(content) // 25)):
        damaged = bytearray(content)
        damaged[place] ^= 0x5A
        items = read(tmp_path, name, bytes(damaged))[1]
        if not rules(items) and not name.endswith((".parquet", ".xlsx")):
            assert [tuple(item.values.values()) for item in items] == list(PEOPLE)


@pytest.mark.parametrize("name", FILES)
def test_a_list_that_is_not_there_is_an_error_where_it_is_named(tmp_path, name):
    source = read_rows(ListFormat(file=name), Reach(tmp_path), HERE)
    assert [(item.rule, item.place) for item in source.rows()] == [("list-missing", HERE)]
    assert source.columns is None


@pytest.mark.parametrize("name", FILES)
def test_another_column_of_numbers_is_a_mistake(tmp_path, name):
    found = rules(read(tmp_path, name, FILES[name](), phone="mobile")[1])
    assert found in (["phone-column-missing"], []), "JSON says it where the number is looked for"


@pytest.mark.parametrize("name", ["people.parquet.gz", "people.xlsx.zst"])
def test_what_is_packed_already_is_not_packed_again(tmp_path, name):
    _, (problem,) = read(tmp_path, name, b"")
    assert problem.rule == "list-format-unknown"
    assert problem.help == f"keep it as .{name.split('.')[1]}, which is packed already"


@pytest.mark.parametrize(("name", "meant"), [("people.cvs.gz", ".csv"), ("people.gz", "export it as one of")])
def test_an_ending_within_a_packed_one_is_looked_at(tmp_path, name, meant):
    _, (problem,) = read(tmp_path, name, b"")
    assert problem.rule == "list-format-unknown"
    assert meant in problem.help


def test_lines_and_encodings_are_judged_behind_the_packing(tmp_path):
    import gzip

    _, items = read(tmp_path, "people.csv.gz", gzip.compress(b"phone_number\n+14155550100\n\xff\n"))
    (problem,) = [item for item in items if isinstance(item, Diagnostic)]
    assert (problem.rule, problem.place) == ("wrong-encoding", Place("people.csv.gz", 3))


def test_files_that_are_glued_together_are_read_to_the_last(tmp_path):
    import gzip

    glued = gzip.compress(b"phone_number\n+14155550100\n") + gzip.compress(b"+14155550101\n")
    assert len(read(tmp_path, "people.csv.gz", glued)[1]) == 2
