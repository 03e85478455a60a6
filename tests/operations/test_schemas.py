"""The published schemas: what we write fits them, what is wrong does not."""

import json
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bland_deploy.cli import boundary
from bland_deploy.documents.nodes import data
from bland_deploy.documents.read import read_document
from bland_deploy.errors import InvalidInput
from bland_deploy.operations.schemas import KINDS, find_kind, make_schema
from bland_deploy.rules.registry import RULES
from bland_deploy.views.json import render_json
from tests.rules.test_examples import workspace

ROOT = Path(__file__).parents[2]
SCHEMAS = {kind: make_schema(kind) for kind in KINDS}
CAMPAIGNS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "campaigns").glob("*.yaml"))
TEMPLATES = ROOT / "bland_deploy/scaffold/templates"
AT = "2026-03-02T15:00:00Z"
PEOPLE = {"inline": [{"phone_number": "+14155550100"}]}


def mistakes(kind, value):
    return [error.message for error in Draft7Validator(SCHEMAS[kind]).iter_errors(value)]


def content(root, name):
    node, found = read_document(root, name)
    assert found == ()
    return data(node)


def closed(schema):
    """The schema without room for additions."""
    match schema:
        case {"properties": _}:
            inner = {key: closed(value) for key, value in schema.items()}
            return {"additionalProperties": False, **inner}
        case dict():
            return {key: closed(value) for key, value in schema.items()}
        case list():
            return [closed(item) for item in schema]
        case _:
            return schema


@pytest.fixture
def examples(tmp_path):
    shutil.copy(ROOT / "bland-deploy.yaml", tmp_path)
    shutil.copytree(ROOT / "campaigns", tmp_path / "campaigns")
    return tmp_path


@pytest.fixture
def printed(examples, capsys):
    """What a command prints with --format json."""

    def run(*arguments, code=0):
        ended = boundary.run(["-C", str(examples), *arguments, "--format", "json"])
        shown = capsys.readouterr()
        assert ended == code, shown.out + shown.err
        return json.loads(shown.out)

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_one_of_draft_07(kind):
    Draft7Validator.check_schema(SCHEMAS[kind])
    assert SCHEMAS[kind]["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert "$defs" not in json.dumps(SCHEMAS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_leads_somewhere(kind):
    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from references(inside)

    for reference in references(SCHEMAS[kind]):
        target = SCHEMAS[kind]
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_under_schemas_are_fresh(kind):
    assert (ROOT / f"schemas/{kind}.schema.json").read_text("utf-8") == render_json(SCHEMAS[kind])


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_the_examples_fit_the_schema_of_campaigns(name):
    assert mistakes("campaign", content(ROOT, name)) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.example], ids=lambda rule: rule.id)
def test_what_lint_finds_right_fits_the_schema(rule, tmp_path):
    root = workspace(tmp_path, rule.example, rule.example.good)
    assert mistakes("campaign", content(root, "campaigns/example.yaml")) == []
    assert mistakes("workspace", content(root, "bland-deploy.yaml")) == []


def test_the_workspace_files_fit_their_schema():
    assert mistakes("workspace", content(ROOT, "bland-deploy.yaml")) == []
    assert mistakes("workspace", content(TEMPLATES, "bland-deploy.yaml")) == []
    assert mistakes("campaign", content(TEMPLATES, "campaigns/hello.yaml")) == []


@pytest.mark.parametrize(
    "more",
    [
        {"call": {"max_duration": "{{ vars.minutes }}", "metadata": None, "something_new": [1]}},
        {"call": {"task": {"file": "a.md"}, "voicemail": {"action": "leave_message", "message": {"file": "b.md"}}}},
        {"prompt": {"file": "a.md"}, "split": {"size": 1, "pause": "1h30m"}},
        {"each": {"request_data": {"a": 1}}, "batch": {"status_webhook": "https://example.com"}},
        {"recipients": {"file": "a.csv", "variables": ["a", {"b": "{{ row.c }}"}], "empty": "drop"}},
        {"recipients": {"inline": [{"phone_number": "+14155550100", "call": {"voice": "June", "max_duration": 3}}]}},
        {"environments": {"production": {"call": {"voice": None}, "recipients": {"file": None}, "prompt": None}}},
        {"environments": {"production": {"recipients": {"where": "row.a"}}}},
        {"stamp": "none"},
        {"stamp": ["metadata"]},
    ],
)
def test_a_campaign_may_say(more):
    assert mistakes("campaign", {"campaign": "a", "recipients": PEOPLE, **more}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"campaign": "A campaign"},
        {"campaign": None},
        {"round": 2},
        {"label": "b"},
        {"api": "v3"},
        {"recipients": {}},
        {"recipients": {"file": "a.csv", "inline": []}},
        {"recipients": {"inline": ["+14155550100"]}},
        {"recipients": {"inline": [{"call": "June"}]}},
        {"prompt": {"path": "a.md"}},
        {"call": {"max_duration": True}},
        {"call": {"voicemail": {"action": True}}},
        {"split": {"pause": 5}},
        {"split": {"size": 0}},
        {"environments": {"production": {"campaign": "b"}}},
        {"environments": {"production": {"call": {"temperature": []}}}},
    ],
)
def test_a_campaign_may_not_say(wrong):
    assert mistakes("campaign", {"campaign": "a", "recipients": PEOPLE, **wrong}) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"environments": {"production": {"api_key": "not-a-reference"}}},
        {"environments": {"production": {"api_key": {}}}},
        {"environments": {"production": {"api_key": {"env": "A", "file": "b"}}}},
        {"environments": {"production": {"settle": 20}}},
        {"environments": {"production": {"limits": {"max_calls": 1}}}},
        {"defaults": {"campaign": "a"}},
        {"defaults": {"split": {"size": "many"}}},
        {"campaigns": "campaigns/*.yaml"},
    ],
)
def test_a_workspace_may_not_say(wrong):
    assert mistakes("workspace", wrong) != []


def test_defaults_of_a_workspace_are_part_of_a_campaign():
    assert mistakes("workspace", {"defaults": {"call": {"voice": "June"}, "split": {"size": 10}}}) == []


def test_what_commands_print_fits_its_schema_and_nothing_is_left_undescribed(printed):
    renewal = ["renewal-reminder"]
    documents = [
        ("lint", printed("lint")),
        ("plan", printed("plan", "--at", AT)),
        ("plan", printed("plan", "--at", AT, "--payloads")),
        ("render", printed("render", *renewal)),
        ("render", printed("render", *renewal, "--recipient", "1")),
        ("apply", printed("apply", "--auto-approve", "--at", AT)),
        ("apply", printed("apply", "--auto-approve", "--at", AT)),
        ("plan", printed("plan", "--at", AT)),
        ("status", printed("status")),
        ("failure", printed("plan", "no-such-campaign", code=3)),
    ]
    for kind, document in documents:
        assert list(Draft7Validator(closed(SCHEMAS[kind])).iter_errors(document)) == [], kind


def test_a_plan_that_lacks_something_does_not_fit(printed):
    plan = printed("plan", "--at", AT)
    for wrong in (
        {**plan, "digest": "abc"},
        {**plan, "state": "perhaps"},
        {key: value for key, value in plan.items() if key != "diagnostics"},
        {**plan, "campaigns": [{**plan["campaigns"][0], "calls": {"create": 1}}]},
    ):
        assert mistakes("plan", wrong) != []
    assert mistakes("plan", {**plan, "more": 1}) == []


def test_the_files_of_the_log_fit_the_schema_of_state(printed, examples):
    printed("apply", "--auto-approve", "--at", AT)
    files = [path for path in (examples / ".bland-deploy").rglob("*.json") if "keys" not in path.parts]
    documents = [json.loads(path.read_bytes()) for path in files]
    kinds = {document.get("entry", {"kind": "manifest"})["kind"] for document in documents}
    assert {"manifest", "claim", "sending", "receipt"} <= kinds
    for document in documents:
        assert mistakes("state", document) == []
        assert mistakes("state", {**document, "more": 1}) != []
        assert mistakes("state", {key: value for key, value in document.items() if key != "sha256"}) != []


def test_making_a_schema_twice_gives_the_same():
    for kind in KINDS:
        assert make_schema(kind) == deepcopy(SCHEMAS[kind])


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(InvalidInput) as near:
        find_kind("plann")
    assert near.value.help == "did you mean `plan`?"
    with pytest.raises(InvalidInput) as far:
        find_kind("zzz")
    assert far.value.help.startswith("there are campaign, workspace, state")
