"""When calls begin: in the hours of whoever is called, at the pace of the account, or by a later apply."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import open_log

EAST, WEST, HONOLULU = "+12125550100", "+13105550100", "+18085550100"  # New York, Los Angeles, Honolulu
FOLLOWING = "+15005550100"  # a personal number, which rings wherever its owner is
NIGHT, NOON, EVENING = "2026-03-16T09:00:00+00:00", "2026-03-16T19:00:00+00:00", "2026-03-16T23:50:00+00:00"
REAL = {"production": {}}
OUTSIDE, LATE = "outside-calling-hours", "2026-03-16 19:00:00 -04:00"
CASES = Path(__file__).parent / "cases" / "timing"


def people(*numbers, **columns):
    return {"inline": [{"phone_number": number, **columns} for number in numbers]}


@pytest.fixture
def plan(workspace):
    """A function that plans the usual campaign with some keys changed in production, and gives the document."""

    def run(at=NIGHT, environments=REAL, code=0, **changes):
        workspace.settings(environments)
        workspace.hello(**{"prompt": "Hi."} | changes)
        done = workspace.plan("-e", next(iter(environments)), "--at", at, "--payloads", "--show-pii")
        assert done.code == code, done.everything
        return done.json

    return run


def starts(document):
    (campaign,) = document["campaigns"]
    bodies = [batch["request"]["body"] for batch in campaign["batches"]]
    return {
        call["phone_number"]: call.get("start_time", body.get("start_time"))
        for body in bodies
        for call in body.get("call_objects", body.get("call_data"))
    }


def found(document):
    return [(item["rule"], item["severity"]) for item in document["diagnostics"]]


def test_every_call_gets_a_time_in_the_hours_of_whoever_is_called_with_the_offset_there(plan):
    document = plan(recipients=people(WEST, EAST, HONOLULU), schedule={"profile": "us-standard"})
    assert starts(document) == {
        WEST: "2026-03-16 09:00:00 -07:00",
        EAST: "2026-03-16 09:00:00 -04:00",
        HONOLULU: "2026-03-16 09:00:00 -10:00",
    }
    (campaign,) = document["campaigns"]
    assert campaign["first_dial"] == "2026-03-16T13:00:00+00:00"
    assert campaign["last_dial"] == "2026-03-16T19:00:00+00:00"
    assert campaign["batches"][0]["first_dial"] == campaign["first_dial"]


def test_v1_knows_one_time_for_all_calls_of_a_request_so_they_go_by_window(plan):
    rows = people(WEST, EAST, "+13105550101")
    document = plan(api="v1", recipients=rows, schedule={"profile": "us-standard"})
    (campaign,) = document["campaigns"]
    bodies = [batch["request"]["body"] for batch in campaign["batches"]]
    assert [(body["start_time"], len(body["call_data"])) for body in bodies] == [
        ("2026-03-16 09:00:00 -04:00", 1),
        ("2026-03-16 09:00:00 -07:00", 2),
    ]


def test_a_list_too_long_for_one_window_goes_on_the_next_day(plan):
    rows = people(*(f"+1310555{n:04}" for n in range(100, 200)))
    document = plan(recipients=rows, schedule={"hours": "9:00-10:00", "pace": {"per_hour": 60}})
    (campaign,) = document["campaigns"]
    assert (campaign["calls"]["create"], campaign["calls"]["deferred"]) == (59, 41)  # the last minute is for ringing
    assert campaign["finish"] == "2026-03-17T16:40:00+00:00"


def test_the_digest_is_of_the_schedule_and_not_of_the_times_it_gives(plan):
    digests = {plan(at, schedule={"profile": "us-standard"})["digest"] for at in (NIGHT, NOON)}
    assert len(digests) == 1
    assert plan(schedule={"profile": "us-strict"})["digest"] not in digests


def test_the_same_plan_has_the_same_bytes(plan):
    once, again = (json.dumps(plan(schedule={"profile": "us-standard"})) for _ in range(2))
    assert once == again


REFUSED = (
    (NIGHT, {}, "outside-calling-hours"),
    ("2026-03-17T02:59:00+00:00", {}, "outside-calling-hours"),  # the last minute there, and ringing takes one
    ("2026-03-16T19:00:00+00:00", {"schedule": {"profile": "us-strict"}, "each": {"start_time": LATE}}, OUTSIDE),
    (NOON, {"each": {"start_time": "2026-03-17 07:00:00 -07:00"}}, OUTSIDE),
    (NOON, {"recipients": people(FOLLOWING)}, "no-time-zone"),
    (NOON, {"recipients": people(WEST, state="Texass")}, "unknown-place"),
    (NOON, {"recipients": people(WEST, zip="1")}, "unknown-place"),
    (NOON, {"recipients": people(WEST, timezone="Berlin")}, "unknown-place"),
    ("2026-03-15T16:30:00+00:00", {"recipients": people("+12145550100")}, OUTSIDE),  # Sunday 11:30 in Dallas
    ("2026-01-01T17:00:00+00:00", {"recipients": people("+12055550100")}, OUTSIDE),  # New Year in Alabama
    (NOON, {"schedule": {"hours": "1:00-2:00", "profile": "us-standard"}}, "no-calling-hours"),
    (NOON, {"schedule": {"end": "2026-03-01"}}, "no-calling-hours"),
)


def test_what_is_outside_of_calling_hours_is_refused_with_row_rule_source_and_the_way_out(plan, golden):
    told = []
    for at, changes, rule in REFUSED:
        document = plan(at, code=6, **{"recipients": people(WEST, EAST)} | changes)
        assert {item for item, _ in found(document)} == {rule}
        for item in document["diagnostics"]:
            assert item["severity"] == "error"
            told.append(f"{item['file']}:{item['line']}: {item['rule']}: {item['message']}\n    {item['help']}\n")
    golden(CASES / "refused.txt", "".join(told))


def test_the_way_out_of_a_bad_hour_is_a_schedule(plan):
    document = plan(recipients=people(WEST), schedule={"profile": "us-standard"})
    assert document["diagnostics"] == []


def test_the_columns_of_a_row_add_zones(plan):
    """Ten at night in New York, seven in Los Angeles: whoever may live in New York is not rung."""
    at = "2026-03-17T02:00:00+00:00"
    assert plan(at, recipients=people(WEST))["diagnostics"] == []
    for column in ({"state": "NY"}, {"zip": "10001"}, {"timezone": "America/New_York"}):
        assert found(plan(at, code=6, recipients=people(WEST, **column))) != []


def test_a_column_counts_whatever_the_case_of_its_name(workspace):
    workspace.settings(REAL)
    workspace.listed(f"phone_number,State\n{WEST},NY\n")
    assert found(workspace.plan("-e", "production", "--at", "2026-03-17T02:00:00+00:00").json) != []


def test_in_the_sandbox_no_hours_hold_unless_they_are_asked_for(workspace):
    workspace.hello(recipients=people(FOLLOWING), prompt="Hi.")
    assert workspace.plan("--at", NIGHT).json["diagnostics"] == []
    workspace.hello(recipients=people(FOLLOWING), schedule={"hours": "9:00-17:00"}, prompt="Hi.")
    assert found(workspace.plan("--at", NIGHT).json) == [("no-time-zone", "warning")]
    workspace.hello(recipients=people(FOLLOWING), schedule={"profile": "us-standard"}, prompt="Hi.")
    assert found(workspace.plan("--at", NIGHT).json) == [("no-time-zone", "error")]
    assert workspace.apply().code == 6
    assert workspace.rung() == []


def test_no_calling_hours_at_all_need_a_waiver_in_a_protected_environment(plan):
    protected = {"production": {"protected": True}}
    nowhere = {"purpose": "emergency", "schedule": {"profile": "none"}}
    assert found(plan(environments=protected, code=6, **nowhere)) == [("profile-none", "error")]
    waiver = {"rule": "profile-none", "reason": "a flood", "approver": "Ann", "expires": "2026-12-31"}
    assert found(plan(environments=protected, **nowhere, waivers=[waiver])) == [("profile-none", "note")]
    assert found(plan(schedule={"profile": "none"})) == []


def test_the_pace_of_the_account_decides_whether_calls_at_once_end_in_time(plan):
    rows = people(*(f"+1310555{n:04}" for n in range(100, 150)))
    late = "2026-03-17T02:45:00+00:00"  # a quarter of an hour before the end
    assert plan(late, recipients=rows)["diagnostics"] == []
    slow = {"production": {"pace": "start"}}
    assert found(plan(late, environments=slow, code=6, recipients=rows)) == [("outside-calling-hours", "error")]


def test_campaigns_that_are_sent_together_share_the_pace_of_the_account(workspace):
    workspace.settings({"sandbox": {"provider": "sandbox", "pace": {"per_hour": 60}}})
    east = [f"+1212555{number:04}" for number in range(100, 130)]
    west = [f"+1310555{number:04}" for number in range(100, 130)]
    for name, numbers, hours in (("first", west, "9:00-10:00"), ("second", [*east, *west[:5]], "9:00-17:00")):
        workspace.hello(
            name, prompt="Hi.", recipients=people(*numbers), schedule={"profile": "us-standard", "hours": hours}
        )
    document = workspace.plan("--at", NIGHT, "--payloads", "--show-pii").json
    planned = {campaign["campaign"]: starts({"campaigns": [campaign]}) for campaign in document["campaigns"]}
    first, second = planned["first"], planned["second"]
    assert (min(first.values()), max(first.values())) == ("2026-03-16 09:00:00 -07:00", "2026-03-16 09:29:00 -07:00")
    assert {second[number][:16] for number in east} == {f"2026-03-16 09:{minute:02}" for minute in range(30)}
    assert {second[number][:16] for number in west[:5]} == {f"2026-03-16 09:{minute:02}" for minute in range(30, 35)}


def test_campaigns_that_are_claimed_together_share_the_pace_too(workspace):
    workspace.settings({"sandbox": {"provider": "sandbox", "state": "state", "pace": {"per_hour": 60}}})
    usual, own = {"days": "mon-sun"}, {"pace": {"per_hour": 60}}
    for name, schedule in (("first", usual), ("second", usual), ("third", usual), ("own", own)):
        workspace.hello(name, prompt="Hi.", recipients=people(EAST), schedule=schedule)
    assert workspace.apply().code == 0
    store = FileStore(workspace.root / "state")
    names = ("first", "own", "second", "third")
    begun = [open_log(store, name).entries[0].batches[0].window.first_dial for name in names]
    minutes = [(datetime.fromisoformat(moment) - datetime.fromisoformat(begun[0])).seconds // 60 for moment in begun]
    assert minutes == [0, 0, 1, 2]


def test_a_saved_plan_whose_hours_are_over_is_not_carried_out(workspace, plan):
    plan(NOON)
    workspace.settings({"here": {"base_url": "http://127.0.0.1:9", "profile": "us-standard"}})
    workspace.run("state", "key")
    saved = workspace.root / "a.plan"
    now = datetime.now(UTC)
    at = (now - timedelta(days=3)).replace(hour=19, minute=0).isoformat()
    done = workspace.run("plan", "-e", "here", "--out", saved, "--expires-in", "31d", "--at", at)
    assert done.code == 0, done.everything
    again = workspace.run("apply", saved, "--dry-run", "--format", "json")
    assert found(again.json) == [("calling-hours-over", "error")]


def test_a_schedule_is_checked_when_it_is_read(workspace):
    for wrong in ({"timezone": "Mars"}, {"hours": "9-17"}, {"profile": "loose"}, {"pace": {"per_hour": 0}}, {"x": 1}):
        workspace.hello(schedule=wrong)
        assert workspace.lint().code == 3, wrong


def test_who_wrote_a_time_keeps_it(plan):
    mine = "2026-03-17 10:00:00 -07:00"
    rows = [{"phone_number": WEST, "call": {"start_time": mine}}, {"phone_number": EAST}]
    document = plan(NOON, recipients={"inline": rows}, schedule={"profile": "us-standard"})
    assert starts(document) == {WEST: mine, EAST: "2026-03-16 15:10:00 -04:00"}
