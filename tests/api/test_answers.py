import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.api.answers import (
    parse_batch_list,
    parse_calls,
    parse_create,
    parse_me,
    parse_status_v1,
    parse_status_v2,
    parse_stop,
)
from bland_deploy.api.calls import calls_path
from bland_deploy.api.outcomes import Account, BatchStatus, Created, Refused, Stopped, Unclear
from bland_deploy.errors import Unavailable
from bland_deploy.model.stamp import Stamp

STAMP = Stamp("a" * 32, "renewals", "1", "abcdefghijklmnop", 2)
V2_OK = {"data": {"batch_id": "b1"}, "errors": None}
V2_BAD = {"data": None, "errors": [{"error": "BATCH_V2_CREATE_VALIDATION_ERROR", "message": "no prompt"}]}
AUTH = {"data": None, "errors": [{"error": "AUTH_FAILURE", "message": "Unauthorized"}]}


def refusal(message, status="error", **more):
    return {"status": status, "message": message, **more}


CREATES = [
    ("v2", 200, V2_OK, Created("b1")),
    ("v2", 201, V2_OK, Created("b1")),
    ("v2", 200, {"data": None, "errors": None, "batch_id": "b1"}, Created("b1")),
    ("v2", 200, {"data": {"batch_id": "b1"}, "errors": []}, Created("b1")),
    ("v1", 200, {"message": "success", "batch_id": "b1"}, Created("b1")),
    ("v1", 200, {"message": "No calls", "batch_id": "b1"}, "unclear b1"),
    ("v1", 200, {"message": "No calls"}, "unclear"),
    ("v1", 200, {"message": "success"}, "unclear"),
    ("v2", 200, {"data": {"batch_id": ""}, "errors": None}, "unclear"),
    ("v2", 200, {"data": {"batch_id": 7}, "errors": None}, "unclear"),
    ("v2", 200, {"data": "success", "errors": None}, "unclear"),
    ("v1", 200, {"data": "b1", "message": "success"}, "unclear"),
    ("v2", 200, {"data": ["b1"], "errors": None}, "unclear"),
    ("v2", 200, {"data": {"batch_id": "b1"}, "errors": True}, "unclear b1"),
    ("v2", 200, {"data": {"batch_id": "b1"}, "errors": {"error": "X"}}, "unclear b1"),
    ("v2", 200, {"data": {"batch_id": "b1"}, "error": "half done"}, "unclear b1"),
    ("v2", 200, {"data": {"batch_id": "b1"}, "status": "error"}, "unclear b1"),
    ("v2", 200, V2_BAD, "unclear"),
    ("v2", 200, {"data": {"batch_id": "b1"}, "errors": ["half done"]}, "unclear b1"),
    ("v2", 302, V2_OK, "unclear b1"),
    ("v2", 100, {}, "unclear"),
    ("v2", 400, V2_BAD, "invalid BATCH_V2_CREATE_VALIDATION_ERROR"),
    ("v2", 400, {"data": {"batch_id": "b1"}, "errors": [{"error": "X", "message": "y"}]}, "unclear b1"),
    ("v2", 400, {"data": {"created": 3}, "errors": [{"error": "X", "message": "y"}]}, "unclear"),
    ("v2", 400, {"data": None, "errors": "no"}, "unclear"),
    ("v2", 400, {"oops": 1}, "unclear"),
    ("v2", 400, {"message": "Bad Request"}, "unclear"),
    ("v2", 404, {"error": "Not Found"}, "unclear"),
    ("v1", 400, {"message": "Missing base_prompt"}, "invalid None"),
    ("v1", 400, refusal("bad", errors=["bad"]), "invalid None"),
    ("v1", 400, refusal("no such agent", code="AGENT_NOT_FOUND"), "invalid AGENT_NOT_FOUND"),
    ("v1", 400, refusal("unpaid", errors=[{"code": "CALL_UNPAID_INTL_BLOCK"}]), "policy CALL_UNPAID_INTL_BLOCK"),
    ("v1", 400, refusal("on the list", status="DNC Error"), "policy DNC Error"),
    ("v2", 418, {"error": "OBJECTIVE_VALIDATION_ERROR", "details": {}}, "invalid OBJECTIVE_VALIDATION_ERROR"),
    ("v2", 401, AUTH, "authentication AUTH_FAILURE"),
    ("v1", 401, AUTH, "authentication AUTH_FAILURE"),
    ("v1", 402, refusal("Insufficient balance."), "payment None"),
    ("v1", 403, refusal("Account flagged."), "authentication None"),
    ("v2", 429, refusal("Rate limit exceeded"), "rate None"),
    ("v2", 429, refusal("One call per number every 10 seconds"), "rate None"),
    ("v2", 429, refusal("Slow down", code="CALL_RL_PLAN_CONCURRENCY"), "rate CALL_RL_PLAN_CONCURRENCY"),
    ("v2", 429, refusal("Used up", code="CALL_RL_PLAN_DAILY_MINUTES"), "policy CALL_RL_PLAN_DAILY_MINUTES"),
    ("v2", 429, refusal("This number is blacklisted"), "policy None"),
    ("v2", 429, refusal("International rate limit exceeded"), "policy None"),
    ("v2", 429, refusal("No."), "policy None"),
    ("v2", 408, V2_BAD, "unclear"),
    ("v2", 409, V2_BAD, "unclear"),
    ("v2", 425, V2_BAD, "unclear"),
    ("v2", 500, refusal("Invalid encrypted_key"), "unclear"),
    ("v2", 503, V2_BAD, "unclear"),
]


@pytest.mark.parametrize(("api", "status", "answer", "expected"), CREATES)
def test_an_answer_to_a_create_is_a_success_a_refusal_or_unclear(api, status, answer, expected):
    outcome = parse_create(api, status, {}, orjson.dumps(answer))
    match outcome:
        case Refused():
            assert f"{outcome.kind} {outcome.code}" == expected
            assert outcome.message
        case Unclear():
            assert f"unclear {outcome.batch_id or ''}".strip() == expected
            assert str(status) in outcome.reason
        case _:
            assert outcome == expected


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b'{"data":{"batch_id":"b', b"[]", b"null", b"\xff", b'"ok"']
)
@pytest.mark.parametrize("status", [200, 400, 404, 429, 502])
def test_what_is_not_the_apis_own_json_is_unclear(status, body):
    assert isinstance(parse_create("v2", status, {}, body), Unclear)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["success", "error", "CODE", "b1", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["data", "errors", "error", "status", "message", "batch_id", "code"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def names_a_batch(answer, batch_id):
    inside = answer.get("data")
    return batch_id in [answer.get("batch_id"), inside.get("batch_id") if isinstance(inside, dict) else None]


@settings(max_examples=600)
@given(api=st.sampled_from(["v1", "v2"]), status=st.integers(100, 599), answer=json_values)
def test_nothing_but_a_2xx_with_an_id_is_a_success_and_nothing_but_a_refusing_4xx_without_one_is_a_refusal(
    api, status, answer
):
    outcome = parse_create(api, status, {}, orjson.dumps(answer))
    if isinstance(outcome, Created):
        assert 200 <= status < 300
        assert names_a_batch(answer, outcome.batch_id)
        assert not any(answer.get(sign) for sign in ("errors", "error"))
        assert not answer.get("status") or answer["status"] == "success"
    if isinstance(outcome, Refused):
        assert 400 <= status < 500
        assert status not in {408, 409, 425}
        assert not answer.get("data")
        assert outcome.message


@given(st.binary(), st.integers(100, 599))
def test_no_body_makes_reading_fail_otherwise_than_said(body, status):
    parse_create("v1", status, {}, body)
    parse_stop(status, body)
    for parse in (parse_calls, parse_me, parse_status_v1, parse_status_v2, lambda text: parse_batch_list("v2", text)):
        try:
            parse(body)
        except Unavailable:
            continue


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("1.5", 1.5), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)]
)
def test_retry_after_is_read_in_seconds_only(value, seconds):
    outcome = parse_create("v2", 429, {"X": "1", "Retry-After": value}, orjson.dumps(refusal("Rate limit exceeded")))
    assert outcome.retry_after == seconds


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("bad number +14155550100.", "bad number +1415•••0100."),
        ("bad number 4155550100", "bad number 415•••0100"),
        ("bad number (415) 555-0100", "bad number 415•••0100"),
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("bad start_time 2026-01-01", "bad start_time 2026-01-01"),
        ("x" * 900, "x" * 499 + "…"),
    ],
)
def test_what_the_provider_says_is_shown_on_one_line_and_without_numbers(said, shown):
    assert parse_create("v2", 400, {}, orjson.dumps(refusal(said))).message == shown


def v2_list(*items):
    return orjson.dumps({"data": list(items), "errors": None})


def shared(metadata):
    return json.dumps({"task": 'Say "bland_deploy": {"attempt": 1}', "metadata": metadata})


def test_v2_batches_are_recognised_by_the_stamp_in_their_global():
    item = {
        "id": "b1",
        "created_at": "2026-01-01T00:00:00Z",
        "description": "x",
        "base_prompt": shared({"bland_deploy": STAMP.to_json()}),
    }
    (batch,) = parse_batch_list("v2", v2_list(item))
    assert (batch.batch_id, batch.created_at, batch.attempt, batch.stamp) == (
        "b1",
        "2026-01-01T00:00:00Z",
        STAMP.attempt,
        STAMP,
    )


@pytest.mark.parametrize(
    ("item", "stamp", "attempt"),
    [
        ({"base_prompt": {"metadata": {"bland_deploy": STAMP.to_json()}}}, STAMP, STAMP.attempt),
        ({"base_prompt": shared({"bland_deploy": STAMP.to_json()})[:-2]}, STAMP, STAMP.attempt),
        ({"base_prompt": shared({"bland_deploy": STAMP.to_json()})[:-30]}, None, None),
        ({"base_prompt": '{"metadata": {"bland_deploy": {torn}'}, None, None),
        (
            {"base_prompt": shared({"a": 1}), "call_objects": [{}, {"metadata": {"bland_deploy": STAMP.to_json()}}]},
            STAMP,
            STAMP.attempt,
        ),
        ({"base_prompt": shared([])}, None, None),
        ({"base_prompt": '"{}"'}, None, None),
        ({"base_prompt": "Just a prompt", "description": "Label [abcdefghijklmnop]"}, None, "abcdefghijklmnop"),
        ({"base_prompt": None, "description": "Label [0000000000000000]"}, None, None),
        ({"base_prompt": shared({"bland_deploy": {**STAMP.to_json(), "calls": True}})}, None, None),
        ({"description": None}, None, None),
    ],
)
def test_a_v2_stamp_is_found_wherever_it_survives(item, stamp, attempt):
    (batch,) = parse_batch_list("v2", v2_list({"id": "b1", **item}))
    assert (batch.stamp, batch.attempt) == (stamp, attempt)


@pytest.mark.parametrize(
    "where",
    [{"call_params": {"metadata": {"bland_deploy": STAMP.to_json()}}}, {"metadata": {"bland_deploy": STAMP.to_json()}}],
)
def test_v1_batches_are_recognised_by_the_stamp_in_their_metadata(where):
    body = orjson.dumps({"status": "success", "batches": [{"batch_id": "b1", "label": "x", **where}]})
    (batch,) = parse_batch_list("v1", body)
    assert (batch.batch_id, batch.attempt, batch.stamp) == ("b1", STAMP.attempt, STAMP)


def test_v1_batches_are_recognised_by_their_label():
    body = orjson.dumps(
        {"status": "success", "batches": [{"batch_id": "b1", "label": "x [abcdefghijklmnop]", "call_params": None}]}
    )
    assert parse_batch_list("v1", body)[0].attempt == "abcdefghijklmnop"


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("v2", b"<html>"),
        ("v2", b'{"data": {}, "errors": null}'),
        ("v2", v2_list({"id": "b1"}, {"description": "no id"})),
        ("v2", v2_list("b1")),
        ("v2", b'{"data": [], "errors": "some"}'),
        ("v2", orjson.dumps(AUTH)),
        ("v1", b'{"status": "success"}'),
        ("v1", b'{"status": "success", "batches": [{"id": "b1"}]}'),
    ],
)
def test_a_list_of_batches_is_read_whole_or_not_at_all(api, body):
    with pytest.raises(Unavailable, match="cannot be read"):
        parse_batch_list(api, body)


def test_calls_are_read_as_listed():
    call = {
        "call_id": "c1",
        "to": "+14155550100",
        "batch_id": "b1",
        "completed": True,
        "queue_status": "complete",
        "answered_by": None,
        "call_length": 1.5,
        "price": 0.21,
        "metadata": {"bland_deploy": STAMP.to_json()},
    }
    page = parse_calls(
        orjson.dumps(
            {"total_count": 3, "count": 2, "calls": [call, {"call_id": "c2", "to": 4155550101, "call_length": True}]}
        )
    )
    assert page.total == 3
    first, second = page.calls
    assert (first.to, first.completed, first.queue_status, first.minutes, first.price, first.stamp) == (
        "+14155550100", True, "complete", 1.5, 0.21, STAMP,
    )  # fmt: skip
    assert (second.to, second.completed, second.batch_id, second.minutes) == ("4155550101", False, None, None)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"calls": [1]}', b'{"calls": [{"call_id": "c1"}]}', b'{"calls": [{"to": "x"}]}']
)
def test_a_list_of_calls_is_read_whole_or_not_at_all(body):
    with pytest.raises(Unavailable):
        parse_calls(body)


def test_the_calls_of_a_batch_are_asked_for_oldest_first():
    assert calls_path("3p$7", 1000, 500) == "/v1/calls?batch_id=3p%247&from=1000&limit=500&ascending=true"


def event(second, **payload):
    kind = "complete" if "calls_total" in payload else "lifecycle"
    return {"event_type": kind, "timestamp": f"2026-01-01T00:00:{second:02}Z", "payload": payload}


VALIDATING = event(1, state_change="validating", message="Requested: 3.")
RUNNING = event(2, state_change="in_progress", message="Requested: 3. Validated: 3. Dispatched: 1. CPS: 1.12.")
STOPPED = event(3, state_change="completed_partial")
COUNTS = event(4, calls_total=3, calls_successful=2, calls_failed=1)
FAILED = event(2, state_change="failed", code="source_invalid", reason="Entry #7 did not have a phone number.")


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], BatchStatus("initializing")),
        ([VALIDATING], BatchStatus("validating", 3)),
        ([RUNNING, VALIDATING], BatchStatus("in_progress", 3)),
        ([VALIDATING, RUNNING], BatchStatus("in_progress", 3)),
        ([COUNTS, RUNNING], BatchStatus("completed", 3, 2, 1)),
        ([COUNTS, STOPPED, RUNNING], BatchStatus("completed_partial", 3, 2, 1)),
        ([FAILED, VALIDATING], BatchStatus("failed", 3, reason="Entry #7 did not have a phone number.")),
        ([{"event_type": "failed", "payload": None}, "noise"], BatchStatus("failed")),
    ],
)
def test_a_v2_batch_stands_where_its_log_says(events, status):
    found = parse_status_v2(orjson.dumps({"data": events, "errors": None}))
    assert found == status
    assert found.final == (status.status in {"completed", "completed_partial", "failed"})


def analysed(status, **counts):
    return {"status": status, "analysis": {"total_calls": 3, **counts}}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": "in-progress"}, BatchStatus("in_progress")),
        (analysed("completed", completed_calls=3, error_messages=[{}]), BatchStatus("completed", 3, 2, 1)),
        (analysed("completed", queue_statuses={"complete": 2}, error_messages=[]), BatchStatus("completed", 3, 2, 0)),
        (analysed("completed", queue_statuses={"complete": "2"}), BatchStatus("completed", 3)),
        (analysed("success", in_progress_calls=1), BatchStatus("in_progress", 3)),
        (analysed("success", in_progress_calls=0), BatchStatus("completed", 3)),
        (analysed("success", total_calls="many"), BatchStatus("completed")),
    ],
)
def test_a_v1_batch_stands_where_it_says_itself(answer, status):
    assert parse_status_v1(orjson.dumps(answer)) == status


@pytest.mark.parametrize(
    ("parse", "answer"), [(parse_status_v1, refusal("no such batch")), (parse_status_v2, AUTH), (parse_status_v2, {})]
)
def test_a_status_that_cannot_be_read_is_said_to_be_unavailable(parse, answer):
    with pytest.raises(Unavailable):
        parse(orjson.dumps(answer))


@pytest.mark.parametrize(
    ("status", "body", "stopped"),
    [
        (200, b'{"data": null, "errors": null}', Stopped(True)),
        (200, b'{"status": "success", "message": "ok", "num_calls": 12}', Stopped(True, None, 12)),
        (200, b'{"status": "error", "message": "Already finished"}', Stopped(False, "Already finished")),
        (200, b'{"status": "busy"}', Stopped(False, "HTTP 200")),
        (404, b"{}", Stopped(False, "HTTP 404")),
        (502, b"<html>", Stopped(False, "HTTP 502 with an answer that is not the API's")),
    ],
)
def test_a_stop_is_done_or_says_why_not(status, body, stopped):
    assert parse_stop(status, body) == stopped


@pytest.mark.parametrize(
    ("body", "account"),
    [
        (b'{"status": "active", "billing": {"current_balance": 42.5}, "user_id": "u1"}', Account("u1", 42.5)),
        (b'{"data": {"org_id": "o1", "user_id": "u1"}, "errors": null}', Account("o1", None)),
        (b'{"status": "active"}', Account(None, None)),
    ],
)
def test_an_account_is_told_by_its_id(body, account):
    assert parse_me(body) == account


def test_an_account_that_cannot_be_read_is_unavailable():
    with pytest.raises(Unavailable):
        parse_me(b"<html>")
