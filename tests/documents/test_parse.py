import json
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bland_deploy.diagnostics import Severity
from bland_deploy.documents.keys import BLAND_KEYS, CAMPAIGN_MODELS, WORKSPACE_MODELS
from bland_deploy.documents.parse import parse_campaign, parse_workspace
from bland_deploy.documents.read import read_text
from bland_deploy.documents.zones import is_zone, zone_names
from bland_deploy.model.campaign import Campaign
from bland_deploy.model.workspace import Workspace

PARSERS = {"campaign": (parse_campaign, Campaign), "workspace": (parse_workspace, Workspace)}
# words of pydantic and Python that no user should meet
FOREIGN = (
    "Input",
    "Field",
    "should be",
    "valid ",
    "str",
    "dict",
    "int ",
    "bool",
    "None",
    "Value error",
    "literal[",
    "extra",
)


def models_of(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    if get_origin(annotation) in {list, dict, Union, UnionType, Annotated}:
        return {model for inner in get_args(annotation) for model in models_of(inner)}
    return set()


def models_below(model):
    found = {model}
    for field in model.model_fields.values():
        for inner in models_of(field.annotation):
            found |= models_below(inner)
    return found


@pytest.mark.parametrize(("model", "listed"), [(Campaign, CAMPAIGN_MODELS), (Workspace, WORKSPACE_MODELS)])
def test_every_model_of_a_file_is_listed_with_its_place(model, listed):
    assert set(listed.values()) == models_below(model)


def test_blands_names_are_none_of_ours_and_stand_for_one():
    assert not BLAND_KEYS.keys() & Campaign.model_fields.keys()
    assert set(BLAND_KEYS.values()) <= Campaign.model_fields.keys()


@pytest.mark.parametrize(
    "text", ["campaign: a\nrecipients: {inline: []}\n", "campaign: a\nrecipients: {file: a.csv}\n"]
)
def test_a_campaign_without_mistakes_has_no_diagnostics(text):
    campaign, diagnostics = parse_campaign(read_text(text, "f")[0])
    assert diagnostics == ()
    assert (campaign.campaign, campaign.round, campaign.split.size) == ("a", "1", 500)


def test_a_workspace_without_mistakes_has_no_diagnostics():
    workspace, diagnostics = parse_workspace(read_text("version: 1\n", "f")[0])
    assert diagnostics == ()
    assert list(workspace.environments) == ["sandbox"]


def test_time_zones_are_the_same_on_every_machine():
    assert is_zone("UTC")
    assert is_zone("America/New_York")
    assert not any(is_zone(name) for name in ("localtime", "posix/UTC", "Mars/Phobos", "", "america/new_york"))
    assert len(zone_names()) > 500


def keys_of(model):
    return [*model.model_fields, "bogus", "fil", "env"]


def mistaken(model):
    names = [*keys_of(model), "file", "inline", "sandbox", "str", "FileText"]
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-2, 10**6) | st.floats(-1, 5) | st.text(max_size=4)
        | st.sampled_from(["1", "yes", "20s", "v1", "all", "none", "sk-x", "Europe/Pari", "{{ row.x }}"]),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(names), inner, max_size=4),
        max_leaves=8,
    )  # fmt: skip
    return st.dictionaries(st.sampled_from(keys_of(model)), values, max_size=8)


@pytest.mark.parametrize("kind", PARSERS)
@settings(deadline=None)
@given(chance=st.data())
def test_any_mistake_ends_in_plain_words_at_a_place(kind, chance):
    parse, model = PARSERS[kind]
    value = chance.draw(mistaken(model))
    text = json.dumps(value, ensure_ascii=False)
    node, unread = read_text(text, "f")
    if unread:
        return
    parsed, diagnostics = parse(node)
    assert (parsed is None) == bool(diagnostics)
    for found in diagnostics:
        assert found.severity is Severity.ERROR
        assert found.place.line == 1
        assert 1 <= found.place.column <= len(text) + 1
        words = f"{found.message} {found.help}".replace("`str`", "").replace("FileText", "").removesuffix("None")
        words = " ".join(word for word in words.split() if "`" not in word and '"' not in word)
        assert not [foreign for foreign in FOREIGN if foreign in words]


@pytest.mark.parametrize("kind", PARSERS)
@settings(deadline=None)
@given(chance=st.data())
def test_one_mistake_is_told_once(kind, chance):
    parse, model = PARSERS[kind]
    good = {"campaign": "a", "recipients": {"file": "x.csv"}} if model is Campaign else {"version": 1}
    key = chance.draw(st.sampled_from(sorted(model.model_fields)))
    value = chance.draw(st.sampled_from([5, 1.5, True, [], {}, "?", None]))
    node, _ = read_text(json.dumps({**good, key: value}), "f")
    _, diagnostics = parse(node)
    assert len({found.place for found in diagnostics}) == len(diagnostics) <= 1


def test_a_key_named_like_a_kind_of_value_is_a_key():
    node, _ = read_text("campaign: a\nrecipients: {inline: []}\nprompt: {str: x}\n", "f")
    found = parse_campaign(node)[1]
    assert [(problem.rule, str(problem.place)) for problem in found] == [
        ("missing-key", "f:3:9"),
        ("unknown-key", "f:3:10"),
    ]
