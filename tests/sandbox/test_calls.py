"""The list of calls: filters, paging, order; and what a call tells of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.sandbox.transcripts import fill


@pytest.fixture
def filled(api, clock):
    """Ten calls in two batches an hour apart, the last of them still queued."""
    first = api.create(*(f"+14155550{n}" for n in range(195, 200)), shared={"from": "+14155550120"})
    clock.forward(hours=1)
    late = {"phone_number": "+14155550104", "start_time": "2026-11-03 00:00:00"}
    second = api.create(*(f"+14155550{n}" for n in range(100, 104)), late)
    clock.forward(hours=1)
    return api, first, second


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 10),
        ({"completed": "true"}, 9),
        ({"completed": "false"}, 1),
        ({"to_number": "(415) 555-0195"}, 1),
        ({"from_number": "+14155550120"}, 5),
        ({"inbound": "true"}, 0),
        ({"inbound": "false"}, 10),
        ({"answered_by": "nobody"}, 0),
        ({"campaign_id": "none"}, 0),
        ({"duration_gt": "0", "to_number": "+14155550195"}, 1),
        ({"duration_lt": "0.1", "to_number": "+14155550196"}, 1),
        ({"created_at": "2026-11-02"}, 10),
        ({"created_at": "2026-11-03", "timezone": "Pacific/Auckland"}, 10),
        ({"start_date": "2026-11-02T15:30:00Z"}, 5),
        ({"start_date": "2026-11-02T15:30:00 00:00"}, 5),
        ({"end_date": "2026-11-02 15:00:00"}, 5),
        ({"start_date": "2026-11-03"}, 0),
        ({"end_date": "2026-11-02"}, 10),
        ({"update_start_date": "2026-11-02 15:30:00"}, 5),
        ({"update_end_date": "2026-11-02 15:59:00"}, 5),
    ],
)
def test_calls_are_filtered(filled, query, total):
    api, _, _ = filled
    answer = api.get("/v1/calls", **query)
    assert (answer["total_count"], answer["count"], len(answer["calls"])) == (total, total, total)


def test_paging_covers_every_call_once(filled):
    api, first, second = filled
    pages = [api.get("/v1/calls", **{"from": start, "to": start + 3})["calls"] for start in range(0, 12, 3)]
    listed = [call["to"] for page in pages for call in page]
    assert len(listed) == len(set(listed)) == 10
    assert listed[:5] == [call["to"] for call in reversed(api.calls(second))]
    assert api.get("/v1/calls", limit=2, batch_id=first)["count"] == 2
    assert api.get("/v1/calls", **{"from": 9, "limit": 5})["count"] == 1


def test_calls_can_be_ordered_by_their_last_change(filled):
    api, _, _ = filled
    listed = api.get("/v1/calls", sort_by="updated_at", ascending="true")["calls"]
    ends = [call["end_at"] for call in listed if call["end_at"]]
    assert ends == sorted(ends)


def test_accounts_do_not_see_each_other(filled, another_api):
    api, first, _ = filled
    other = another_api(api.world, "sk-other")
    assert other.get("/v1/calls", batch_id=first)["total_count"] == 0
    assert other.ask("GET", f"/v2/batches/{first}")[0] == 404
    assert other.get("/v1/me")["org_id"] != api.get("/v1/me")["org_id"]
    assert another_api(api.world, "Bearer sk-test").get("/v1/me") == api.get("/v1/me")


def test_the_balance_falls_by_the_prices_of_ended_calls(filled):
    api, _, _ = filled
    spent = sum(call["price"] or 0 for call in api.get("/v1/calls")["calls"])
    me = api.get("/v1/me")
    assert me["billing"]["current_balance"] == pytest.approx(10_000 - spent)
    assert me["total_calls"] == 10


def test_what_an_entry_says_goes_before_what_all_share(api, clock):
    batch_id = api.create(
        {"phone_number": "+14155550195", "task": "Own {{ A }}.", "metadata": {"own": 1}, "request_data": {"a": "x"}},
        shared={"metadata": {"shared": 1}, "request_data": {"b": "y"}, "record": "true"},
    )
    clock.forward(hours=1)
    call = api.get(f"/v1/calls/{api.calls(batch_id)[0]['call_id']}")
    assert (call["metadata"], call["record"]) == ({"own": 1}, True)
    assert "Own x." in call["concatenated_transcript"]
    assert "b" not in call["variables"]


def test_a_pathway_has_no_prompt_to_say(api, clock):
    call_id = api.post("/v1/calls", {"phone_number": "+14155550195", "pathway_id": "p"})["call_id"]
    clock.forward(hours=1)
    assert len(api.get(f"/v1/calls/{call_id}")["transcripts"]) == 4


def test_voicemail_gets_the_old_message_too(api, clock):
    shared = {"voicemail_message": "Call {{from}}."}
    batch_id = api.create("+14155550197", {"phone_number": "+447700900197", "voicemail_message": ""}, shared=shared)
    clock.forward(hours=1)
    calls = [api.get(f"/v1/calls/{call['call_id']}") for call in api.calls(batch_id)]
    assert [len(call["transcripts"]) for call in calls] == [2, 1]
    assert calls[0]["transcripts"][1]["text"] == "Call +14155550190."


@pytest.mark.parametrize(
    ("text", "filled_text"),
    [
        ("Hi {{ NAME }}, {{count}} {{ok}} {{none}} {{missing}}", "Hi Ann, 3 true  {{missing}}"),
        ("{name} {{}} {{ {{name}} }}", "{name} {{}} {{ Ann }}"),
    ],
)
def test_placeholders_are_filled_whatever_their_case(text, filled_text):
    assert fill(text, {"Name": "Ann", "count": 3, "ok": True, "none": None}) == filled_text


@given(st.text(alphabet="{} ax"))
def test_filling_never_fails(text):
    fill(text, {"a": "1"})
