"""`rules`, `explain` and `schema` on the command line, and the pages made of the same tables."""

import json
from pathlib import Path

import pytest

from bland_deploy.api.fields import FIELDS
from bland_deploy.cli import boundary
from bland_deploy.operations.keys import all_keys
from bland_deploy.operations.schemas import KINDS
from bland_deploy.rules.registry import RULES
from bland_deploy.views import fields, rules

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases" / "explain"


@pytest.fixture
def run(capsys):
    def command_line(*arguments, code=0):
        ended = boundary.run(arguments)
        shown = capsys.readouterr()
        assert ended == code, shown.out + shown.err
        return shown.out or shown.err

    return command_line


def test_rules_are_listed_a_line_each(run):
    lines = run("rules").splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [rule.id for rule in RULES]
    assert lines[0] == "document"


def test_rules_are_one_json_document(run):
    document = json.loads(run("rules", "--format", "json"))
    assert (document["format_version"], document["diagnostics"]) == (1, [])
    assert [rule["rule"] for rule in document["rules"]] == [rule.id for rule in RULES]
    assert {key for rule in document["rules"] for key in rule} == {
        *("rule", "level", "severities", "summary", "why", "way_out", "can_ignore", "can_waive", "source", "example")
    }
    by_id = {rule["rule"]: rule for rule in document["rules"]}
    assert by_id["merge-key"]["example"]["file"] == "campaign"
    assert by_id["locked"]["example"] is None


def test_the_page_of_rules_is_fresh(run):
    assert run("rules", "--format", "markdown") == (ROOT / "docs/rules.md").read_text("utf-8")
    assert rules.render_text([]) == ""


def test_the_page_of_fields_is_fresh_and_its_tables_are_whole():
    page = fields.render_markdown(all_keys(), FIELDS)
    assert page == (ROOT / "docs/fields.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5}
    assert len(rows) == len(all_keys()) + len(FIELDS) + 6


@pytest.mark.parametrize(
    "name",
    ["duplicate-key", "locked", "secret-in-file", "row-width", "recipients.empty", "campaign", "description", "split"],
)
def test_what_explain_prints(run, name, golden):
    golden(CASES / f"{name}.txt", run("explain", name))


@pytest.mark.parametrize("number", ["+18505550100", "+18005550100", "+442079460123"])
def test_explain_says_why_a_number_has_its_zones(run, number, golden):
    printed = run("explain", number)
    assert number not in printed
    golden(CASES / f"{number}.txt", printed)


def test_explain_of_a_number_that_cannot_be_called_ends_with_3(run):
    run("explain", "+1219555", code=3)


def test_explain_ends_with_3_for_an_unknown_name_and_says_the_nearest(run):
    assert "did you mean `duplicate-key`?" in run("explain", "dupicate-key", code=3)


def test_schemas_are_listed_and_printed(run):
    assert [line.split()[0] for line in run("schema").splitlines()] == list(KINDS)
    for kind in KINDS:
        assert run("schema", kind) == (ROOT / f"schemas/{kind}.schema.json").read_text("utf-8")


def test_an_unknown_schema_ends_with_3(run):
    assert "did you mean `workspace`?" in run("schema", "workspce", code=3)
