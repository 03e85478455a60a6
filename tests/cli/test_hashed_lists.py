"""A suppression list may hold keys of people in place of numbers."""

import gzip
import re

import pytest

from tests.cli.workspace import ADA, ALAN, GRACE

KEYS = [{"file": "stop.csv", "keys": "person_key"}]


@pytest.fixture
def hashing(workspace):
    """A workspace with three people, of whom a list of keys names one."""
    workspace.run("state", "key")
    workspace.people(*({"phone_number": number, "name": "x"} for number in (ADA, GRACE, ALAN)))
    return hash_list(workspace, GRACE)


def hash_list(workspace, *numbers):
    workspace.write("numbers.csv", "phone_number\n" + "".join(f"{number}\n" for number in numbers))
    done = workspace.run("suppress", "hash", workspace.root / "numbers.csv", "--out", workspace.root / "stop.csv")
    assert done.code == 0, done.everything
    return workspace.hello(recipients=people(), suppression=KEYS)


def people():
    return {"inline": [{"phone_number": number, "name": "x"} for number in (ADA, GRACE, ALAN)]}


def test_the_list_holds_keys_and_names_their_state_key_and_no_number(hashing):
    lines = (hashing.root / "stop.csv").read_text().splitlines()
    assert lines[0] == "person_key"
    assert all(re.fullmatch("[0-9a-f]{16}-[0-9a-f]{32}", line) for line in lines[1:])
    assert len(lines) == 2


def test_who_is_on_it_is_not_called_and_is_counted(hashing):
    assert hashing.counts() == {"create": 2, "suppressed": 1}
    assert hashing.apply().code == 0
    assert hashing.rung() == [ADA, ALAN]


def test_it_may_have_any_format_of_lists(hashing):
    (hashing.root / "stop.csv.gz").write_bytes(gzip.compress((hashing.root / "stop.csv").read_bytes()))
    hashing.hello(recipients=people(), suppression=[{"file": "stop.csv.gz", "keys": "person_key"}])
    assert hashing.counts() == {"create": 2, "suppressed": 1}


@pytest.mark.parametrize("saved", [False, True])
def test_whoever_is_added_after_the_review_is_not_called(hashing, saved):
    plan = hashing.plan("--out", hashing.root / "p.plan")
    hash_list(hashing, GRACE, ADA)
    done = hashing.run("apply", hashing.root / "p.plan") if saved else hashing.apply()
    assert (plan.code, done.code) == (0, 0), done.everything
    assert hashing.rung() == [ALAN]


def test_without_the_state_key_a_plan_says_that_it_was_not_read_and_has_the_same_digest(hashing):
    with_key = hashing.plan().json
    (hashing.root / ".bland-deploy" / "state.key").unlink()
    done = hashing.plan()
    assert done.code == 0
    assert done.json["digest"] == with_key["digest"]
    assert (done.json["state"], done.json["campaigns"][0]["calls"]["create"]) == ("not_read", 3)
    found = done.only("suppression-keys")
    assert (found["severity"], found["file"]) == ("note", "campaigns/hello.yaml")
    assert found["message"] == (
        "stop.csv holds keys of people, which cannot be read without the state key: nobody on it is left out here"
    )


def test_a_list_made_under_another_state_key_is_refused_by_row_and_calls_nobody(hashing):
    done = hashing.plan(BLAND_DEPLOY_STATE_KEY="ab" * 32)
    assert done.code == 3
    found = done.only("suppression-unreadable")
    assert (found["file"], found["line"]) == ("stop.csv", 2)
    assert re.fullmatch(
        "the key of a person was made under state key [0-9a-f]{16}, and the state key here is [0-9a-f]{16}",
        found["message"],
    )


def test_a_cell_that_is_no_key_is_an_error(hashing):
    hashing.write("stop.csv", f"person_key\n{GRACE}\n")
    done = hashing.plan()
    assert done.code == 3
    assert done.only("suppression-unreadable")["message"] == (
        '"person_key" holds no key of a person: nobody is protected by this row'
    )
    assert GRACE not in done.everything
