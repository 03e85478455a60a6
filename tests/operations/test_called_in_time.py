"""Nobody is rung outside of the hours of any zone where they may be: the sandbox's books, judged by slow plain code."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import ensure_state_key, open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.client.connection import Credentials, open_client
from bland_deploy.operations.apply import apply
from bland_deploy.operations.guards.starts import hours_over
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.sandbox.transport import BASE_URL, SandboxTransport
from bland_deploy.sandbox.world import World as Sandbox
from bland_deploy.windows.places import area_codes
from tests.windows.plainly import verdicts

CODES = sorted(area_codes())
PEOPLE = 10_000
SPRING, AUTUMN = "2026-03-07T22:00:00+00:00", "2026-10-31T22:00:00+00:00"  # the days before the clocks change


def apply_at(workspace, now, sent=None, code=0):
    """Apply at a time, by the clock of both sides; `sent` is when it comes to the last byte."""
    session = ensure_state_key(open_session(Invocation(workspace.root)))
    works, found = make_all(session, [], now)
    workspace.books.parent.mkdir(exist_ok=True)
    sandbox = Sandbox(workspace.books, clock=lambda: now)
    with open_client(
        BASE_URL, Credentials("sk-sandbox"), transport=SandboxTransport(sandbox.handle, sandbox)
    ) as client:
        world = World(
            client=client,
            store=session.store(),
            now=lambda: now,
            sleep=lambda _seconds: None,
            settle=0.0,
            by="tests",
            objection=lambda request: hours_over(request, sent or now),
        )
        plans = []
        done = apply(works, aim_of(session), world, Asked(plans.append), found)
    assert done.exit_code == code, done
    return plans[0].campaigns[0]


def dialled(books):
    with closing(sqlite3.connect(books)) as found:
        return found.execute("SELECT digits, dialled FROM calls").fetchall()


@cache
def zones(code):
    """Every zone of an area code, plainly."""
    return {zone for prefix, found in TIMEZONE_DATA.items() if prefix.startswith(f"1{code}") for zone in found}


def wrongly_rung(calls, profile):
    for digits, at in calls:
        code = digits[1:4]
        instant = datetime.fromtimestamp(at, UTC)
        allowed = verdicts(profile, sorted(zones(code)), area_codes()[code], instant)
        if not allowed or not all(allowed.values()):
            yield code, instant, allowed


@pytest.mark.parametrize(("begin", "api"), [(SPRING, "v2"), (AUTUMN, "v2"), (AUTUMN, "v1")])
def test_nobody_is_rung_outside_the_hours_of_any_zone_across_a_change_of_clocks(workspace, begin, api):
    each = -(-PEOPLE // len(CODES))
    numbers = [f"+1{code}555{100 + n:04}" for n in range(each) for code in CODES][:PEOPLE]
    schedule = {"profile": "us-standard", "pace": {"per_hour": 1500, "at_once": 100}}
    workspace.write("people.csv", "phone_number\n" + "".join(f"{number}\n" for number in numbers))
    workspace.hello(
        api=api,
        prompt="Hi.",
        call={"max_duration": 2},
        recipients={"file": "people.csv", "invalid_numbers": "skip"},
        schedule=schedule,
    )
    now = datetime.fromisoformat(begin)
    plan = apply_at(workspace, now)
    first, calls = plan, plan.counts.create
    while plan.counts.deferred:
        now += timedelta(hours=20)
        plan = apply_at(workspace, now)
        calls += plan.counts.create
    rung = dialled(workspace.books)
    assert len(rung) == len({digits for digits, _ in rung}) == calls > PEOPLE * 0.9
    assert len({digits[1:4] for digits, _ in rung}) > 400
    assert first.first_dial < datetime.fromisoformat(begin) + timedelta(hours=3)
    assert list(wrongly_rung(rung, "us-standard"))[:5] == []


def test_a_batch_whose_hours_are_over_before_its_last_byte_is_left_for_the_next_apply(workspace):
    workspace.hello(schedule={"profile": "us-standard"})
    now = datetime.fromisoformat("2026-03-16T19:00:00+00:00")
    plan = apply_at(workspace, now, sent=now + timedelta(minutes=9), code=6)
    assert (plan.counts.create, dialled(workspace.books)) == (2, [])
    later = now + timedelta(minutes=9)
    assert apply_at(workspace, later).counts.create == 2
    assert [at for _, at in dialled(workspace.books)] == pytest.approx([later.timestamp() + 660] * 2, abs=61)
