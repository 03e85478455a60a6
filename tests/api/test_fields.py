import json
import re
from pathlib import Path

import jsonschema
import pytest

from bland_deploy.api.explain import describe, find_field, suggest_field
from bland_deploy.api.fields import FIELDS, SOURCES, TEXT_FILES, bland_fills, field_named, shape_named, shapes_at
from bland_deploy.api.fields.facts import words
from bland_deploy.api.schema import schema
from bland_deploy.api.values import _FORMS, _PATTERNS

CASES = Path(__file__).parent / "cases"
JSON_TYPES = {"string", "boolean", "integer", "number", "object", "array"}

# Parameters of Send Call and of both creates, as their pages list them.
DOCUMENTED = words(
    """
    phone_number task pathway_id pathway_version start_node_id persona_id agent_id agent_version voice
    first_sentence model language temperature wait_for_greeting interruption_threshold interruptibility
    resumption_speed block_interruptions pronunciation_guide keywords background_track noise_cancellation from
    dialing_strategy local_dialing geospatial_dialing transfer_phone_number transfer_list voicemail
    voicemail_message voicemail_action voicemail_sms sensitive_voicemail_detection answered_by_enabled retry
    retry_config ivr_mode amd precall_dtmf_sequence ignore_button_press start_time timezone dispatch_hours
    max_duration request_data metadata external_id tools dynamic_data webhook webhook_events record
    summary_prompt dispositions disposition_ids available_tags citation_schema_ids citation_schema_id
    post_call_evals stream_post_transfer_transcript include_post_transfer_transcript guard_rails analysis_schema
    analysis_prompt analysis_preset reduce_latency voice_id voice_preset_id voice_settings calendly
    language_detection_period language_detection_options graph_id wait version_number call_objects b_cid global
    description status_webhook max_concurrent base_prompt call_data label campaign_id test_mode batch_webhook
    batch_id
    """
)


def test_every_documented_field_has_a_row():
    assert set(DOCUMENTED) - {field.name for field in FIELDS} == set()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_row_is_well_formed(field):
    assert [other.name for other in FIELDS].count(field.name) == 1
    assert set(field.types) <= JSON_TYPES
    assert field.source in SOURCES
    assert set(field.levels) <= {"call", "each", "batch"}
    assert set(field.apis) <= {"v1", "v2"}
    assert field.form is None or field.form in {*_FORMS, *_PATTERNS}
    assert field.note.endswith(".") or field.note.endswith("…")
    for date in filter(None, (field.since, field.until)):
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", date)
    if field.replacement:
        assert field_named(field.replacement.split(":")[0]) is not None
    if field.default and field.default != "now" and "string" not in field.types:
        json.loads(field.default)


def test_levels_hold_what_may_stand_on_them():
    assert "phone_number" not in shapes_at("call", "v2")
    assert {"phone_number", "b_cid", "voice"} <= set(shapes_at("each", "v2"))
    assert "b_cid" not in shapes_at("each", "v1")
    assert set(shapes_at("batch", "v2")) == {
        "call_objects",
        "global",
        "description",
        "status_webhook",
        "max_concurrent",
    }
    assert shapes_at("batch", "v1") == shapes_at("call", "v1")
    assert {"voice", "base_prompt", "campaign_id"} <= set(shapes_at("call", "v1"))


def test_the_inside_of_values_is_known():
    assert set(shape_named("voicemail").keys) == {"action", "message", "sms", "sensitive"}
    assert set(shape_named("guard_rails[].actions[].config").keys) == {"phone_number", "node_id"}
    assert shape_named("nothing") is None
    assert field_named("nothing") is None


@pytest.mark.parametrize(
    ("path", "filled"),
    [
        (("task",), True),
        (("first_sentence",), True),
        (("base_prompt",), True),
        (("voicemail", "message"), True),
        (("voicemail", "sms", "message"), True),
        (("tools", 0, "body", "x"), True),
        (("dynamic_data", 1, "headers", "authorization"), True),
        (("retry", "voicemail_message"), True),
        (("retry", "wait"), False),
        (("metadata", "note"), False),
        (("request_data", "name"), False),
        (("summary_prompt",), False),
        (("keywords", 0), False),
        (("voice", 0), False),
        (("unheard_of",), False),
        ((), False),
    ],
)
def test_bland_fills_names_in_the_texts_that_are_spoken_or_asked(path, filled):
    assert bland_fills(path) is filled


def test_long_texts_may_lie_in_files():
    assert set(TEXT_FILES) == {("task",), ("first_sentence",), ("summary_prompt",), ("voicemail", "message")}


@pytest.mark.parametrize(
    "name", ["max_duration", "voicemail.action", "voice", "voice_id", "description", "keywords", "model"]
)
def test_a_field_is_explained(name, golden):
    golden(CASES / f"explain/{name}.txt", describe(field_named(name)) + "\n")


def test_every_field_can_be_explained():
    assert all(describe(field).startswith(field.name) for field in FIELDS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("voice", "voice"),
        ("call.voice", "voice"),
        ("each.voicemail.action", "voicemail.action"),
        ("batch.status_webhook", "status_webhook"),
        ("end_seconds", "guard_rails[].config.end_seconds"),
        ("message", None),
        ("voise", None),
    ],
)
def test_a_field_is_found_by_its_path_or_an_unmistakable_last_key(asked, found):
    field = find_field(asked)
    assert (field.name if field else None) == found


def test_a_field_that_was_misspelt_is_suggested():
    assert suggest_field("voise") == "voice"
    assert suggest_field("qqqqqqqq") is None


@pytest.mark.parametrize("level", ["call", "each", "batch"])
def test_the_schema_is_draft_07_and_describes_every_field_of_the_level(level):
    made = schema(level)
    jsonschema.Draft7Validator.check_schema(made)
    assert all(value["description"] for value in made["properties"].values())
    top = {field.name for field in FIELDS if level in field.levels and "." not in field.name and "[" not in field.name}
    assert top - set(made["properties"]) <= {
        "phone_number", "base_prompt", "call_data", "label", "global", "call_objects",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"max_duration": 10, "unknown": [1]}, True),
        ({"max_duration": None, "voice": "{{ vars.voice }}", "record": "{{ vars.record }}"}, True),
        ({"task": {"file": "campaigns/prompts/x.md"}, "voicemail": {"message": {"file": "x"}}}, True),
        ({"model": "enhanced", "background_track": None, "keywords": ["a"]}, True),
        ({"max_duration": "ten"}, False),
        ({"max_duration": 721}, False),
        ({"voicemail": {"action": 3}}, False),
        ({"keywords": ["a"] * 21}, False),
        ({"guard_rails": [{}]}, False),
    ],
)
def test_the_schema_judges_types_and_ranges_and_lets_templates_and_null_pass(value, valid):
    assert jsonschema.Draft7Validator(schema("call")).is_valid(value) is valid


def test_obsolete_fields_are_marked_in_the_schema():
    properties = schema("call")["properties"]
    assert properties["voice_id"]["deprecated"]
    assert "deprecated" not in properties["voice"]
