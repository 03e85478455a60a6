from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.diagnostics import Place
from bland_deploy.model.campaign import Suppression
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import Suppressed, read_suppressed
from bland_deploy.rules.pack import load_pack

NOW = datetime(2026, 1, 31, 20, 0, tzinfo=UTC)
ANN, BEN = "+14155550100", "+14155550101"


def place_of(path):
    return Place("/".join(map(str, path)))


def suppressed(root, content=f"phone_number\n{ANN}\n", now=NOW, name="dnc.csv", **options):
    (root / name).write_text(content)
    return read_suppressed([Suppression(file=name, **options)], Reach(root), now, place_of)


def rules(read):
    return [(problem.rule, problem.place) for problem in read.diagnostics]


def test_people_on_a_list_are_suppressed_however_they_are_written(tmp_path):
    read = suppressed(
        tmp_path, f"phone\n(415) 555-0100\n{BEN}\n+14155550102 x5\n+11234567890\n", phone="phone", default_country="US"
    )
    assert read.diagnostics == ()
    assert read.suppressed.numbers == {ANN, BEN, "+14155550102", "+11234567890"}
    assert ANN in read.suppressed
    assert "+14155550199" not in read.suppressed
    assert read.digests == {"dnc.csv": sha256((tmp_path / "dnc.csv").read_bytes()).hexdigest()}


def test_digits_that_nobody_could_parse_are_recognised():
    listed = Suppressed(frozenset({ANN, "+442079460000"}), frozenset({"US", "GB"}))
    assert "14155550100" in listed
    assert "4155550100" in listed
    assert "02079460000" in listed
    assert "4155550101" not in listed
    assert "" not in listed
    assert None not in listed


@given(
    st.frozensets(st.sampled_from([ANN, BEN, "+442079460000", "+12", "12"])),
    st.lists(st.sampled_from([ANN, BEN, "+442079460000", "02079460000", "14155550100", "4155550101", "12", "", "+"])),
)
def test_many_are_told_apart_as_one_by_one(numbers, asked):
    listed = Suppressed(numbers, frozenset({"US", "GB"}))
    assert listed.among(asked) == {identity for identity in asked if identity in listed}


def test_several_lists_count_together(tmp_path):
    (tmp_path / "a.csv").write_text(f"phone_number\n{ANN}\n")
    (tmp_path / "b.json").write_text(f'[{{"phone_number": "{BEN}"}}]')
    read = read_suppressed([Suppression(file="a.csv"), Suppression(file="b.json")], Reach(tmp_path))
    assert read.suppressed.numbers == {ANN, BEN}
    assert set(read.digests) == {"a.csv", "b.json"}


@pytest.mark.parametrize("cell", ["", " ", "n/a", "4155550100", "+1"])
def test_a_cell_that_names_nobody_is_an_error(tmp_path, cell):
    read = suppressed(tmp_path, f'phone_number,x\n{ANN},1\n"{cell}",2\n')
    assert rules(read) == [("suppression-unreadable", Place("dnc.csv", 3))]
    assert read.suppressed.numbers == {ANN}
    assert "5550100" not in read.diagnostics[0].message


def test_a_number_without_country_says_what_to_set(tmp_path):
    assert "default_country" in suppressed(tmp_path, "phone_number\n4155550100\n").diagnostics[0].help


@pytest.mark.parametrize("row", ['{"phone_number": 14155550100}', '{"phone_number": null}', "{}"])
def test_a_cell_that_is_no_text_is_an_error(tmp_path, row):
    assert rules(suppressed(tmp_path, row, name="dnc.jsonl")) == [("suppression-unreadable", Place("dnc.jsonl", 1))]


def test_a_list_that_cannot_be_read_is_an_error(tmp_path):
    read = read_suppressed([Suppression(file="dnc.csv")], Reach(tmp_path), None, place_of)
    assert rules(read) == [("list-missing", Place("suppression/0/file"))]
    assert read.digests == {}
    assert rules(suppressed(tmp_path, "phone_number,x\n+14155550100\n")) == [("row-width", Place("dnc.csv", 2))]


def test_a_fresh_list_is_fine(tmp_path):
    for as_of in ("2026-01-31", "2026-01-31T08:00:00Z", "2026-02-01", "2026-01-31T09:00:00+13:00"):
        assert rules(suppressed(tmp_path, max_age="24h", as_of=as_of)) == []


def test_an_old_list_is_an_error_where_the_time_is_known(tmp_path):
    read = suppressed(tmp_path, max_age="24h", as_of="2026-01-30")
    assert rules(read) == [("suppression-too-old", Place("suppression/0/as_of"))]
    assert "44 hours old" in read.diagnostics[0].message
    assert rules(suppressed(tmp_path, max_age="24h", as_of="2026-01-30", now=None)) == []
    assert rules(suppressed(tmp_path, as_of="2020-01-30")) == []


@pytest.mark.parametrize("as_of", ["yesterday", "2026-01-31T08:00:00", "2026-13-01", ""])
def test_a_date_that_cannot_be_read_is_an_error(tmp_path, as_of):
    assert rules(suppressed(tmp_path, as_of=as_of)) == [("suppression-date", Place("suppression/0/as_of"))]


def test_a_limit_needs_a_date_to_count_from(tmp_path):
    assert rules(suppressed(tmp_path, max_age="24h", now=None)) == [
        ("suppression-undated", Place("suppression/0/max_age"))
    ]


@pytest.mark.parametrize(
    ("kind", "fresh", "old", "rule"),
    [
        ("own", "2026-01-31", "2026-01-30T19:59:00Z", "own-list-age"),
        ("national", "2026-01-01", "2025-12-31", "national-list-age"),
        ("tps", "2026-01-04", "2026-01-03", "tps-list-age"),
    ],
)
def test_the_rules_say_how_old_a_list_of_a_kind_may_be(tmp_path, kind, fresh, old, rule):
    (tmp_path / "dnc.csv").write_text("phone_number\n+14155550100\n")

    def read(**options):
        listed = Suppression(file="dnc.csv", kind=kind, **options)
        return read_suppressed([listed], Reach(tmp_path), NOW, place_of, load_pack().list_ages)

    assert rules(read(as_of=fresh)) == []
    (found,) = read(as_of=old, max_age="90d").diagnostics
    (age,) = (age for age in load_pack().list_ages if age.kind == kind)
    assert found.rule == "suppression-too-old"
    assert f"may be {age.hours} hours old (rule {rule}: {age.rule.source})" in found.message
    assert rules(read()) == [("suppression-undated", Place("suppression/0/kind"))]
    assert rules(read(as_of=fresh, max_age="1h")) == [("suppression-too-old", Place("suppression/0/as_of"))]


def test_a_column_dates_the_list_by_its_oldest_row(tmp_path):
    rows = "phone_number,as_of\n+14155550100,2026-01-31\n+14155550101,2026-01-30\n"
    for as_of in ({}, {"as_of": "as_of"}):
        read = suppressed(tmp_path, rows, max_age="24h", **as_of)
        assert [diagnostic.rule for diagnostic in read.diagnostics] == ["suppression-too-old"]
        assert rules(suppressed(tmp_path, rows, max_age="48h", **as_of)) == []


def test_a_date_in_a_column_that_cannot_be_read_is_an_error(tmp_path):
    read = suppressed(tmp_path, "phone_number,as_of\n+14155550100,soon\n", max_age="24h")
    assert rules(read)[0] == ("suppression-date", Place("dnc.csv", 2))


def test_a_list_from_the_future_is_an_error(tmp_path):
    assert rules(suppressed(tmp_path, max_age="24h", as_of="2026-02-02")) == [
        ("suppression-date", Place("suppression/0/as_of"))
    ]


def test_a_country_that_does_not_exist_is_an_error(tmp_path):
    assert rules(suppressed(tmp_path, default_country="UK")) == [
        ("unknown-country", Place("suppression/0/default_country"))
    ]
