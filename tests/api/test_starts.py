import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bland_deploy.api.starts import start_times

NINE = "2026-03-02 09:00:00 -05:00"
TEN = "2026-03-02 10:00:00 -05:00"
AT_NINE, AT_TEN = (datetime(2026, 3, 2, hour, tzinfo=timezone(timedelta(hours=-5))) for hour in (9, 10))


def v2(*calls, **shared):
    return json.dumps({"global": shared, "call_objects": calls}, separators=(",", ":")).encode(), "call_objects"


def v1(*calls, **shared):
    return json.dumps({**shared, "call_data": calls}, separators=(",", ":")).encode(), "call_data"


@pytest.mark.parametrize("make", [v1, v2])
def test_a_shared_time_is_everybodys(make):
    assert start_times(*make({}, {}, start_time=NINE), 2) == {AT_NINE: 2}


@pytest.mark.parametrize("make", [v1, v2])
def test_calls_without_a_time_are_left_out(make):
    assert start_times(*make({}, {"start_time": NINE}, {"start_time": None}), 3) == {AT_NINE: 1}
    assert start_times(*make({}, {}), 2) == {}


def test_a_calls_own_time_replaces_the_shared_one():
    own = ({"start_time": TEN}, {}, {"start_time": None})
    assert start_times(*v2(*own, start_time=NINE), 3) == {AT_TEN: 1, AT_NINE: 1}


@pytest.mark.parametrize("own", [TEN, None, "Monday"])
def test_in_v1_the_earlier_time_counts_since_nobody_says_which_one_holds(own):
    assert start_times(*v1({"start_time": own}, start_time=NINE), 1) == {AT_NINE: 1}
    assert start_times(*v1({"start_time": NINE}, start_time=TEN), 1) == {AT_NINE: 1}


def test_without_an_offset_it_is_utc():
    found = start_times(*v2({"start_time": "2026-03-02 14:00:00"}), 1)
    assert found == {AT_NINE: 1}
    assert next(iter(found)).tzinfo is UTC


def test_only_the_calls_that_ring_count():
    assert start_times(*v1({"start_time": TEN}, {"start_time": NINE}), 1) == {AT_TEN: 1}


@pytest.mark.parametrize(
    "call",
    [
        {"request_data": {"start_time": NINE}},
        {"metadata": {"start_time": NINE}},
        {"task": f'"start_time":"{NINE}"'},
        {"start_time": "soon"},
        {"start_time": 12345678901234567890123456789012345},
    ],
)
def test_what_only_looks_like_one_is_none(call):
    assert start_times(*v2(call, task='Say "start_time".'), 1) == {}
