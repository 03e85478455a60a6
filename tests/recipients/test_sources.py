import csv
import io
import os
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.lists import ListFormat
from bland_deploy.model.recipient import LeftOut, Outcome, Row
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.bytes import explain
from bland_deploy.recipients.formats import json as json_format
from bland_deploy.recipients.formats.csv import LARGEST_CELL
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import InlineRow, inline_rows, read_rows
from bland_deploy.recipients.text import LONGEST_LINE

HERE = Place("campaigns/x.yaml", 7, 9)
HEADER = b"phone_number,name\n"


def read(root, name="list.csv", **options):
    source = read_rows(ListFormat(file=name, **options), Reach(root), HERE)
    return source, list(source.rows())


def problems(items):
    found = [item.problem if isinstance(item, LeftOut) else item for item in items if not isinstance(item, Row)]
    return [(problem.rule, problem.place) for problem in found]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(
    header=st.lists(cells.filter(str.strip), min_size=1, max_size=4, unique=True),
    data=st.data(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
@settings(deadline=None)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, header, data, line_end, delimiter):
    rows = data.draw(st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=5))
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    root = tmp_path_factory.getbasetemp()
    content = written.getvalue().encode()
    (root / "list.csv").write_bytes(content)
    source, items = read(root, phone=header[0], delimiter=delimiter)
    assert [item.values for item in items] == [dict(zip(header, row, strict=True)) for row in rows]
    assert source.columns == tuple(header)
    assert source.sha256() == sha256(content).hexdigest()


def test_the_digest_is_known_once_the_list_was_read(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"\xef\xbb\xbf" + HEADER + b"+14155550100,Ann\n" * 50_000)
    source = read_rows(ListFormat(file="list.csv"), Reach(tmp_path))
    assert source.sha256() is None
    rows = source.rows()
    next(rows)
    assert source.sha256() is None
    assert sum(1 for _ in rows) == 49_999
    assert source.sha256() == sha256((tmp_path / "list.csv").read_bytes()).hexdigest()
    assert sum(1 for _ in source.rows()) == 50_000


def test_a_list_that_is_not_there_is_an_error_where_it_is_named(tmp_path):
    source, items = read(tmp_path)
    assert problems(items) == [("list-missing", HERE)]
    assert (source.columns, source.sha256()) == (None, None)
    assert problems(read_rows(ListFormat(file="list.csv"), Reach(tmp_path)).rows()) == [
        ("list-missing", Place("list.csv"))
    ]


@pytest.mark.parametrize("name", ["../list.csv", "/etc/passwd.csv", ".bland-deploy/list.csv"])
def test_a_list_lies_inside_the_workspace(tmp_path, name):
    source, items = read(tmp_path, name)
    assert problems(items) == [("outside-workspace", HERE)]
    assert source.sha256() is None


def test_a_link_does_not_lead_out_of_the_workspace(tmp_path):
    (tmp_path / "outside.csv").write_bytes(HEADER)
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "list.csv").symlink_to(tmp_path / "outside.csv")
    assert problems(read(root)[1]) == [("outside-workspace", HERE)]


def test_a_folder_and_a_pipe_are_not_lists(tmp_path):
    (tmp_path / "list.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert problems(read(tmp_path)[1]) == [("list-unreadable", Place("list.csv"))]
    assert problems(read(tmp_path, "pipe.csv")[1]) == [("list-unreadable", Place("pipe.csv"))]


@pytest.mark.parametrize("name", ["a" * 300 + ".csv", "list.csv/more.csv"])
def test_a_path_that_cannot_exist_is_an_error(tmp_path, name):
    (tmp_path / "list.csv").write_bytes(HEADER)
    assert problems(read(tmp_path, name)[1])[0][0] in {"list-unreadable", "list-missing"}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (PermissionError(13, "Permission denied"), "may not be read by this user"),
        (OSError(5, "Input/output error"), "cannot be read: input/output error"),
        (OSError(), "cannot be read: unknown reason"),
    ],
)
def test_a_list_that_cannot_be_opened_says_why(problem, words):
    found = explain("list.csv", problem)
    assert (found.rule, found.place) == ("list-unreadable", Place("list.csv"))
    assert words in found.message


@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.json", "list.jsonl"])
@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        ("phone_number\n+14155550100\n".encode("utf-16"), "wrong-encoding", None),
        ("phone_number\n+14155550100\n".encode("utf-32"), "wrong-encoding", None),
        ("phone_number\n+14155550100\n".encode("utf-16-be"), "binary-file", 1),
        (b"phone_number\n+1415\0\n", "binary-file", 2),
        (b"phone_number\n+14155550100\n\xff\n", "wrong-encoding", 3),
        (b"phone_number\n+14155550100\n\xe2\x82", "wrong-encoding", 3),
        (b"phone_number\n" + b"+14155550100\n" * 21_000 + b"+1415\xe9\n", "wrong-encoding", 21_002),
        (b"phone_number\n" + b"+14155550100\n" * 21_000 + b"\0\n", "binary-file", 21_002),
    ],
)
def test_what_is_no_text_is_refused_at_its_line(tmp_path, name, content, rule, line):
    (tmp_path / name).write_bytes(content)
    assert (rule, Place(name, line)) in problems(read(tmp_path, name)[1])


def test_a_character_cut_by_the_end_of_a_chunk_is_read(tmp_path):
    for shift in range(3):
        content = HEADER + b"+14155550100," + b"a" * (262_144 - len(HEADER) - 13 - shift) + "\u20ac\n".encode()
        (tmp_path / "list.csv").write_bytes(content)
        items = read(tmp_path)[1]
        assert [item.values["name"][-1] for item in items] == ["\u20ac"]


def test_a_byte_that_is_wrong_after_a_chunk_is_found_at_its_offset(tmp_path):
    content = HEADER + b"+14155550100,a\n" * 20_000
    content = content[: 262_144 - 1] + b"\xe2" + b"\x28" + content[262_144:]
    (tmp_path / "list.csv").write_bytes(content)
    (problem,) = [item for item in read(tmp_path)[1] if isinstance(item, Diagnostic)]
    assert "offset 262143" in problem.message
    assert problem.place.line == content[:262_143].count(b"\n") + 1


def test_a_huge_cell_is_refused(tmp_path):
    (tmp_path / "list.csv").write_bytes(HEADER + b"+14155550100," + b"a" * (LARGEST_CELL + 1) + b"\n")
    assert problems(read(tmp_path)[1]) == [("cell-too-large", Place("list.csv", 2))]


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl"])
def test_a_line_without_end_is_refused(tmp_path, name):
    lines = {"list.csv": b"", "list.jsonl": b'{"phone_number": "+14155550100"}\n'}
    (tmp_path / name).write_bytes(lines[name] + b"," * (LONGEST_LINE + 2**20))
    rule, place = problems(read(tmp_path, name)[1])[0]
    assert rule == "line-too-long"
    assert place.line == (1 if name.endswith("csv") else 2)


def test_deep_json_is_refused(tmp_path):
    (tmp_path / "list.json").write_bytes(b"[" * 100_000)
    assert problems(read(tmp_path, "list.json")[1]) == [("json-syntax", Place("list.json", 1, 2))]
    (tmp_path / "list.jsonl").write_bytes(b'{"a":' * 100_000 + b"\n")
    assert problems(read(tmp_path, "list.jsonl")[1]) == [("json-syntax", Place("list.jsonl", 1, 1))]


def test_an_integer_of_too_many_digits_is_refused(tmp_path):
    (tmp_path / "list.jsonl").write_bytes(b'{"a": ' + b"9" * 5_000 + b"}\n")
    assert problems(read(tmp_path, "list.jsonl")[1]) == [("json-syntax", Place("list.jsonl", 1, 1))]


def test_a_json_array_has_a_limit(tmp_path):
    text = io.TextIOWrapper(io.BytesIO(b"[]" + b" " * 100), encoding="utf-8")
    listing = json_format.Listing("list.json", "phone_number")
    with pytest.raises(BrokenList) as caught:
        list(json_format.rows(text, listing, limit=50))
    assert caught.value.diagnostic.rule == "list-too-large"


def test_a_list_may_be_cut_anywhere(tmp_path):
    whole = b'phone_number,name\r\n"+14155550100","a ""b"" \xc3\xa9"\r\n+14155550101,c\r\n'
    for end in range(len(whole)):
        (tmp_path / "list.csv").write_bytes(whole[:end])
        assert len(read(tmp_path)[1]) <= 2
    array = b'[{"phone_number": "+14155550100", "x": [1, "\\u00e9"]},\n {"phone_number": "+14155550101"}]'
    for end in range(len(array)):
        (tmp_path / "list.json").write_bytes(array[:end])
        assert problems(read(tmp_path, "list.json")[1])


def test_a_header_full_of_mistakes_names_some_of_them(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"a," * 5_000 + b"a\n")
    assert len(read(tmp_path)[1]) == 20


def test_columns_that_look_like_people_are_not_quoted(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"ann@example.com,Ann\n")
    (problem,) = read(tmp_path)[1]
    assert problem.rule == "list-without-header"
    assert "ann" not in str(problem).casefold()


def test_a_date_is_a_name_for_a_column(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"phone,2026-01-31\n+14155550100,5\n")
    assert problems(read(tmp_path)[1]) == [("phone-column-missing", Place("list.csv", 1))]


def test_inline_rows_know_their_place():
    source = inline_rows(
        [
            InlineRow(9, 5, {"phone_number": "+14155550100", "call": {"voice": "June"}}),
            InlineRow(10, 5, "+14155550101"),
            InlineRow(11, 5, {"phone_number": "+14155550102", "call": None}),
        ],
        "campaigns/x.yaml",
    )
    first, *others = source.rows()
    assert first == Row(9, {"phone_number": "+14155550100"}, {"voice": "June"})
    assert [other.outcome for other in others] == [Outcome.INVALID] * 2
    assert problems(others) == [
        ("row-not-object", Place("campaigns/x.yaml", 10, 5)),
        ("row-call-not-object", Place("campaigns/x.yaml", 11, 5)),
    ]
    assert (source.name, source.columns, source.sha256()) == ("campaigns/x.yaml", None, None)
