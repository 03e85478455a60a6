import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.api.versions import VERSIONS
from bland_deploy.model.stamp import Stamp, suffix

CASES = sorted((Path(__file__).parent / "cases/requests").glob("*.json"))
STAMP = Stamp("0" * 32, "renewals", "1", "0" * 16, 2).to_json()
SUFFIX = suffix("0" * 16)
APIS = pytest.mark.parametrize("api", ["v1", "v2"])

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text() | st.sampled_from(["task", "metadata", "voice"]), values, max_size=4)


def build(case):
    version = VERSIONS[case["api"]]
    body = version.envelope(case["prompt"], case["call"], case["batch"], case["description"])
    assert body[version.calls_key] is None
    body[version.calls_key] = [
        version.call_object(row["number"], row["variables"], case["under"], row.get("each", {}), row.get("override"))
        for row in case["rows"]
    ]
    return body


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_campaign_gives_its_body_in_the_order_of_keys_that_a_person_expects(path):
    case = json.loads(path.read_text())
    assert orjson.dumps(build(case)) == orjson.dumps(case["body"])


@given(api=st.sampled_from(["v1", "v2"]), call=objects, batch=objects, each=objects, override=objects)
def test_building_keeps_every_value_with_its_type(api, call, batch, each, override):
    version = VERSIONS[api]
    reserved = {version.calls_key, "global"}
    call, batch = ({key: value for key, value in part.items() if key not in reserved} for part in (call, batch))
    body = version.envelope(None, call, batch, None)
    one = version.call_object("+14155550100", {}, None, each, override)
    shared = body["global"] if api == "v2" else body
    plain = {**call, **batch} if api == "v1" else call
    for key, value in plain.items():
        assert orjson.dumps(shared[key]) == orjson.dumps(value)
    for key, value in batch.items():
        assert orjson.dumps(body[key]) == orjson.dumps(value)
    for key, value in {**each, **override, "phone_number": "+14155550100"}.items():
        assert orjson.dumps(one[key]) == orjson.dumps(value)
    assert set(one) == {*each, *override, "phone_number"}
    assert set(body) - {"global", version.calls_key} == set(plain if api == "v1" else {}) | set(batch)


@given(api=st.sampled_from(["v1", "v2"]), call=objects, description=st.none() | st.text(max_size=80))
def test_a_stamp_adds_itself_and_changes_nothing_else(api, call, description):
    version = VERSIONS[api]
    envelope = version.envelope("Hi", call, {}, description)
    before = orjson.dumps(envelope)
    stamped = version.stamp_into(envelope, STAMP, SUFFIX)
    assert orjson.dumps(envelope) == before
    place = stamped.envelope["global"] if api == "v2" else stamped.envelope
    metadata = call.get("metadata", {})
    assert stamped.metadata_refused is not isinstance(metadata, dict)
    if isinstance(metadata, dict):
        assert place["metadata"] == {**metadata, "bland_deploy": STAMP}
    else:
        assert place["metadata"] == metadata
    key = version.description_key if api == "v2" or version.description_key not in call else "none"
    assert stamped.suffix_refused is (isinstance(description, str) and key != "none" and len(description) > 41)
    if isinstance(description, str) and key != "none":
        assert stamped.envelope[key] == (description + SUFFIX if len(description) <= 41 else description)
    rest = [
        {name: value for name, value in at.items() if name not in {"metadata", key, "global"}}
        for at in (place, stamped.envelope)
    ]
    source = envelope["global"] if api == "v2" else envelope
    assert rest[0] == {name: value for name, value in source.items() if name not in {"metadata", key, "global"}}


@APIS
def test_a_stamp_can_be_left_out_in_part_or_whole(api):
    version = VERSIONS[api]
    envelope = version.envelope("Hi", {}, {}, "Label")
    assert version.stamp_into(envelope, None, None).envelope == envelope
    assert version.stamp_into(envelope, None, SUFFIX).envelope[version.description_key] == "Label" + SUFFIX
    assert version.stamp_into(envelope, STAMP, None).envelope[version.description_key] == "Label"


@APIS
@pytest.mark.parametrize(("length", "fits"), [(41, True), (42, False)])
def test_the_suffix_is_left_out_where_the_text_would_pass_60_characters(api, length, fits):
    version = VERSIONS[api]
    stamped = version.stamp_into(version.envelope("Hi", {}, {}, "x" * length), STAMP, SUFFIX)
    assert stamped.suffix_refused is not fits
    assert len(stamped.envelope[version.description_key]) == (60 if fits else 42)


@APIS
@pytest.mark.parametrize("metadata", [None, "text", []])
def test_metadata_that_is_no_object_is_left_as_it_is_and_said(api, metadata):
    version = VERSIONS[api]
    envelope = version.envelope("Hi", {"metadata": metadata}, {}, None)
    assert version.stamp_into(envelope, STAMP, None) == (envelope, True, False)


@APIS
def test_no_description_gets_no_suffix(api):
    version = VERSIONS[api]
    stamped = version.stamp_into(version.envelope("Hi", {}, {version.description_key: None}, None), None, SUFFIX)
    assert stamped.envelope[version.description_key] is None
    assert not stamped.suffix_refused


def test_a_v2_call_carries_the_stamp_only_in_metadata_of_its_own():
    version = VERSIONS["v2"]
    call = {"phone_number": "+14155550100", "metadata": {"customer": 7}}
    assert version.stamp_call(call, STAMP)["metadata"] == {"customer": 7, "bland_deploy": STAMP}
    assert call["metadata"] == {"customer": 7}
    for other in ({"phone_number": "+14155550100"}, {"metadata": None}, {"metadata": "text"}):
        assert version.stamp_call(other, STAMP) == other


def test_a_v1_row_is_left_alone_since_its_keys_are_variables():
    call = {"phone_number": "+14155550100", "metadata": {"customer": 7}}
    assert VERSIONS["v1"].stamp_call(call, STAMP) == call


@APIS
def test_ids_are_quoted_in_paths(api):
    version = VERSIONS[api]
    assert "3p%247%2F-gen-batch" in version.batch_path("3p$7/-gen-batch")
    assert version.stop_path("a b").endswith("/a%20b/stop")
    assert version.status_path("a b").startswith(version.batch_path("a b"))
    assert version.list_path(20, 10).count("20") == 1


def test_requests_go_where_the_api_says():
    assert {name: (version.name, version.method, version.path) for name, version in VERSIONS.items()} == {
        "v1": ("v1", "POST", "/v1/batches"),
        "v2": ("v2", "POST", "/v2/batches/create"),
    }
    assert {version.headers for version in VERSIONS.values()} == {("authorization", "content-type")}
    assert [version.variables_under for version in VERSIONS.values()] == ["", "request_data"]
