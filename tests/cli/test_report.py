"""The report of what the sandbox did, against its books."""

from collections import Counter

import pytest

from tests.cli.test_results import PEOPLE, in_books, open_desk  # noqa: F401 - a fixture


def test_a_report_agrees_with_the_books_to_the_call_and_to_the_cent(open_desk):  # noqa: F811 - the fixture
    desk = open_desk()
    told = desk.run("report", "--format", "json", "--compare", "name").json
    books = in_books(desk).values()
    kinds = Counter(call["kind"] for call in books)
    assert told["cost"]["actual"] == pytest.approx(sum(call["price"] for call in books), abs=0.0001)
    assert told["calls"]["outcomes"]["answered"] == kinds["human"]
    assert told["calls"]["outcomes"]["voicemail"] == kinds["voicemail"]
    assert told["calls"]["dispositions"] == Counter(call["tag"] for call in books)
    assert told["calls"]["minutes"] == pytest.approx(sum(call["talk"] for call in books) / 60, abs=0.01)
    assert [step["calls"] for step in told["funnel"]] == [len(PEOPLE), len(PEOPLE), len(PEOPLE), kinds["human"]]
    assert {zone["zone"] for zone in told["by_zone"]} >= {"America/New_York", "America/Los_Angeles"}


def test_no_number_and_in_ci_no_value_is_in_a_report(open_desk, tmp_path):  # noqa: F811 - the fixture
    desk = open_desk()
    for format_ in ("text", "json", "markdown"):
        shown = desk.run("report", "--format", format_, "--compare", "plan", CI="1")
        assert shown.code == 0
        assert "=1+3" not in shown.out
        assert not [number for number in PEOPLE if number[2:] in shown.everything]
    out = tmp_path / "report.md"
    assert desk.run("report", "--format", "markdown", "--out", out).code == 0
    assert out.read_text().startswith("## Report: hello\n")


def test_without_the_list_a_report_begins_with_what_was_sent(open_desk):  # noqa: F811 - the fixture
    desk = open_desk()
    (desk.workspace.root / "people.csv").unlink()
    told = desk.run("report", "--format", "json").json
    assert [step["step"] for step in told["funnel"]] == ["sent", "dialled", "answered"]


def test_nothing_sent_is_told(open_desk):  # noqa: F811 - the fixture
    assert open_desk(apply=False).run("report").out == "Nothing was sent yet.\n"
