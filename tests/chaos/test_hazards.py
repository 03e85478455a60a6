"""The places where the API reference says beware, one after the other, by the command line and over real sockets."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bland_deploy.cli.approval import Approval
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import Blocked, ExitCode
from bland_deploy.operations.guards.starts import objection
from bland_deploy.operations.plans.proposal import propose
from tests.chaos.bench import benching
from tests.cli.workspace import call

PEOPLE = [f"+1415555016{digit}" for digit in range(4)]
ANSWERED = 60.0
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def ask(bench):
    """Runs a command in the bench's workspace."""

    def run(command, *arguments):
        return call([command, "-C", str(bench.root), *map(str, arguments)])

    return run


@pytest.fixture
def applied(ask):
    """Applies, and gives the result."""
    return lambda: ask("apply", "-y", "--format", "json")


def dialled(bench):
    """When each number is dialled by the books, and when its batch was created."""
    with closing(sqlite3.connect(bench.books)) as books:
        return {row[0]: row[1:] for row in books.execute("SELECT number, dialled, created FROM calls")}


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_start_time_without_offset_is_utc_and_lint_says_so(bench, ask, applied, api):
    start = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    bench.campaign(PEOPLE[:1], api=api, timezone="America/New_York", call={"start_time": f"{start:%Y-%m-%d %H:%M:%S}"})
    linted = ask("lint", "--format", "json")
    assert linted.code == 0
    assert "Bland takes it as UTC" in linted.only("start-time-without-offset")["message"]
    assert applied().code == 0
    assert dialled(bench)[PEOPLE[0]][0] == pytest.approx(start.timestamp(), abs=1)


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_start_time_in_the_past_dials_at_once_and_only_once(bench, applied, api):
    bench.campaign(PEOPLE[:1], api=api, call={"start_time": "2020-01-01 09:00:00 -05:00"})
    done = applied()
    assert (done.code, done.rules) == (0, ["start-time-too-soon"])
    at, created = dialled(bench)[PEOPLE[0]]
    assert at - created < ANSWERED
    again = applied()
    assert (again.code, again.json["batches"]) == (0, [])
    assert bench.rung == PEOPLE[:1]


def starting(bench, api, *hours):
    """A campaign whose people are to be called in so many hours, one in each batch."""
    now = datetime.now(UTC)
    times = [f"{now + timedelta(hours=ahead):%Y-%m-%d %H:%M:%S +00:00}" for ahead in hours]
    people = PEOPLE[: len(hours)]
    rows = [{"phone_number": who, "call": {"start_time": at}} for who, at in zip(people, times, strict=True)]
    return bench.campaign(people, api=api, prompt="Hello.", recipients={"inline": rows})


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_start_time_that_passes_while_apply_is_at_work_is_held_back_and_the_others_are_sent(bench, api):
    starting(bench, api, 5, 1, 5)
    bench.objection = lambda request: objection(request, datetime.now(UTC) + timedelta(hours=2))
    done = bench.apply()
    assert [batch.fate for batch in done.batches] == ["sent", "not_sent", "sent"]
    assert "Bland would dial at once" in done.batches[1].reason
    assert done.exit_code == ExitCode.PARTIAL
    assert bench.apply().exit_code == ExitCode.BLOCKED
    assert bench.rung == [PEOPLE[0], PEOPLE[2]]
    bench.objection = lambda _request: None
    assert bench.apply().exit_code == ExitCode.DONE
    assert sorted(bench.rung) == PEOPLE[:3]
    assert bench.verdict(0) == []


def test_what_passes_while_the_send_is_being_recorded_is_held_back_too(bench):
    starting(bench, "v2", 5)
    moments = iter([datetime.now(UTC), datetime.now(UTC) + timedelta(hours=6)])
    bench.objection = lambda request: objection(request, next(moments))
    assert bench.apply().exit_code == ExitCode.BLOCKED
    assert bench.kinds[-2:] == ["sending", "void"]
    bench.objection = lambda _request: None
    assert bench.apply().exit_code == ExitCode.DONE
    assert bench.rung == PEOPLE[:1]
    assert bench.verdict(0) == []


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize(
    ("ahead", "code", "rules"),
    [
        (timedelta(days=-2), 6, ["start-time-too-soon"]),
        (timedelta(minutes=1), 6, ["start-time-too-soon"]),
        (timedelta(minutes=10), 0, []),
        (timedelta(hours=22), 0, []),
        (timedelta(hours=24), 0, ["start-time-too-far"]),
    ],
)
def test_plan_judges_start_times_where_somebody_can_be_rung(bench, ask, api, ahead, code, rules):
    bench.settings(base_url="https://api.invalid", profile="none")
    start = f"{NOON + ahead:%Y-%m-%d %H:%M:%S %z}"
    bench.campaign(PEOPLE[:2], api=api, call={"start_time": start})
    found = ask("plan", "--format", "json", "--at", NOON.isoformat())
    assert (found.code, found.rules) == (code, rules)
    assert start not in "".join(item["message"] for item in found.json["diagnostics"])


@pytest.mark.parametrize(
    ("own", "times"),
    [
        ([3, 5], ("2026-03-02T15:00:00+00:00", "2026-03-02T17:00:00+00:00")),
        ([3, None], (None, "2026-03-02T15:00:00+00:00")),
        ([None, None], (None, None)),
    ],
)
def test_the_plan_says_when_calls_with_a_start_time_begin(bench, ask, own, times):
    hours = [NOON + timedelta(hours=ahead) if ahead else None for ahead in own]
    rows = [
        {"phone_number": who, "call": {"start_time": at and f"{at:%Y-%m-%d %H:%M:%S %z}"}}
        for who, at in zip(PEOPLE, hours, strict=False)
    ]
    bench.campaign(PEOPLE[:2], prompt="Hello.", recipients={"inline": rows})
    (campaign,) = ask("plan", "--format", "json", "--at", NOON.isoformat()).json["campaigns"]
    assert (campaign["first_dial"], campaign["last_dial"]) == times


def test_apply_refuses_a_start_time_that_is_past_where_somebody_can_be_rung(bench):
    past = "2020-01-01 09:00:00 -05:00"
    bench.campaign(PEOPLE[:1], call={"start_time": past}).settings(base_url="https://api.invalid", profile="none")
    invocation = Invocation(workspace=bench.root)
    session = open_session(invocation, needs_key=True)
    works, found = make_all(session, [], NOON)
    plan = propose(works, aim_of(session), found).plan({"hello": None})
    approval = Approval(invocation, session.settings, auto_approve=True, digest=None, as_json=True)
    with pytest.raises(Blocked) as refused:
        approval.approve(plan)
    assert [found.message for found in refused.value.diagnostics if "1 call of hello" in found.message]


def test_a_start_time_without_offset_is_an_error_where_somebody_can_be_rung_and_render_shows_it(bench, ask):
    bench.settings(base_url="https://api.invalid")
    bench.campaign(PEOPLE[:1], call={"start_time": "2020-01-01 09:00:00"})
    linted = ask("lint", "--format", "json")
    assert (linted.code, linted.only("start-time-without-offset")["severity"]) == (3, "error")
    assert ask("plan").code == 6
    rendered = ask("render", "hello", "--format", "json")
    assert (rendered.code, rendered.only("start-time-without-offset")["severity"]) == (0, "warning")


def test_a_batch_that_fails_after_its_200_is_told_by_status_and_sent_again_only_by_decision(tmp_path):
    with benching(tmp_path, speed=1_000_000.0) as bench:
        bench.campaign(PEOPLE[:2], split={"size": 2}).weather.set({"on": "create", "do": "fail"})
        run = ["-C", str(bench.root)]
        done = call(["apply", *run, "-y", "--format", "json"])
        assert (done.code, done.json["summary"]["sent"]) == (0, 2)
        (batch,) = call(["status", *run, "--format", "json"]).json["batches"]
        assert batch["status"] == "failed"
        bench.weather.clear()
        again = call(["apply", *run, "-y", "--format", "json"])
        assert again.json["batches"] == []
        assert bench.rung == []
        freed = call(["reconcile", *run, "--not-rung", batch["batch_id"], "--reason", "it failed: nobody was dialled"])
        assert freed.code == 0, freed.everything
        assert call(["apply", *run, "-y"]).code == 0
        assert sorted(bench.rung) == PEOPLE[:2]


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_429_for_a_blacklisted_number_is_a_policy_and_no_matter_of_waiting(bench, applied, api):
    message = f"Phone number {PEOPLE[0]} is blacklisted"
    refuse = {"on": "create", "nth": 1, "do": "refuse", "status": 429, "message": message, "retry_after": "1"}
    bench.campaign(PEOPLE[:2], api=api).weather.set(refuse)
    done = applied()
    assert (done.code, [batch["status"] for batch in done.json["batches"]]) == (6, ["failed", "not_sent"])
    assert "blacklisted" in done.json["batches"][0]["reason"]
    assert PEOPLE[0][-7:] not in done.everything
    assert bench.rung == []
    bench.weather.clear()
    assert applied().code == 0
    assert bench.verdict(0) == []


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_500_for_a_wrong_encrypted_key_holds_and_asks_since_500_proves_nothing(bench, ask, applied, api):
    bench.settings(encrypted_key={"file": "carrier"})
    (bench.root / "carrier").write_text("wrong")
    bench.campaign(PEOPLE[:1], api=api)
    done = applied()
    assert (done.code, done.json["summary"]["held"]) == (8, 1)
    assert "encrypted_key" in done.json["batches"][0]["reason"]
    (bench.root / "carrier").write_text("the-right-one")
    assert applied().code == 8
    assert bench.rung == []
    (attempt,) = bench.log.standing.attempts
    assert ask("reconcile", "--not-sent", attempt, "--reason", "the key was wrong: nothing was made").code == 0
    assert applied().code == 0
    assert bench.rung == PEOPLE[:1]
    assert bench.verdict(0) == []


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_500_after_the_batch_was_made_is_found_in_the_list(bench, applied, api):
    body = '{"status":"error","message":"Internal error","errors":["Internal error"]}'
    bench.campaign(PEOPLE[:2], api=api).weather.set(
        {"do": "replace-answer", "on": "create", "status": 500, "body": body}
    )
    done = applied()
    assert (done.code, done.json["summary"]["sent"]) == (0, 2)
    assert bench.verdict(0) == []
