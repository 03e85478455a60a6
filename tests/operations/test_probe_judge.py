"""What is concluded from answers of a provider, and what is not: each judgement by itself, without a provider."""

import pytest

from bland_deploy.api.echoes import CallRecord, batch_in, record_in
from bland_deploy.api.outcomes import Listed, ListedCall
from bland_deploy.model.stamp import Stamp
from bland_deploy.operations.probe.judge import judge
from bland_deploy.operations.probe.observation import WAITING, Observation
from bland_deploy.operations.probe.trials import OWN, TRIALS

BY_NAME = {trial.name: trial for trial in TRIALS}
STAMP = Stamp("0" * 32, "_probe", "apart", "a" * 16, 1)
QUEUED = ListedCall("c1", "+12125550101", queue_status="queued")
SHOWN = Listed("b", None, None, "a" * 16, STAMP)


def seen(name="apart", fate="created", **more):
    usual = {"batch_id": "b", "listed": SHOWN, "waited": 0.2, "status": WAITING, "calls": (QUEUED,)}
    given = usual if fate == "created" else {}
    return Observation(BY_NAME[name], "a" * 16, fate, **(given | more))


def answer(finding, *observations, api="v2"):
    found = getattr(judge(api, observations), finding)
    return (found.answer, found.evidence)


def test_nothing_is_known_of_what_was_not_tried():
    found = judge("v2", [])
    answers = {name: value.answer for name, value in found if hasattr(value, "answer")}
    assert set(answers.values()) == {"unknown"}
    assert found.list_delay.longest is None
    assert found.start_times == {}


def test_the_other_generation_is_not_looked_at():
    assert judge("v1", [seen()]) == judge("v1", [])


DESCRIBED = SHOWN._replace(stamp=None)
BARE = DESCRIBED._replace(attempt=None)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([SHOWN, SHOWN], ("stamp", 2)),
        ([SHOWN, DESCRIBED], ("description", 2)),
        ([BARE, SHOWN], ("neither", 2)),
        ([None, SHOWN], ("stamp", 1)),
        ([None], ("unknown", 0)),
    ],
)
def test_an_echo_is_worth_what_its_worst_is_worth(shown, expected):
    assert answer("list_echo", *(seen(listed=one) for one in shown)) == expected


def test_the_slowest_batch_counts_and_those_that_never_appear_count_with_how_long_they_were_looked_for():
    delay = judge("v2", [seen(waited=0.3), seen(waited=4.1), seen(listed=None, waited=120.3)]).list_delay
    assert (delay.longest, delay.listed, delay.missing) == (120.3, 2, 1)


def test_what_was_lost_or_cut_and_is_not_listed_says_nothing_of_the_lag():
    delay = judge("v2", [seen(waited=0.3), seen(fate="lost", waited=120.0), seen("cut", "cut", waited=20.0)]).list_delay
    assert (delay.longest, delay.listed, delay.missing) == (0.3, 1, 0)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([seen()], ("dropped", 1)),
        ([], ("unknown", 0)),
        ([seen(listed=BARE)], ("unknown", 0)),
        ([seen(), seen(listed=None)], ("unknown", 0)),
        ([seen(listed=DESCRIBED)], ("dropped", 1)),
    ],
)
def test_not_to_see_a_cut_request_says_something_only_where_others_are_recognised(others, expected):
    assert answer("cut_body", *others, seen("cut", "cut", waited=20.0)) == expected


def test_a_cut_request_that_is_listed_was_carried_out_whatever_else_is_seen():
    assert answer("cut_body", seen(listed=None), seen("cut", "cut", listed=SHOWN)) == ("carried-out", 1)


def pair(**second):
    return seen("first-id", batch_id="own", kept_id=True), seen("second-id", **({"batch_id": "own"} | second))


SECOND = SHOWN._replace(attempt="b" * 16)


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ((seen("first-id", batch_id="theirs"),), ("ignored", 1)),
        (pair()[:1], ("unknown", 0)),
        ((seen("first-id", "lost"),), ("unknown", 0)),
        (pair(fate="refused", kind="invalid"), ("refused", 2)),
        (pair(fate="refused", kind="policy"), ("unknown", 0)),
        (pair(fate="lost"), ("unknown", 0)),
        (pair(batch_id="theirs"), ("another", 2)),
        (pair(), ("same", 2)),
        (pair(calls=(QUEUED, QUEUED._replace(call_id="c2"))), ("added", 2)),
        (pair(listed=None), ("unknown", 0)),
    ],
)
def test_a_repeated_id(observations, expected):
    assert answer("repeated_id", *observations, api="v1") == expected


def test_a_batch_under_one_id_that_shows_the_second_stamp_was_replaced():
    first, second = pair(listed=SECOND)
    assert answer("repeated_id", first, second._replace(attempt="b" * 16), api="v1") == ("replaced", 2)


TWO = (QUEUED, QUEUED._replace(call_id="c2"))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [((QUEUED,), ("one-call", 1)), (TWO, ("two-calls", 1)), ((), ("unknown", 0)), (None, ("unknown", 0))],
)
def test_the_same_number_twice(calls, expected):
    assert answer("repeated_number", seen("twice", calls=calls)) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (CallRecord(False, {**OWN}), ("replaced", 1)),
        (CallRecord(True, {**OWN, "bland_deploy": {}}), ("merged", 1)),
        (CallRecord(False, {"other": 1}), ("unknown", 0)),
        (CallRecord(False, None), ("unknown", 0)),
        (None, ("unknown", 0)),
    ],
)
def test_metadata_of_a_call_beside_shared_ones(record, expected):
    assert answer("nested", seen("twice", record=record)) == expected


STARTED = QUEUED._replace(queue_status="started")
OVER = QUEUED._replace(queue_status="complete", completed=True, status="completed", minutes=0.5)
CANCELED = QUEUED._replace(queue_status="complete", completed=True, status="canceled")


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (seen(), ("kept", 1)),
        (seen(status="in_progress"), ("taken", 1)),
        (seen(status="in_progress", calls=None), ("unknown", 0)),
        (seen(status=None), ("unknown", 0)),
        (seen(status="failed", calls=()), ("failed", 1)),
        (seen(status="in_progress", calls=(STARTED,)), ("at-once", 1)),
        (seen(calls=(STARTED,)), ("at-once", 1)),
        (seen(status="completed", calls=(OVER,)), ("at-once", 1)),
        (seen(status="completed_partial", calls=(CANCELED,)), ("taken", 1)),
        (seen(fate="lost"), ("unknown", 0)),
        (seen(fate="refused", kind="invalid"), ("unknown", 0)),
    ],
)
def test_a_start_time(observation, expected):
    found = judge("v2", [observation]).start_times["offset-apart"]
    assert (found.answer, found.evidence) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ((CANCELED,), ("cancels", 1)),
        ((CANCELED, QUEUED), ("leaves", 1)),
        ((OVER,), ("leaves", 1)),
        ((), ("unknown", 0)),
        (None, ("unknown", 0)),
    ],
)
def test_a_stop(left, expected):
    assert answer("stop", seen(left=left)) == expected
    assert answer("stop", seen(left=left, calls=(STARTED,))) == ("unknown", 0)


def test_a_refusal_speaks_against_a_form_only_where_others_are_taken():
    refused = seen("iso-utc", "refused", kind="invalid")
    assert judge("v2", [seen(), refused]).start_times["iso-utc"].answer == "refused"
    assert judge("v2", [seen(), refused._replace(kind="rate")]).start_times["iso-utc"].answer == "unknown"


def test_the_worst_of_a_form_counts():
    found = judge("v2", [seen(), seen("twice", calls=(STARTED,)), seen()]).start_times["offset-apart"]
    assert (found.answer, found.evidence) == ("at-once", 1)


def test_batches_and_calls_are_read_in_either_envelope():
    assert batch_in("v2", b'{"data": {"id": "b", "description": "x [aaaaaaaaaaaaaaaa]"}}').attempt == "a" * 16
    assert batch_in("v1", b'{"batch_params": {"id": "b", "label": "x [aaaaaaaaaaaaaaaa]"}}').attempt == "a" * 16
    assert batch_in("v1", b'{"batch_params": 3}') is None
    assert batch_in("v2", b"nonsense") is None
    assert record_in(b'{"call_id": "c", "metadata": 3}') == CallRecord(False, None)
    assert record_in(b'{"status": "error"}') is None
    stamp = b'{"bland_deploy": {"lineage": "l", "campaign": "_probe", "round": "r", "attempt": "a", "calls": 1}}'
    assert record_in(b'{"call_id": "c", "metadata": %b}' % stamp).stamped
    assert record_in(b'{"call_id": "c", "request_data": {"metadata": %b}}' % stamp).stamped
