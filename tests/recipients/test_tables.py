"""Lists whose cells have types: what is sent of each, and what is refused."""

import io
import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from bland_deploy.diagnostics import Place
from bland_deploy.model.recipient import LeftOut, Outcome, Row
from bland_deploy.recipients.formats.excel import LARGEST
from bland_deploy.recipients.formats.listing import Listing
from bland_deploy.recipients.formats.table import make_rows
from tests.recipients.people import as_workbook
from tests.recipients.test_conformance import read, rules

MOMENT = datetime(2026, 1, 31, 8, 30, 0, 250, UTC)
LISTING = Listing("people", "phone_number")


def parquet(root, table, **options):
    written = io.BytesIO()
    pq.write_table(table, written, **options)
    return read(root, "people.parquet", written.getvalue())


def sent(value):
    (row,) = make_rows(("phone_number", "x"), [(1, ("+14155550100", value))], LISTING)
    return row.values["x"] if isinstance(row, Row) else row.problem.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("007", "007"),
        ("", ""),
        (None, None),
        (True, True),
        (2**70, 2**70),
        (1.5, 1.5),
        (Decimal("19.90"), "19.90"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 31), "2026-01-31"),
        (MOMENT.replace(tzinfo=None), "2026-01-31T08:30:00.000250"),
        (MOMENT.replace(microsecond=0), "2026-01-31T08:30:00+00:00"),
        (time(8, 30), "08:30:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": [Decimal("1.0"), None]}, {"a": ["1.0", None]}),
        (("a", 1), ["a", 1]),
        (float("nan"), "an infinite number, or none (NaN)"),
        (Decimal("inf"), "an infinite number, or none (NaN)"),
        (b"\0", "bytes"),
        ({1: 2}, "a map whose keys are no text"),
        (timedelta(1), "a value of the type timedelta"),
    ],
)
def test_a_cell_is_sent_as_json_has_it_or_not_at_all(value, expected):
    found = sent(value)
    assert found in (expected, f'the cell in "x" holds {expected}, which cannot be sent')
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (14155550100, "14155550100"),
        (14155550100.0, "14155550100"),
        (Decimal(14155550100), "14155550100"),
        ("+14155550100", "+14155550100"),
        (1.5, 1.5),
        (True, True),
        (None, None),
    ],
)
def test_a_number_in_the_column_of_numbers_becomes_its_digits(cell, number):
    (row,) = make_rows(("name", "phone_number"), [(1, ("Ann", cell))], LISTING)
    assert row.values == {"name": "Ann", "phone_number": number}


def test_an_object_in_the_column_call_is_for_that_call():
    header = ("phone_number", "call")
    cells = [{"voice": "June"}, None, "a call", 5, [1]]
    rows = list(make_rows(header, [(line, ("+1", cell)) for line, cell in enumerate(cells)], LISTING))
    assert [(row.values.get("call"), row.call) for row in rows[:4]] == [
        (None, {"voice": "June"}),
        (None, None),
        ("a call", None),
        (5, None),
    ]
    assert isinstance(rows[4], LeftOut)
    assert rows[4].problem.rule == "row-call-not-object"


def test_the_types_of_parquet_survive(tmp_path):
    table = pa.table(
        {
            "phone_number": pa.array([14155550100, 14155550101], pa.int64()),
            "score": pa.array([1, None], pa.int8()),
            "ratio": pa.array([0.5, 2.0]),
            "vip": pa.array([True, None]),
            "plan": pa.array(["gold", "gold"]).dictionary_encode(),
            "since": pa.array([date(2026, 1, 31), None]),
            "seen": pa.array([1769848200000000999, None], pa.timestamp("ns", "UTC")),
            "at": pa.array([30_600_000_000_999, None], pa.time64("ns")),
            "owed": pa.array([Decimal("19.90"), None], pa.decimal128(10, 2)),
            "tags": pa.array([["a"], []]),
            "more": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
        }
    )
    source, items = parquet(tmp_path, table)
    assert items[0].values == {
        "phone_number": "14155550100",
        "score": 1,
        "ratio": 0.5,
        "vip": True,
        "plan": "gold",
        "since": "2026-01-31",
        "seen": "2026-01-31T08:30:00+00:00",
        "at": "08:30:00",
        "owed": "19.90",
        "tags": ["a"],
        "more": {"k": 1},
    }
    assert {key for key, value in items[1].values.items() if value is None} == {
        "score", "vip", "since", "seen", "at", "owed", "more",
    }  # fmt: skip
    assert source.columns == tuple(table.column_names)


def test_parquet_is_read_batch_by_batch(tmp_path):
    count = 20_001
    table = pa.table({"phone_number": [f"+1415555{n:05}" for n in range(count)]})
    _, items = parquet(tmp_path, table, row_group_size=7000)
    assert [item.line for item in items] == list(range(1, count + 1))
    assert [item.values["phone_number"] for item in items] == table["phone_number"].to_pylist()


def test_columns_of_parquet_are_judged(tmp_path):
    twice = pa.Table.from_arrays([pa.array(["+14155550100"])] * 2, names=["phone_number", "phone_number"])
    source, items = parquet(tmp_path, twice)
    assert rules(items) == ["duplicate-column"]
    assert source.columns is None


def test_a_map_that_names_a_key_twice_is_refused(tmp_path):
    more = pa.array([[("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int64()))
    _, items = parquet(tmp_path, pa.table({"phone_number": ["+14155550100"], "more": more}))
    assert rules(items) == ["list-damaged"]


def test_cells_that_cannot_be_sent_leave_their_row_out(tmp_path):
    table = pa.table({"phone_number": ["+14155550100", "+14155550101"], "x": pa.array([b"\0", None], pa.binary())})
    _, (bad, good) = parquet(tmp_path, table)
    assert (bad.outcome, bad.problem.rule, bad.problem.place) == (
        Outcome.INVALID,
        "cell-type",
        Place("people.parquet", 1),
    )
    assert good.values["x"] is None


def test_a_sheet_gives_whole_numbers_dates_and_blanks(tmp_path):
    rows = [
        (),
        ("phone_number", "n", "ratio", "vip", "day", "moment", "note", 2026, None),
        (14155550100, 5, 0.5, True, date(2026, 1, 31), MOMENT.replace(tzinfo=None, microsecond=0), None, "x", None),
        (),
        ("+14155550101", None, None, None, None, None, "a\nb", None, "lost"),
    ]
    source, (first, wide) = read(tmp_path, "people.xlsx", as_workbook(rows))
    assert source.columns == ("phone_number", "n", "ratio", "vip", "day", "moment", "note", "2026")
    assert first == Row(
        3,
        {
            "phone_number": "14155550100",
            "n": 5,
            "ratio": 0.5,
            "vip": True,
            "day": "2026-01-31",
            "moment": "2026-01-31T08:30:00",
            "note": "",
            "2026": "x",
        },
    )
    assert (wide.line, wide.problem.rule) == (5, "row-width")


def test_a_sheet_of_a_workbook_is_chosen_by_name(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Notes"
    workbook.active.append(["phone_number"])
    people = workbook.create_sheet("People")
    people.append(["phone_number"])
    people.append(["+14155550100"])
    written = io.BytesIO()
    workbook.save(written)
    content = written.getvalue()
    assert rules(read(tmp_path, "people.xlsx", content)[1]) == ["sheet-unsaid"]
    assert len(read(tmp_path, "people.xlsx", content, sheet="People")[1]) == 1
    _, (problem,) = read(tmp_path, "people.xlsx", content, sheet="Poeple")
    assert (problem.rule, problem.help) == ("sheet-missing", 'did you mean "People"?')


def test_a_blank_sheet_is_an_empty_list(tmp_path):
    source, items = read(tmp_path, "people.xlsx", as_workbook([()]))
    assert rules(items) == ["list-empty"]
    assert source.columns is None


def test_a_workbook_that_unpacks_to_more_than_the_memory_is_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "people.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"")
        archive.infolist()[0].file_size = LARGEST + 1
    content = (tmp_path / "people.xlsx").read_bytes()
    assert rules(read(tmp_path, "people.xlsx", content)[1]) == ["list-too-large"]


def test_a_sheet_of_a_list_that_has_none_is_of_no_use(tmp_path):
    assert rules(read(tmp_path, "people.csv", b"phone_number\n", sheet="People")[1]) == ["sheet-unused"]


WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows
(problem,) = read_rows(ListFormat(file=sys.argv[2]), Reach(Path(sys.argv[3]))).rows()
print(problem.rule, problem.help)
"""


@pytest.mark.parametrize(
    ("library", "name", "extra"),
    [
        ("pyarrow", "people.parquet", "parquet"),
        ("python_calamine", "people.xlsx", "excel"),
        ("backports.zstd", "people.csv.zst", "zstd"),
    ],
)
def test_a_library_that_is_missing_is_named(tmp_path, library, name, extra):
    (tmp_path / name).write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, library, name, tmp_path], check=True, capture_output=True, text=True
    )
    assert done.stdout == f'extra-missing pip install "bland-deploy[{extra}]"\n'


def test_no_library_of_these_is_imported_for_other_lists(tmp_path):
    (tmp_path / "people.csv").write_text("phone_number\n")
    asked = "import sys, bland_deploy.recipients.sources as _; print({'pyarrow', 'python_calamine'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
