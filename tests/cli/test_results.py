"""Results of every call, judged by the sandbox's books, also when collecting them is interrupted."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pyarrow.parquet as pq
import pytest

from bland_deploy.archive import open_archive
from bland_deploy.errors import InvalidInput, Unavailable
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.views.results.csv import harmless
from tests.cli.interrupted import collect_though_killed, compared
from tests.cli.test_adopt import KEY, Desk

PEOPLE = [f"+1{area}55501{line:02}" for area in (212, 213, 214) for line in range(40)]
LIST = "phone_number,name,plan\n" + "".join(f"{number},P{at},=1+{at}\n" for at, number in enumerate(PEOPLE))


@pytest.fixture
def open_desk(tmp_path):
    opened, books = [], tmp_path / "books.sqlite"

    def open_desk(*faults, speed=1_000_000, apply=True):
        plan = FaultPlan(seed=1, faults=faults)
        opened.append(serving(Options(port=0, db=books, speed=speed, faults=lambda handler: Faulty(handler, plan))))
        desk = Desk(tmp_path / "w", opened[-1].__enter__(), books)
        desk.workspace.write("people.csv", LIST)
        desk.workspace.hello(recipients={"file": "people.csv"}, split={"size": 25})
        if apply:
            assert desk.apply().code == 0
            assert desk.run("wait").code == 0
        return desk

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def rows(done):
    assert done.code == 0, done.everything
    return list(csv.DictReader(io.StringIO(done.out)))


def in_books(desk):
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        books.row_factory = sqlite3.Row
        return {row["call_id"]: row for row in books.execute("SELECT * FROM calls")}


def test_every_call_is_there_once_and_agrees_with_the_books_to_the_cent(open_desk):
    desk = open_desk()
    found = rows(desk.run("results", "--show-pii"))
    books = in_books(desk)
    assert sorted(row["call_id"] for row in found) == sorted(books)
    assert sum(float(row["price"]) for row in found) == pytest.approx(sum(row["price"] for row in books.values()))
    for row in found:
        said = books[row["call_id"]]
        assert f"+{said['digits']}" == row["number"]
        assert row["disposition"] == said["tag"]
        assert row["row"] == str(PEOPLE.index(row["number"]) + 2)


def test_a_second_run_asks_for_nothing_that_has_ended(open_desk):
    desk = open_desk({"on": "calls", "since": 6, "do": "refuse", "status": 400})
    first = desk.run("results")
    assert len(rows(first)) == len(PEOPLE)
    assert rows(desk.run("results")) == rows(first)


def test_calls_that_had_not_ended_are_asked_for_again(open_desk):
    desk = open_desk(speed=0.001, apply=False)
    desk.apply()
    before = rows(desk.run("results"))
    assert {row["completed"] for row in before} == {"false"}
    with closing(sqlite3.connect(desk.books, isolation_level=None)) as books:
        books.execute("UPDATE calls SET starts = 1, ends = 2")
    after = rows(desk.run("results"))
    assert {row["completed"] for row in after} == {"true"}
    assert [row["call_id"] for row in after] == [row["call_id"] for row in before]


def test_details_and_transcripts_are_there_where_they_are_asked_for(open_desk):
    desk = open_desk()
    assert "summary" not in rows(desk.run("results"))[0]
    told = [
        json.loads(line)
        for line in desk.run("results", "--transcripts", "--format", "jsonl", "--show-pii").out.splitlines()
    ]
    talked = [call for call in told if call["outcome"] == "answered"]
    assert talked
    assert all(call["summary"].startswith("A person took the call") for call in talked)
    assert all(call["variables"]["name"].startswith("P") and call["transcript"] for call in talked)


def test_columns_of_the_list_come_along_and_no_spreadsheet_runs_them(open_desk):
    desk = open_desk()
    found = rows(desk.run("results", "--column", "plan", "--column", "name", "--show-pii"))
    assert found[3]["list.plan"] == "'=1+3"
    assert found[3]["list.name"] == "P3"


def test_people_who_left_the_list_keep_their_results(open_desk):
    desk = open_desk()
    desk.workspace.write("people.csv", "\n".join(LIST.splitlines()[:3]))
    found = rows(desk.run("results"))
    assert [row["row"] for row in found[:4]] == ["2", "3", "", ""]


def test_numbers_are_masked_unless_asked_and_in_ci_so_is_what_was_said(open_desk):
    desk = open_desk()
    for arguments in (["--transcripts"], ["--details", "--format", "jsonl"]):
        shown = desk.run("results", *arguments, "--column", "name")
        assert not [number for number in PEOPLE if number in shown.everything or number[2:] in shown.everything]
    hidden = desk.run("results", "--transcripts", "--column", "name", CI="1")
    assert "P3" not in hidden.out
    assert {row["transcript"] for row in rows(hidden)} <= {"•••", ""}
    refused = desk.run("results", "--show-pii", CI="1")
    assert (refused.code, refused.out) == (3, "")


def test_parquet_holds_the_same_with_types(open_desk, tmp_path):
    desk = open_desk()
    out = tmp_path / "results.parquet"
    assert desk.run("results", "--format", "parquet", "--out", out, "--details").code == 0
    table = pq.read_table(out)
    assert (table.num_rows, str(table.schema.field("price").type)) == (len(PEOPLE), "double")
    assert sum(table["price"].to_pylist()) == pytest.approx(sum(row["price"] for row in in_books(desk).values()))
    assert out.stat().st_mode & 0o077 == 0
    assert desk.run("results", "--format", "parquet").code == 3


def test_a_file_is_written_whole_or_not_at_all(open_desk, tmp_path):
    desk = open_desk()
    out = tmp_path / "absent" / "results.csv"
    failed = desk.run("results", "--out", out)
    assert (failed.code, "cannot be written" in failed.err) == (5, True)
    assert list(tmp_path.glob("*.partial")) == []


def test_a_reader_who_has_left_is_no_failure(open_desk):
    desk = open_desk()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(desk.workspace.root), "results", "-q"]
    environment = os.environ | {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(command, env=environment, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1", "'=1"),
        ("@x", "'@x"),
        ("-1", "-1"),
        ("+1415•••0100", "+1415•••0100"),
        ("+A1", "'+A1"),
        ("\tx", "'\tx"),
        ("a=1", "a=1"),
    ],
)
def test_formulas_get_an_apostrophe_and_numbers_none(text, cell):
    assert harmless(text) == cell


def test_collecting_that_is_killed_again_and_again_misses_no_call_and_has_none_twice(open_desk):
    desk = open_desk({"on": "calls", "do": "delay", "seconds": 0.02})
    assert collect_though_killed(desk, (1, 30, 60, 90)) >= 2
    found = compared(rows(desk.run("results", "--details")), desk.books)
    assert found == {"missing": 0, "twice": 0, "unheard_of": 0, "off_by_usd": 0}


def test_a_file_that_is_something_else_is_left_alone(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("my notes, which are longer than the head of a database would have to be" * 20)
    with pytest.raises(InvalidInput, match="holds no results"), open_archive(other):
        pass
    with pytest.raises(Unavailable), open_archive(tmp_path / "notes.txt" / "below"):
        pass
