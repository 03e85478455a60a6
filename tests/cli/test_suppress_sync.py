"""Who is on the provider's do-not-call list, or asked in a call not to be called again, is suppressed in the state."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest

from bland_deploy.api.webhooks import parse_event
from bland_deploy.archive import FILE
from bland_deploy.events import FILE as EVENTS
from bland_deploy.events import open_events
from bland_deploy.sandbox.exchange import Answer, Refusal, reply
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.state.layout import SUPPRESSION
from tests.cli.test_adopt import KEY, STATE, Desk

PEOPLE = [f"+1{area}55501{line:02}" for area in (212, 213, 214, 215, 216) for line in range(60)]
ALSO, GUEST = "+14155550177", "+14155550176"


class Quiet:
    """A sandbox whose lists do not tell how calls were judged, as the documents have it; it counts what is asked."""

    def __init__(self, handle):
        self._handle, self.calls_asked, self.refuse = handle, [], None
        self.page, self.told = None, {}

    def __call__(self, ask):
        if ask.path == "/v1/org_dnc" and ask.method == "GET" and self.refuse:
            return Refusal(self.refuse, "Not for API keys", "FORBIDDEN").answer("v2")
        if ask.path == "/v1/org_dnc" and self.page:
            return reply(self.page)
        if ask.path in self.told:
            return reply(self.told[ask.path])
        answer = self._handle(ask)
        if ask.path == "/v1/calls":
            listed = orjson.loads(answer.body)
            for call in listed["calls"]:
                del call["disposition_tag"]
            return Answer(answer.status, orjson.dumps(listed))
        if ask.path.startswith("/v1/calls/"):
            self.calls_asked.append(ask.path.rpartition("/")[2])
        return answer


@pytest.fixture
def open_desk(tmp_path):
    opened, books = [], tmp_path / "books.sqlite"

    def open_desk(speed=1_000_000, people=PEOPLE, **changes):
        quiet = []

        def handler(handle):
            quiet.append(Quiet(handle))
            return quiet[0]

        opened.append(serving(Options(port=0, db=books, speed=speed, faults=handler)))
        address = opened[-1].__enter__()
        desk = Desk(tmp_path / "w", address, books)
        desk.provider, desk.address = quiet[0], address
        desk.workspace.write("people.csv", "phone_number\n" + "".join(f"{number}\n" for number in people))
        desk.workspace.hello(
            **{"recipients": {"file": "people.csv"}, "prompt": "Hello.", "split": {"size": 100}} | changes
        )
        return desk

    yield open_desk
    for served in opened:
        served.__exit__(None, None, None)


def sync(desk, *arguments):
    done = desk.run("suppress", "sync", "--format", "json", *arguments)
    assert done.code == 0, done.everything
    return done.json


def listed(desk, *numbers):
    headers = {"authorization": "sk-test"}
    for start in range(0, len(numbers), 5_000):
        body = {"numbers": numbers[start : start + 5_000]}
        httpx.post(f"{desk.address}/v1/org_dnc", json=body, headers=headers, trust_env=False).raise_for_status()


def judged(desk, condition):
    with closing(sqlite3.connect(f"file:{desk.books}?mode=ro", uri=True)) as books:
        return {f"+{row[0]}" for row in books.execute(f"SELECT digits FROM calls WHERE {condition}")}


def called(desk):
    """An apply whose calls have ended."""
    assert desk.apply().code == 0
    assert desk.run("wait").code == 0
    return desk


def left_out(desk):
    (campaign,) = desk.run("plan", "--round", "2", "--format", "json").json["campaigns"]
    return campaign["calls"]


def test_everybody_on_the_providers_list_is_suppressed_page_by_page(open_desk):
    desk = open_desk()
    others = [f"+1317{number:07d}" for number in range(2_000_000, 2_002_300)]
    listed(desk, *others, *PEOPLE[:7])
    found = sync(desk)
    assert found["provider_list"] == {"people": 2_307, "added": 2_307}
    assert (found["added"], found["known"], found["diagnostics"]) == (2_307, 0, [])
    assert left_out(desk)["suppressed"] == 7
    again = sync(desk)
    assert (again["added"], again["known"]) == (0, 2_307)
    shown = desk.run("suppress", "list", "--format", "json").json
    assert [(entry["source"], entry["who"], entry["people"]) for entry in shown["entries"]] == [
        ("provider_list", "the provider", 2_307)
    ]
    assert shown["provider_list"]["people"] == 2_307


def test_whoever_the_provider_takes_off_its_list_stays_suppressed(open_desk):
    desk = open_desk()
    listed(desk, PEOPLE[0])
    sync(desk)
    entry = httpx.get(f"{desk.address}/v1/org_dnc", headers={"authorization": "sk-test"}, trust_env=False).json()
    id_ = entry["data"]["entries"][0]["id"]
    httpx.delete(f"{desk.address}/v1/org_dnc/{id_}", headers={"authorization": "sk-test"}, trust_env=False)
    assert sync(desk)["provider_list"] == {"people": 0, "added": 0}
    assert left_out(desk)["suppressed"] == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_key_that_may_not_read_the_list_is_told_plainly_and_stops_nothing_else(open_desk, status):
    desk = called(open_desk())
    desk.provider.refuse = status
    found = sync(desk)
    assert found["provider_list"] is None
    assert [item["rule"] for item in found["diagnostics"]] == ["provider-list-refused"]
    assert found["calls"]["added"] == len(judged(desk, "tag = 'DO_NOT_CONTACT'"))
    text = desk.run("suppress", "sync")
    assert "the provider's do-not-call list was not read: " in text.err
    assert "provider's do-not-call list has" not in text.out


def test_whoever_asked_in_a_call_is_not_called_again_and_only_calls_with_people_are_asked_for(open_desk):
    desk = called(open_desk())
    found = sync(desk)
    opted_out = judged(desk, "tag = 'DO_NOT_CONTACT'")
    assert len(opted_out) > 3
    assert found["calls"] == {"batches": 3, "unfinished": 0, "added": len(opted_out)}
    assert len(desk.provider.calls_asked) == len(judged(desk, "kind = 'human'"))
    assert left_out(desk) == left_out(desk) | {"create": 300 - len(opted_out), "suppressed": len(opted_out)}


def test_what_was_looked_at_is_not_asked_for_again_even_by_a_fresh_clone(open_desk):
    desk = called(open_desk())
    sync(desk)
    asked = len(desk.provider.calls_asked)
    (desk.workspace.root / FILE).unlink()
    assert sync(desk)["calls"] == {"batches": 0, "unfinished": 0, "added": 0}
    assert len(desk.provider.calls_asked) == asked


def test_batches_that_run_are_listened_to_and_looked_at_again(open_desk):
    desk = open_desk(speed=1)
    assert desk.apply().code == 0
    assert sync(desk)["calls"] == {"batches": 0, "unfinished": 3, "added": 0}
    text = desk.run("suppress", "sync").out
    assert "No batch has ended since somebody looked last: nobody new asked not to be called again.\n" in text
    assert "3 batches not ended yet: look again later.\n" in text


@pytest.mark.parametrize("command", [["results", "--details"], ["report", "--compare", "phone_number"]])
def test_results_and_reports_suppress_who_asked_for_it(open_desk, command):
    desk = called(open_desk())
    done = desk.run(*command)
    assert done.code == 0, done.everything
    opted_out = judged(desk, "tag = 'DO_NOT_CONTACT'")
    assert f"Suppressed {len(opted_out)} people who asked in a call not to be called again" in done.err
    assert left_out(desk)["suppressed"] == len(opted_out)
    assert "Suppressed" not in desk.run(*command).err


def test_the_log_of_suppressed_people_stays_whole_and_says_which_batches_were_looked_at(open_desk):
    desk = called(open_desk())
    sync(desk)
    assert desk.run("state", "verify").code == 0
    entries = sorted((desk.workspace.root / STATE / SUPPRESSION / "log").iterdir())
    kinds = [json.loads(path.read_bytes())["entry"]["kind"] for path in entries]
    assert kinds == ["provider_list", "suppression", "looked_at"]
    assert not any(number[2:] in path.read_text() for path in entries for number in PEOPLE)


def test_a_signed_webhook_makes_sync_ask_for_its_call_and_suppresses_only_who_asked_for_it(open_desk):
    desk = called(open_desk())
    sync(desk)
    said, silent = ALSO, "+14155550178"
    calls = {"a": {"to": said, "disposition_tag": "DO_NOT_CONTACT"}, "b": {"to": silent, "disposition_tag": "BUSY"}}
    calls["c"] = {"to": "+14155550179", "from": GUEST, "inbound": True, "disposition_tag": "Do not contact"}
    desk.provider.told = {f"/v1/calls/{name}": {"call_id": name} | call for name, call in calls.items()}
    bodies = [orjson.dumps({"call_id": name, "disposition_tag": "DO_NOT_CONTACT"}) for name in calls]
    with open_events(desk.workspace.root / EVENTS) as events:
        events.add([parse_event(body) for body in bodies], (), 0.0)
        assert events.opted_out() == ("a", "b", "c")
    assert sync(desk)["calls"] == {"batches": 0, "unfinished": 0, "added": 2}
    people = {"inline": [{"phone_number": number} for number in (said, silent, GUEST)], "variables": []}
    desk.workspace.hello(recipients=people, prompt="Hello.")
    assert left_out(desk)["suppressed"] == 2
    desk.provider.told = {}
    assert sync(desk)["calls"]["added"] == 0


# ---------------------------------------------------------------------- plans


@pytest.fixture
def production(open_desk):
    """A desk whose state is seen by an environment in which people can be rung."""

    def production(**changes):
        desk = called(open_desk(**changes))
        common = {"state": STATE, "folder_in_ci": True}
        environments = {
            "sandbox": {"base_url": desk.address, "api_key": {"env": "A_KEY"}, **common},
            "production": {"base_url": "https://api.invalid", "profile": "none", **common},
        }
        desk.workspace.settings(environments)
        return desk

    return production


def of_rules(desk, *arguments):
    done = desk.run("plan", "--round", "2", "-e", "production", "--format", "json", *arguments)
    wanted = {"calls-not-looked-at", "provider-list-too-old"}
    return done.code, [(item["rule"], item["severity"]) for item in done.json["diagnostics"] if item["rule"] in wanted]


def test_a_plan_tells_that_nobody_looked_at_earlier_calls_until_somebody_did(production):
    desk = production()
    assert of_rules(desk) == (0, [("calls-not-looked-at", "warning")])
    done = desk.run("plan", "--round", "2", "-e", "production", "--format", "json")
    assert done.only("calls-not-looked-at")["message"] == (
        "nobody has looked whether people asked not to be called again in the 300 calls of 3 batches that were sent "
        "before"
    )
    sync(desk)
    assert of_rules(desk) == (0, [])


def test_a_list_of_the_provider_that_was_read_too_long_ago_warns_a_plan_and_stops_an_apply(production):
    desk = production()
    sync(desk)
    late = ("--at", f"{datetime.now(UTC) + timedelta(hours=25):%Y-%m-%dT%H:%M:%S+00:00}")
    assert of_rules(desk, *late) == (0, [("provider-list-too-old", "warning")])
    done = desk.run("apply", "--round", "2", "-e", "production", "--dry-run", "--format", "json", *late)
    assert done.only("provider-list-too-old")["severity"] == "error"
    assert "(rule own-list-age: " in done.only("provider-list-too-old")["message"]


def test_where_nobody_can_be_rung_nothing_is_said(production):
    desk = production()
    done = desk.run("plan", "--round", "2", "--format", "json", "--at", "2099-01-01T00:00:00+00:00")
    assert not {"calls-not-looked-at", "provider-list-too-old"} & set(done.rules)


def test_nobody_is_to_be_called_so_nothing_is_said(production):
    desk = production()
    done = desk.run("plan", "-e", "production", "--format", "json")
    assert "calls-not-looked-at" not in done.rules


def test_an_entry_that_is_no_phone_number_is_told(open_desk):
    desk = open_desk()
    page = {
        "data": {"entries": [{"id": "1", "phone_number": "x"}, {"id": "2", "phone_number": ALSO}], "total_count": 2}
    }
    desk.provider.page = page
    found = sync(desk)
    assert (found["added"], [item["rule"] for item in found["diagnostics"]]) == (1, ["provider-list-unread"])


@pytest.mark.parametrize(
    "page", [{"data": {}}, {"data": {"entries": [{"id": 1}]}}, {"data": {"entries": [], "total_count": 3}}]
)
def test_a_list_that_cannot_be_read_whole_suppresses_nobody_and_ends_with_5(open_desk, page):
    desk = open_desk()
    desk.provider.page = page
    done = desk.run("suppress", "sync", "--format", "json")
    assert done.code == 5
    assert KEY not in done.everything
