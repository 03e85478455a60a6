"""What provider and network can do to a create: exit codes, words, who is rung, and what the rerun does."""

import json
from hashlib import sha256

import pytest

from bland_deploy.sandbox.books import rings
from tests.cli.workspace import ADA, ALAN, GRACE, Workspace
from tests.crashes.oracle import judge, rung
from tests.crashes.provider import Fault, providing, raw, refusal

KEY = "ab" * 32
SECRET = "sk-canary-0123456789"
PEOPLE = [ADA, GRACE, ALAN]
HTML = b"<html><body>Bad gateway</body></html>"
CREATED = b'{"data":{"batch_id":"b-1"},"errors":null}'


@pytest.fixture
def books(tmp_path):
    return tmp_path / "books.sqlite"


@pytest.fixture
def provider(books):
    with providing(books) as (provider, address):
        provider.address = address
        yield provider


@pytest.fixture
def workspace(tmp_path, provider):
    """Three people in three batches, towards the provider."""
    workspace = Workspace(tmp_path / "w")
    remote = {"base_url": provider.address, "api_key": {"env": "A_KEY"}, "state": "state"}
    workspace.settings({"sandbox": remote})
    people = [{"phone_number": number, "name": "Canary"} for number in PEOPLE]
    return workspace.hello(recipients={"inline": people}, split={"size": 1})


def apply(workspace, *arguments):
    return workspace.apply(*arguments, A_KEY=SECRET, BLAND_DEPLOY_STATE_KEY=KEY)


def run(workspace, *arguments):
    return workspace.run(*arguments, A_KEY=SECRET, BLAND_DEPLOY_STATE_KEY=KEY)


def verdict(workspace, books, code):
    return judge(books, workspace.root / "state", "hello", PEOPLE, key=bytes.fromhex(KEY), code=code)


def fates(done):
    return [batch["status"] for batch in done.json["batches"]]


REFUSED = {
    "400": (refusal(400, "BATCH_V2_CREATE_VALIDATION_ERROR", "bad field"), 3),
    "401": (refusal(401, "AUTH_FAILURE", f"Unauthorized: {SECRET}"), 4),
    "402": (refusal(402, "PAYMENT", "Insufficient balance."), 6),
    "403": (refusal(403, "FLAGGED", "Account flagged"), 4),
    "429 blacklist": (refusal(429, "BLOCKED", f"Number {ADA} is blacklisted"), 6),
}


@pytest.mark.parametrize(("answer", "code"), REFUSED.values(), ids=REFUSED)
def test_a_refused_first_batch_sends_nothing_and_the_rerun_rings_everybody_once(
    workspace, provider, books, answer, code
):
    goes_on = code == 3
    provider.faults = [Fault(committed=False, answer=answer)] * (3 if goes_on else 1)
    done = apply(workspace)
    assert done.code == code
    assert fates(done) == (["failed"] * 3 if goes_on else ["failed", "not_sent", "not_sent"])
    assert rung(books, "hello") == {}
    assert SECRET not in done.everything
    assert ADA[-7:] not in done.everything
    again = apply(workspace)
    assert (again.code, fates(again)) == (0, ["sent"] * 3)
    assert verdict(workspace, books, again.code) == []


def test_the_providers_words_are_shown(workspace, provider):
    provider.faults = [Fault(committed=False, answer=REFUSED["402"][0])]
    done = run(workspace, "apply", "-y")
    assert done.code == 6
    assert "Insufficient balance." in done.everything


@pytest.mark.parametrize(("answer", "code"), REFUSED.values(), ids=REFUSED)
def test_a_refused_later_batch_is_7_and_the_rerun_rings_the_others(workspace, provider, books, answer, code):
    del code
    workspace.hello("first", recipients={"inline": [{"phone_number": ADA, "name": "Canary"}]})
    provider.faults = [None, Fault(committed=False, answer=answer)]
    done = apply(workspace)
    assert done.code == 7
    assert fates(done)[:2] == ["sent", "failed"]
    again = apply(workspace)
    assert again.code == 0
    assert verdict(workspace, books, 0) == []
    assert rung(books, "first") == {ADA: 1}


UNKNOWN = {
    "500": raw(500, b'{"data":null,"errors":[{"error":"X","message":"Internal error"}]}'),
    "500 of v1": raw(500, b'{"status":"error","message":"Internal error"}'),
    "502 in HTML": raw(502, HTML, **{"Content-Type": "text/html"}),
    "504": raw(504, b""),
    "408": raw(408, b'{"data":null,"errors":[{"error":"X","message":"Timeout"}]}'),
    "409": raw(409, b'{"data":null,"errors":[{"error":"X","message":"Conflict"}]}'),
    "200 in HTML": raw(200, HTML),
    "200 of nothing": raw(200, b""),
    "200 without an id": raw(200, b'{"data":{},"errors":null}'),
    "200 with errors": raw(200, b'{"data":null,"errors":[{"error":"X","message":"no"}]}'),
    "400 in HTML": raw(400, HTML),
    "a redirect": raw(302, b"", Location="https://elsewhere.invalid/"),
    "no HTTP": b"garbage\r\n\r\n",
    "half an answer": raw(200, CREATED, **{"Content-Length": len(CREATED) + 5}),
    "a cut connection": None,
}


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_a_lost_answer_is_found_in_the_providers_list(workspace, provider, books, answer):
    provider.faults = [Fault(committed=True, answer=answer)]
    done = apply(workspace)
    assert (done.code, fates(done)) == (0, ["sent"] * 3)
    listed = {ring.batch_id for ring in rings(books)}
    assert {batch["batch_id"] for batch in done.json["batches"]} == listed
    assert verdict(workspace, books, 0) == []


@pytest.mark.parametrize("answer", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_outcome_that_is_not_listed_is_held_and_never_sent_again(workspace, provider, books, answer):
    provider.faults = [Fault(committed=False, answer=answer)]
    done = apply(workspace)
    assert (done.code, fates(done)) == (8, ["held", "sent", "sent"])
    for _ in range(2):
        again = apply(workspace)
        assert (again.code, again.json["batches"]) == (8, [])
    assert rung(books, "hello") == {GRACE: 1, ALAN: 1}
    assert verdict(workspace, books, 8) == []


def test_a_batch_that_is_listed_late_turns_out_as_sent(workspace, provider, books):
    provider.hidden = True
    provider.faults = [Fault(committed=True, answer=None)]
    assert apply(workspace).code == 8
    provider.hidden = False
    again = apply(workspace)
    assert (again.code, again.json["batches"]) == (0, [])
    assert verdict(workspace, books, 0) == []


def test_a_person_decides_about_what_is_held(workspace, provider, books):
    provider.faults = [Fault(committed=False, answer=None)]
    apply(workspace)
    shown = run(workspace, "reconcile", "--format", "json")
    assert shown.code == 8
    (hold,) = shown.json["holds"]
    refused = run(workspace, "reconcile", "--not-sent", hold["attempt"])
    assert refused.code == 3
    decided = run(workspace, "reconcile", "--not-sent", hold["attempt"], "--reason", "the dashboard shows nothing")
    assert decided.code == 0
    again = apply(workspace)
    assert (again.code, fates(again)) == (0, ["sent"])
    assert verdict(workspace, books, 0) == []
    assert "the dashboard shows nothing" in run(workspace, "state", "show", "hello").out


def test_three_unclear_batches_in_a_row_end_the_run_and_the_rest_is_free_again(workspace, provider, books):
    people = [*PEOPLE, "+14155550104", "+14155550105"]
    workspace.hello(recipients={"inline": [{"phone_number": n, "name": "x"} for n in people]}, split={"size": 1})
    provider.faults = [Fault(committed=False, answer=None)] * 3
    done = apply(workspace)
    assert (done.code, fates(done)) == (8, ["held"] * 3 + ["not_sent"] * 2)
    again = apply(workspace)
    assert (again.code, fates(again)) == (8, ["sent"] * 2)
    assert rung(books, "hello") == dict.fromkeys(people[3:], 1)


def test_an_answer_that_comes_before_the_last_byte_leaves_the_outcome_unknown(workspace, provider, books):
    provider.faults = [Fault(committed=False, answer=raw(413, b"{}", Connection="close"), missing=1)]
    assert apply(workspace).code == 8
    assert apply(workspace).code == 8
    assert verdict(workspace, books, 8) == []


def test_the_provider_gets_the_bytes_that_the_plan_showed(workspace, provider):
    apply(workspace)
    log = run(workspace, "state", "show", "hello", "--format", "json").out
    for body in provider.creates:
        stamp = json.loads(body)["global"]["metadata"]["bland_deploy"]
        unsent = body.replace(stamp["attempt"].encode(), b"0" * 16)
        assert sha256(unsent).hexdigest() in log


QUESTIONS = {
    "a wrong key": (refusal(401, "AUTH_FAILURE", "Unauthorized"), 4),
    "a key that may not": (refusal(403, "FORBIDDEN", "no"), 4),
    "a page instead of an API": (raw(404, HTML, **{"Content-Type": "text/html"}), 5),
    "a redirect": (raw(301, b"", Location="https://elsewhere.invalid/"), 5),
}


@pytest.mark.parametrize(("answer", "code"), QUESTIONS.values(), ids=QUESTIONS)
def test_trouble_before_the_first_claim_leaves_no_trace(workspace, provider, books, answer, code):
    provider.deny = answer
    done = apply(workspace)
    assert done.code == code
    assert SECRET not in done.everything
    assert not (workspace.root / "state/hello/manifest.json").exists()
    provider.deny = None
    assert apply(workspace).code == 0
    assert verdict(workspace, books, 0) == []


def test_another_account_behind_the_key_is_4(workspace):
    assert apply(workspace).code == 0
    done = workspace.apply(A_KEY="sk-another", BLAND_DEPLOY_STATE_KEY=KEY)
    assert done.code == 4
    assert "another account" in done.json["diagnostics"][0]["message"]


def test_8_wins_over_7(workspace, provider, books):
    provider.faults = [None, Fault(committed=False, answer=None), Fault(committed=False, answer=REFUSED["400"][0])]
    done = apply(workspace)
    assert (done.code, fates(done)) == (8, ["sent", "held", "failed"])
    again = apply(workspace)
    assert (again.code, fates(again)) == (8, ["sent"])
    assert verdict(workspace, books, 8) == []
