from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.api.check import Parts, check_call, check_request, check_variables, undoubted
from bland_deploy.api.conflicts import check_transfer
from bland_deploy.api.fields import FIELDS, shapes_at
from bland_deploy.api.findings import UNKNOWN
from bland_deploy.diagnostics import Severity

CASES = Path(__file__).parent / "cases/checks"
UUID = "00000000-0000-4000-8000-000000000000"
OTHER_UUID = "0190b0a0-0000-7000-8000-00000000000F"

# (version, level, fields): each field is wrong or doubtful
BAD = {
    "numbers": [
        ("v2", "call", {"phone_number": "+14155550100"}),
        ("v1", "call", {"phone_number": "+14155550100"}),
        ("v2", "batch", {"phone_number": None}),
        ("v2", "each", {"phone_number": UNKNOWN}),
        ("v1", "row", {"phone_number": "+14155550100"}),
        ("v2", "call", {"from": "(415) 555-0100", "transfer_phone_number": 14155550100}),
    ],
    "webhooks": [
        ("v2", "call", {"webhook": "http://example.com/"}),
        ("v2", "each", {"webhook": "http://example.com/"}),
        ("v2", "batch", {"status_webhook": "example.com"}),
        ("v1", "batch", {"batch_webhook": "http://example.com/", "webhook": ""}),
    ],
    "structure": [
        ("v2", "call", {"base_prompt": "Hi", "call_data": [], "label": "x"}),
        ("v1", "call", {"global": {}, "call_objects": []}),
        ("v2", "batch", {"base_prompt": "Hi", "call_data": [], "label": None}),
        ("v1", "batch", {"global": {}, "call_objects": []}),
        ("v2", "each", {"label": "x"}),
        ("v1", "row", {"global": {}}),
        ("v2", "call", {"call_objects": [], "status_webhook": "https://example.com", "b_cid": OTHER_UUID}),
        ("v2", "batch", {"voice": "June", "campaign_id": "c", "description": "x" * 61}),
        ("v2", "each", {"status_webhook": "https://example.com", "test_mode": True}),
        ("v1", "batch", {"max_concurrent": 1, "description": "x"}),
        ("v1", "each", {"voice": "June"}),
    ],
    "unknown": [
        ("v2", "call", {"voise": "June"}),
        ("v2", "row", {"Voice": "June", "zzz": None, "voicemail.action": "hangup", "keywords[]": "x"}),
        ("v2", "batch", {"status_webhok": "https://example.com"}),
        ("v2", "call", {"memory_id": "m", "variables": {}}),
        ("v2", "call", {"voicemail": {"acton": "hangup", "beep": True}}),
        ("v2", "call", {"guard_rails": [{"type": "custom", "actions": [{"type": "shout", "config": {"x": 1}}]}]}),
    ],
    "obsolete": [
        ("v2", "call", {"voice_id": 0, "reduce_latency": UNKNOWN, "model": "enhanced", "language": "ENG"}),
        ("v1", "call", {"voicemail_action": "hangup", "dispatch_hours": {"start": "09:00"}, "amd": "yes"}),
    ],
    "types": [
        ("v2", "call", {"record": "true", "ivr_mode": "maybe", "wait_for_greeting": 1, "ignore_button_press": []}),
        ("v2", "call", {"max_duration": "10", "temperature": "hot", "interruptibility": 1.5}),
        ("v2", "call", {"voice": 3, "first_sentence": 7, "task": ["Hi"], "language": True, "summary_prompt": {}}),
        ("v2", "call", {"keywords": "word", "voicemail": "hangup", "dynamic_data": [{"url": 1}, "x"], "tools": [7]}),
    ],
    "ranges": [
        ("v2", "call", {"temperature": 1.01, "max_duration": 721, "interruption_threshold": -1}),
        ("v2", "call", {"keywords": ["x" * 100, *"abcdefghijklmnopqrst"], "summary_prompt": "x" * 2001}),
        ("v2", "call", {"external_id": "", "interruptibility": 4, "max_duration": 0}),
        ("v2", "batch", {"max_concurrent": 0}),
    ],
    "values": [
        ("v2", "call", {"model": "bass", "language": "en_US", "background_track": "volcano"}),
        ("v2", "each", {"language": "EN-us", "webhook_events": ["call", "calls"]}),
        ("v2", "call", {"voicemail": {"action": "leave_message"}, "dialing_strategy": {"type": "custom_pooling"}}),
        ("v2", "call", {"voicemail": {"action": "leave_message_and_sms", "sms": {"to": "x"}}}),
        ("v2", "call", {"voicemail": {"action": "leave_message_and_sms", "message": "Hi"}}),
        ("v2", "call", {"pronunciation_guide": [{"word": "x"}], "dialing_strategy": {}}),
        ("v2", "call", {"pathway_id": "mine", "timezone": "New York!", "precall_dtmf_sequence": "1,2"}),
        ("v2", "call", {"start_time": "tomorrow"}),
        ("v2", "each", {"start_time": "2026-01-01 09:00:00"}),
    ],
    "conflicts": [
        ("v2", "call", {"agent_id": UUID, "pathway_id": UUID, "persona_id": UUID, "tools": []}),
        ("v2", "each", {"agent_id": UUID, "persona_id": UUID}),
        ("v1", "call", {"agent_id": UUID, "persona_id": UUID}),
        ("v2", "call", {"record": False, "post_call_evals": {}, "stream_post_transfer_transcript": True}),
        ("v2", "call", {"pathway_id": UUID, "task": "Hi", "model": "base", "transfer_list": {}}),
        ("v2", "each", {"metadata": {"bland_deploy": 1}}),
    ],
}

# (version, level, fields): nothing is to be said
GOOD = [
    (
        "v2",
        "call",
        {"task": "Hi", "voice": "Any voice at all", "model": "turbo", "language": "en-US", "temperature": 1},
    ),
    (
        "v2",
        "call",
        {"max_duration": 720, "keywords": ["a:2"] * 20, "summary_prompt": "x" * 2000, "max_duration_": None},
    ),
    (
        "v2",
        "call",
        {"metadata": {"any": [None, {"x": 1}]}, "request_data": {"a": {"b": 1}}, "transfer_list": {"x": "y"}},
    ),
    (
        "v2",
        "call",
        {"webhook": "https://example.com", "webhook_events": ["call"], "record": False, "max_duration": 10.0},
    ),
    ("v2", "call", {"pathway_id": UUID, "pathway_version": 3, "agent_id": None, "tools": None}),
    ("v2", "call", {"pathway_id": UUID, "pathway_version": "production", "task": None}),
    ("v2", "call", {"agent_id": UUID, "task": "Hi", "agent_version": "branch:x"}),
    ("v2", "call", {"record": True, "post_call_evals": {"workbench_setup_id": "x"}}),
    ("v2", "call", {"record": False, "post_call_evals": UNKNOWN, "stream_post_transfer_transcript": False}),
    ("v2", "call", {"pathway_id": UNKNOWN, "agent_id": UNKNOWN, "tools": ["TL-1"], "metadata": UNKNOWN}),
    ("v2", "call", {"voicemail": {"action": "leave_message", "message": UNKNOWN, "sensitive": True}}),
    ("v2", "call", {"dynamic_data": [{"url": "http://example.com", "headers": [], "response_data": [{"name": "x"}]}]}),
    ("v2", "call", {"dynamic_data": "", "tools": ["KB-1", {"name": "x"}], "dispositions": ["OUR_OWN"]}),
    ("v2", "call", {"guard_rails": [{"type": "custom", "prompt": "x", "actions": [{"type": "end_call"}]}]}),
    (
        "v2",
        "call",
        {"pronunciation_guide": [{"word": "a", "pronunciation": "b", "spaced": "true", "case_sensitive": False}]},
    ),
    ("v2", "each", {"b_cid": OTHER_UUID, "from": "+14155550142", "timezone": "America/Argentina/Buenos_Aires"}),
    ("v2", "batch", {"status_webhook": "https://example.com", "max_concurrent": 5, "description": "x" * 60}),
    ("v1", "call", {"voice": "June", "campaign_id": "c", "test_mode": True, "batch_id": "b", "label": "x"}),
    ("v1", "batch", {"voice": "June", "batch_webhook": "https://example.com", "base_prompt": "Hi"}),
    ("v1", "each", {"business": "ABC co.", "anything": 7, "request_data": {"a": "b"}, "campaign_id": "c"}),
]

REQUESTS = {
    "v2": [
        Parts(),
        Parts(call={"voice": "June", "task": None}),
        Parts(prompt=" "),
        Parts(prompt="Hi", call={"task": "Hi"}),
        Parts(prompt="Hi", call={"pathway_id": UUID}),
        Parts(prompt="Hi", batch={"call_objects": [], "global": {}}),
        Parts(prompt="Hi", description="x", batch={"description": "y"}),
        Parts(prompt="Hi", description="x" * 61),
    ],
    "v1": [
        Parts(),
        Parts(call={"pathway_id": UUID}),
        Parts(prompt="Hi", call={"base_prompt": "Hi", "call_data": []}),
        Parts(prompt="Hi", batch={"base_prompt": "Hi", "call_data": []}),
        Parts(prompt="Hi", description="x", call={"label": "y"}),
        Parts(prompt="Hi", description="x", batch={"label": "y"}),
        Parts(prompt="Hi", call={"voice": "June"}, batch={"voice": "Josh"}),
    ],
}

GOOD_REQUESTS = [
    ("v2", Parts(prompt="Hi", description="x" * 60, call={"voice": "June"}, batch={"voice": "Josh", "label": "x"})),
    ("v2", Parts(prompt=UNKNOWN, description=UNKNOWN)),
    *(("v2", Parts(call={name: UUID})) for name in ("task", "pathway_id", "persona_id", "agent_id")),
    ("v2", Parts(call={"task": UNKNOWN}, batch={"description": "y"})),
    ("v1", Parts(prompt="Hi", description="x" * 200, call={"task": "Hi"}, batch={"voice": "June"})),
    ("v1", Parts(batch={"base_prompt": "Hi", "label": "x"})),
    ("v1", Parts(call={"base_prompt": UNKNOWN})),
]


def show(findings):
    for path, rule, severity, message, way_out in findings:
        yield f"  {'.'.join(map(str, path)) or '-'}: {severity}: {message} [{rule}]"
        if way_out:
            yield f"    help: {way_out}"


@pytest.mark.parametrize("name", BAD)
def test_every_mistake_and_doubt_is_named_with_a_way_out(name, golden):
    lines = []
    for api, level, fields in BAD[name]:
        shown = {key: value if len(str(value)) < 99 else "…" for key, value in fields.items()}
        lines += [f"{api} {level} {shown}", *show(check_call(fields, api, level))]
    golden(CASES / f"{name}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("name", BAD)
def test_every_doubtful_field_is_found(name):
    for api, level, fields in BAD[name]:
        found = {finding.path[0] for finding in check_call(fields, api, level)}
        assert set(fields) - found <= {"agent_id", "post_call_evals", "stream_post_transfer_transcript", "pathway_id"}


@pytest.mark.parametrize("api", REQUESTS)
def test_mistakes_between_the_parts_are_named_with_a_way_out(api, golden):
    lines = []
    for parts in REQUESTS[api]:
        lines += [f"{api} {parts}".replace("x" * 61, "…"), *show(check_request(parts, api))]
    golden(CASES / f"request-{api}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize(("api", "level", "fields"), GOOD)
def test_what_is_documented_passes_in_silence(api, level, fields):
    fields = {name: value for name, value in fields.items() if not name.endswith("_")}
    assert list(check_call(fields, api, level)) == []


@pytest.mark.parametrize(("api", "parts"), GOOD_REQUESTS)
def test_parts_that_fit_together_pass_in_silence(api, parts):
    assert list(check_request(parts, api)) == []


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("level", ["call", "each", "row", "batch"])
def test_null_is_accepted_everywhere(api, level):
    fields = {name: None for name in shapes_at("each" if level == "row" else level, api) if name != "phone_number"}
    rules = {finding.rule for finding in check_call(fields, api, level)}
    assert rules <= {"undocumented-override"}


def test_null_is_accepted_inside_of_every_value():
    for name in ("voicemail", "retry", "dialing_strategy"):
        keys = dict.fromkeys(shapes_at("call", "v2")[name].keys)
        assert list(check_call({name: keys}, "v2", "call")) == []


def test_what_a_template_is_yet_to_give_is_not_judged():
    for api in ("v1", "v2"):
        for level in ("call", "batch"):
            fields = {name: UNKNOWN for name, shape in shapes_at(level, api).items() if not shape.field.until}
            rules = {finding.rule for finding in check_call(fields, api, level)}
            assert rules <= {"unknown-field"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["type", "action", "sms", "actions", "config"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
names = st.sampled_from([field.name for field in FIELDS]) | st.text()

REFUSED = {
    "agent-conflict",
    "description-too-long",
    "number-in-global",
    "other-version-key",
    "reserved-metadata",
    "two-sources",
    "webhook-not-https",
}


@given(
    st.dictionaries(names, json_values, max_size=4),
    st.sampled_from(["v1", "v2"]),
    st.sampled_from(["call", "each", "row", "batch"]),
)
def test_any_fields_are_judged_and_only_documented_refusals_are_errors(fields, api, level):
    for finding in check_call(fields, api, level):
        assert finding.rule in REFUSED or finding.severity is Severity.WARNING
        assert finding.path[0] in fields


SECRET = "Marguerite"
NOT_FILLED = ("variables-not-filled", "variables_under")


@given(st.sampled_from([field.name for field in FIELDS if "." not in field.name and "[" not in field.name]))
def test_no_value_is_ever_quoted(name):
    for value in (SECRET, [SECRET], {"type": SECRET, "action": SECRET, "url": SECRET}, 4155550199):
        for finding in check_call({name: value}, "v2", "each"):
            assert SECRET not in f"{finding.message}{finding.help}"
            assert "4155550199" not in f"{finding.message}{finding.help}"


@pytest.mark.parametrize(
    ("names", "under", "api", "phone", "found"),
    [
        (["a"], "request_data", "v2", "phone_number", []),
        (["phone_number"], "request_data", "v2", "phone", []),
        (["a", "phone_number"], "", "v1", "phone_number", []),
        (["a"], "request_data", "v1", "phone", []),
        (["a", "phone_number"], "", "v1", "phone", [("two-sources", "variables")]),
        (["phone_number"], "", "v2", "phone", [NOT_FILLED, ("two-sources", "variables")]),
        (["a"], "phone_number", "v1", "phone", [("two-sources", "variables_under")]),
        (["a"], "data", "v2", "phone", [NOT_FILLED]),
    ],
)  # fmt: skip
def test_variables_go_where_bland_reads_them_and_never_over_the_number(names, under, api, phone, found):
    findings = list(check_variables(names, under, api, phone=phone))
    assert [(finding.rule, finding.path[0]) for finding in findings] == found


@pytest.mark.parametrize(
    ("target", "found"),
    [("+1 (415) 555-0100", True), ("14155550100", True), ("+14155550101", False), (None, False), (UNKNOWN, False)],
)
def test_a_call_is_not_transferred_to_the_one_who_is_called(target, found):
    assert bool(list(check_transfer("+14155550100", {"transfer_phone_number": target}))) is found


def test_unknown_shows_as_such():
    assert repr(UNKNOWN) == "UNKNOWN"


@given(
    st.sampled_from([*(field.name for field in FIELDS if "." not in field.name), "our_own", "phone_number", "global"]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(["", "https://x", "June"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["bland_deploy", "type", "x"]), inner),
        max_leaves=3,
    ),
    st.sampled_from(["v1", "v2"]),
    st.sampled_from(["call", "each", "row", "batch"]),
)
def test_of_what_looks_undoubted_nothing_is_said(name, value, api, level):
    if undoubted(name, api, level)(value):
        assert set(check_call({name: value}, api, level)) <= set(check_call({name: UNKNOWN}, api, level))


def test_free_text_and_free_objects_look_undoubted():
    assert undoubted("first_sentence", "v2", "each")("Hi Ada!")
    assert undoubted("metadata", "v2", "each")({"customer": 17})
    assert not undoubted("metadata", "v2", "each")({"bland_deploy": {}})
    assert not undoubted("webhook", "v2", "each")("http://example.com")
    assert not undoubted("max_duration", "v2", "each")("10")
