"""Names that mean something: rules, keys of our files, fields of the API."""

import pytest

from bland_deploy.errors import InvalidInput
from bland_deploy.model.campaign import Campaign, Recipients
from bland_deploy.model.workspace import Environment, Workspace
from bland_deploy.operations.explain import explain
from bland_deploy.operations.keys import all_keys, find_keys


def names(found):
    return [key.name for key in found]


def test_every_key_of_every_model_is_known_and_described():
    known = names(all_keys())
    assert set(Campaign.model_fields) | set(Workspace.model_fields) <= set(known)
    assert {f"recipients.{name}" for name in Recipients.model_fields} <= set(known)
    assert {f"environments.NAME.{name}" for name in Environment.model_fields} <= set(known)
    assert [key.name for key in all_keys() if not key.description or not key.type] == []


def test_a_key_says_its_type_default_and_whether_it_is_required():
    (empty,) = find_keys("recipients.empty")
    assert (empty.type, empty.default, empty.required) == ("`keep` or `drop` or `error`", "keep", False)
    (name,) = find_keys("campaign")
    assert (name.type, name.default, name.required) == ("text", None, True)
    (pause,) = find_keys("split.pause")
    assert (pause.type, pause.default) == ("duration", "0s")
    (key,) = find_keys("environments.NAME.api_key")
    assert key.type == "{env: NAME} or {file: PATH}"
    (stamp,) = find_keys("stamp")
    assert (stamp.type, stamp.default) == (
        "list of (`metadata` or `description`) or `none`",
        '["metadata", "description"]',
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("environments.production.state", ["environments.NAME.state"]),
        ("suppression[0].as_of", ["suppression[].as_of"]),
        ("suppression.as_of", ["suppression[].as_of"]),
        ("as_of", ["suppression[].as_of"]),
        ("phone", ["recipients.phone", "suppression[].phone"]),
        ("nothing", []),
    ],
)
def test_keys_are_found_by_path_or_by_their_last_part(name, expected):
    assert names(find_keys(name)) == expected


def test_a_name_may_mean_several_things():
    found = explain("description")
    assert found.rule is None
    assert names(found.keys) == ["description"]
    assert found.field.levels == ("batch",)


def test_a_rule_and_a_field_are_found():
    assert explain("odd-type").rule.id == "odd-type"
    assert explain("call.voicemail.action").field.name == "voicemail.action"


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("odd-tpye", "did you mean `odd-type`?"),
        ("max_duratoin", "did you mean `max_duration`?"),
        ("recipients.emtpy", "did you mean `recipients.empty`?"),
        ("zzzzzzzz", "`bland-deploy rules` lists the rules"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name, way_out):
    with pytest.raises(InvalidInput) as refused:
        explain(name)
    assert refused.value.help == way_out
