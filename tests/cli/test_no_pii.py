"""`no-pii` on the command line."""

import subprocess

import pytest

from tests.cli.workspace import call

REAL = "+1" + "415" + "777" + "2671"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notes.md").write_text(f"Ada\n  is at {REAL}\n")
    (tmp_path / "people.tsv").write_text(f"name\tphone\nAda\t{REAL}\nGrace\t{REAL}\n")
    (tmp_path / "made-up.csv").write_text("phone\n+14155550100\n")
    (tmp_path / "list.xlsx").write_bytes(b"PK\0\0")
    (tmp_path / "picture.png").write_bytes(b"\0" + REAL.encode())
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_files_are_refused_without_quoting_what_they_hold(folder):
    done = call(["-C", str(folder), "no-pii", *names(folder), "gone.txt"])
    assert done.code == 3
    assert "list.xlsx: error: a table that cannot be looked into" in done.out
    assert "notes.md:2:9: error: this may be a real person's phone number [exposed-number]" in done.out
    assert "people.tsv:2: error: the list holds 2 people with phone numbers [exposed-list]" in done.out
    assert done.out.endswith("3 errors\n")
    assert REAL[-4:] not in done.everything
    assert "Ada" not in done.everything


def test_files_with_made_up_people_pass(folder):
    done = call(["-C", str(folder), "no-pii", "made-up.csv", "picture.png"])
    assert (done.code, done.out) == (0, "no problems\n")


def test_none_named_means_what_git_tracks(folder):
    assert "git lists no files" in call(["-C", str(folder), "no-pii"]).err
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    assert call(["-C", str(folder), "no-pii"]).code == 0
    subprocess.run(["git", "add", "notes.md"], cwd=folder, check=True)
    assert call(["-C", str(folder), "no-pii"]).out.endswith("1 error\n")


def test_the_first_ten_are_shown_and_the_rest_counted(folder):
    (folder / "many.txt").write_text(f"{REAL}\n" * 1200)
    found = call(["-C", str(folder), "no-pii", "many.txt", "--format", "json"]).json["diagnostics"]
    assert len(found) == 11
    assert found[-1]["message"] == "1,190 more phone numbers follow in this file"
    assert found[-1]["line"] == 11


def test_the_country_of_numbers_without_a_plus_is_an_option(folder):
    (folder / "uk.csv").write_text("mobile\n07911" + "123456\n")
    assert call(["-C", str(folder), "no-pii", "uk.csv", "--country", "GB"]).code == 3
    refused = call(["-C", str(folder), "no-pii", "uk.csv", "--country", "UK"])
    assert (refused.code, "--country" in refused.err) == (3, True)
