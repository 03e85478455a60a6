import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.diagnostics import Place, error, note, warning
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked, clean
from bland_deploy.views.diagnostics.text import render, summary

CASES = Path(__file__).parent / "cases"
SOURCE = """\
version: 1
campaign: "renewal reminder"
recipients:
\tinline: [{phone_number: "+14155550100", note: "日本語 x"}, {phone_number: 4155550100}]
api_key: sk-not-a-real-key-0000
long: """ + "word " * 60 + "here " + "word " * 60 + "\n"  # fmt: skip


def sources(file):
    return {"campaigns/a.yaml": SOURCE, "list.csv": "phone\n+14155550100\n"}.get(file)


def at(line, column=None, file="campaigns/a.yaml"):
    return Place(file, line, column)


FINDINGS = [
    error("unknown-key", "`versoin` is not a key of a campaign", at(1, 1), "did you mean `version`?"),
    error("wrong-value", "`campaign` must be lower-case", at(2, 11)),
    warning("odd-number", "a row has an odd number", at(4, 26), "write it in full"),
    warning("after-wide", "a word after wide characters", at(4, 59)),
    error("secret-in-file", "a key stands in the file", at(5, 10)),
    note("long-line", "somewhere in a long line", at(6, SOURCE.split("\n")[5].index("here") + 1)),
    error("whole-line", "a line without a column", at(4)),
    error("end-of-line", "a value is missing", at(3, 12)),
    error("list", "a cell of a list is wrong", at(2, 1, "list.csv")),
    error("absent", "the file does not exist", Place("no.yaml")),
    error("beyond", "a line that is not there", at(99, 1)),
    error("nowhere", "something without a place", help="look around"),
]


def test_people_see_the_line_the_caret_and_the_way_out(golden):
    golden(CASES / "plain.txt", FORMATS["text"](FINDINGS, Checked(sources), False))


def test_colours_are_used_where_they_are_wanted(golden):
    text = FORMATS["text"](FINDINGS[:2], Checked(sources), True)
    golden(CASES / "colour.txt", text)
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == FORMATS["text"](FINDINGS[:2], Checked(sources), False)


def test_what_users_wrote_does_nothing_to_the_terminal():
    hostile = "a: \x1b[31mred\x07 \u202eevil\u2066 \x9b2J\r\x08"
    finding = error("x", f"bad {hostile}", Place("f\x1b[0m.yaml", 1, 4), f"fix {hostile}")
    text = render([finding], lambda _: hostile, color=False)
    assert all(character.isprintable() or character == "\n" for character in text)


def test_numbers_and_keys_of_the_source_are_unreadable():
    text = render([error("x", "y", at(line, 1)) for line in range(1, 7)], sources, color=False)
    assert "4155550100" not in text
    assert "real-key" not in text
    assert '{phone_number: "+•••••••••••", note: "••• •"}' in text


@pytest.mark.parametrize("name", ["people.csv", "people.TSV", "a.json", "b.jsonl"])
def test_no_line_of_a_list_is_shown(name):
    text = render([error("x", "y", Place(name, 1, 1))], lambda _: "Ada,secret", color=False)
    assert text == f"{name}:1:1: error: y [x]\n\n"


def test_each_file_is_read_once():
    asked = []

    def read(file):
        asked.append(file)
        return SOURCE

    render([error("x", "y", at(1, 1)), error("x", "z", at(2, 1)), error("x", "z", Place("b", 1, 1))], read, color=False)
    assert asked == ["campaigns/a.yaml", "b"]


def test_the_last_line_counts():
    assert summary([]) == "no problems"
    assert summary(FINDINGS) == "9 errors, 2 warnings, 1 note"
    assert summary(FINDINGS[:1]) == "1 error"


def test_a_text_is_cleaned_character_by_character():
    assert clean("a\tb\u200bc é") == "a\ufffdb\ufffdc é"


@given(st.text(max_size=300), st.integers(1, 400), st.integers(1, 3))
def test_any_place_in_any_source_can_be_shown(source, column, line):
    text = render([error("x", "y", Place("f", line, column), "z")], lambda _: source, color=False)
    assert text.startswith(f"f:{line}:{column}: error: y [x]\n")
    assert max(map(len, text.split("\n"))) < 300
