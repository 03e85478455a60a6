"""Campaigns whose people are in typed files and in databases: linted without asking, planned, sent, and never stale."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.cli.workspace import ADA, ALAN, AT, GRACE
from tests.recipients.people import FILES, PEOPLE

KEY = "5a" * 32
QUERY = "SELECT phone_number, name FROM people ORDER BY phone_number"
ASKED = {"sql": {"database": {"env": "CRM_URL"}, "query": {"file": "due.sql"}}}
STOPPED = {"sql": {"database": {"env": "CRM_URL"}, "query": "SELECT phone_number FROM stopped ORDER BY 1"}}
CRM = {"CRM_URL": "sqlite:///crm.sqlite"}


def change(workspace, *statements):
    with closing(sqlite3.connect(workspace.root / "crm.sqlite")) as database, database:
        for statement in statements:
            database.execute(statement)


@pytest.fixture
def crm(workspace):
    """A workspace whose campaign asks a database for its people, and for those who are not to be called."""
    change(
        workspace,
        "CREATE TABLE people (phone_number text, name text)",
        "CREATE TABLE stopped (phone_number text)",
        f"INSERT INTO people VALUES ('{ADA}', 'Ada'), ('{GRACE}', 'Grace')",
    )
    workspace.write("due.sql", QUERY)
    workspace.run("state", "key")
    return workspace.hello(recipients=ASKED, suppression=[STOPPED])


def calls_of(workspace):
    done = workspace.run("render", "hello", "--format", "json", "--show-pii", "--at", AT)
    assert done.code == 0, done.everything
    return [request["body"]["call_objects"] for request in done.json["requests"]]


@pytest.mark.parametrize("name", ["people.csv.gz", "people.json.zst", "people.parquet", "people.xlsx"])
def test_the_same_people_are_the_same_calls_in_every_format(workspace, name):
    workspace.listed(FILES["people.csv"](), "people.csv")
    plain = calls_of(workspace)
    assert sum(map(len, plain)) == len(PEOPLE)
    workspace.listed(FILES[name](), name)
    assert calls_of(workspace) == plain


def test_lint_asks_no_database_and_needs_no_secret(crm):
    done = crm.run("lint", "--format", "json")
    assert done.code == 0
    assert [found["severity"] for found in done.json["diagnostics"]] == ["note", "note"]
    assert set(done.rules) == {"list-elsewhere"}


def test_people_out_of_a_database_are_called_once(crm):
    change(crm, f"INSERT INTO stopped VALUES ('{GRACE}')")
    done = crm.run("apply", "--auto-approve", "--format", "json", **CRM)
    assert (done.code, done.json["summary"]["sent"]) == (0, 1)
    change(crm, f"INSERT INTO people VALUES ('{ALAN}', 'Alan')", "DELETE FROM stopped")
    assert crm.run("apply", "--auto-approve", "--format", "json", **CRM).json["summary"]["sent"] == 2
    assert crm.run("apply", "--auto-approve", "--format", "json", **CRM).json["summary"]["sent"] == 0
    assert crm.rung() == [ADA, GRACE, ALAN]


def test_plans_of_one_answer_are_the_same_to_the_byte(crm):
    plans = [crm.run("plan", "--format", "json", "--payloads", "--at", AT, **CRM).out for _ in range(2)]
    assert plans[0] == plans[1]
    change(crm, f"INSERT INTO people VALUES ('{ALAN}', 'Alan')")
    assert crm.run("plan", "--format", "json", "--payloads", "--at", AT, **CRM).out != plans[0]


def test_a_saved_plan_is_stale_when_its_list_has_changed_elsewhere(crm):
    assert crm.run("plan", "--out", crm.root / "p.plan", **CRM).code == 0
    change(crm, "UPDATE people SET name = 'Grace H' WHERE name = 'Grace'")
    done = crm.run("apply", crm.root / "p.plan", "--format", "json", **CRM)
    assert (done.code, done.rules) == (9, ["plan-stale"])
    assert "rows of due.sql has changed" in done.out
    assert crm.rung() == []


def test_a_saved_plan_is_sent_less_those_who_are_suppressed_elsewhere_by_now(crm):
    assert crm.run("plan", "--out", crm.root / "p.plan", **CRM).code == 0
    change(crm, f"INSERT INTO stopped VALUES ('{ADA}')")
    done = crm.run("apply", crm.root / "p.plan", "--format", "json", **CRM)
    assert (done.code, done.json["summary"]["sent"]) == (0, 1)
    assert crm.rung() == [GRACE]


def test_an_approval_is_for_the_answer_that_was_approved(crm):
    digest = crm.run("plan", "--format", "json", **CRM).json["digest"]
    change(crm, f"INSERT INTO people VALUES ('{ALAN}', 'Alan')")
    assert crm.run("apply", "--approved", digest, "--format", "json", **CRM).code == 9


def test_a_reference_to_nothing_is_a_missing_key(crm):
    done = crm.run("plan", "--format", "json", CRM_URL=None)
    assert (done.code, done.rules) == (4, ["authentication"])
    assert "CRM_URL" in done.out


def test_a_database_that_is_away_can_be_tried_again(crm):
    done = crm.run("plan", "--format", "json", CRM_URL="postgresql://me:the-password@127.0.0.1:1/crm")
    assert (done.code, done.rules) == (5, ["unavailable"])
    assert "the-password" not in done.everything


@pytest.mark.parametrize(
    ("recipients", "rule"),
    [
        ({"file": "a.csv", "url": "s3://b/a.csv"}, "two-sources"),
        ({"phone": "phone_number"}, "missing-key"),
        ({"sql": {"database": {"env": "not a name"}, "query": QUERY}}, "secret-in-file"),
        ({"sql": {"database": "postgresql://me:word@h/d", "query": QUERY}}, "secret-in-file"),
        ({"sql": {"database": {"env": "X"}, "query": QUERY, "parameter": {}}}, "unknown-key"),
        ({"sql": {"database": {"env": "X"}, "query": "SELECT 1; SELECT 2"}}, "query-not-select"),
        ({"url": "https://example.com/a.csv", "headers": {"Authorization": "Bearer word"}}, "secret-in-file"),
        ({"url": "s3://b/a.csv", "credentials": {"secret_access_key": "word"}}, "secret-in-file"),
        ({"url": "ftp://example.com/a.csv"}, "list-url"),
    ],
)
def test_mistakes_about_places_are_found_without_a_network(workspace, recipients, rule):
    done = workspace.hello(recipients=recipients).run("lint", "--format", "json")
    assert done.code == 3
    assert done.only(rule)["line"]
    assert "word" not in done.out.replace("password", "")


def test_a_change_of_a_query_is_a_change_of_its_campaign(crm):
    from bland_deploy.documents.load import load_workspace
    from bland_deploy.operations.changed import touched

    crm.hello("other")
    loaded = load_workspace(crm.root)
    names = ["campaigns/hello.yaml", "campaigns/other.yaml"]
    assert touched(loaded, names, {"due.sql"}, {}) == ["campaigns/hello.yaml"]


WITHOUT = "import sys; sys.modules['pyarrow'] = None; from bland_deploy.__main__ import main; main()"


def test_what_lint_found_without_a_library_is_forgotten_once_it_is_there(workspace):
    workspace.listed(FILES["people.parquet"](), "people.parquet")
    command = [sys.executable, "-c", WITHOUT, "-C", workspace.root, "lint", "--format", "json"]
    found = [json.loads(subprocess.run(command, check=False, capture_output=True).stdout) for _ in range(2)]
    assert [[item["rule"] for item in one["diagnostics"]] for one in found] == [["extra-missing"]] * 2
    assert workspace.run("lint", "--format", "json").rules == []
