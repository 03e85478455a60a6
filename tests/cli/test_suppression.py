"""Whoever is suppressed is not rung: before the plan, after it, after the claim, and just before the last byte."""

import contextlib
from datetime import UTC, datetime

import pytest

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.saved import open_saved
from bland_deploy.cli.session import open_provider, open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.errors import DeployError
from bland_deploy.operations.apply import carry_out
from bland_deploy.operations.plans.proposal import propose
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.sandbox.books import rings
from bland_deploy.state.log import open_log, people_of
from tests.cli.workspace import ADA, ALAN, GRACE, LINUS

PEOPLE = [ADA, GRACE, ALAN, LINUS]
EARLY, LATE = ("opened", "settled"), ("begun", "claimed", "witnessed", "before sending")
WHY = ("--reason", "asked by mail")


@pytest.fixture
def lively(workspace, served):
    """Four people in batches of two, a suppression list, and a sandbox over HTTP."""
    environment = {
        "base_url": served,
        "api_key": {"file": "key"},
        "state": "state",
        "folder_in_ci": True,
        "settle": "0s",
    }
    workspace.settings({"sandbox": environment})
    workspace.write("key", "sk-unused")
    workspace.write("people.csv", "phone_number,name\n" + "".join(f"{number},x\n" for number in PEOPLE))
    workspace.write("stop.csv", "phone_number\n+14155550199\n")
    workspace.run("state", "key")
    workspace.book = workspace.root.parent / "served.sqlite"
    return campaign(workspace)


def campaign(workspace, **changes):
    usual = {"recipients": {"file": "people.csv"}, "suppression": [{"file": "stop.csv"}], "split": {"size": 2}}
    return workspace.hello(**usual | changes)


def rung(workspace):
    return [ring.number for ring in rings(workspace.book)]


def add_to_list(workspace, number):
    with (workspace.root / "stop.csv").open("a") as file:
        file.write(f"{number}\n")


def add_to_state(workspace, number):
    done = workspace.run("suppress", "add", number, *WHY)
    assert done.code == 0, done.everything


def applied(workspace, hook, plan_file=None):
    """What an apply did with a hook at each of its steps."""
    invocation = Invocation(workspace.root)
    now = datetime.now(UTC)
    if plan_file:
        session, proposal, _ = open_saved(invocation, plan_file, now, needs_key=True)
    else:
        session = open_session(invocation, needs_key=True)
        works, found = make_all(session, [], now)
        proposal = propose(works, aim_of(session), found, session.in_state())
    with open_provider(session.settings) as client:
        world = World(
            client=client,
            store=session.store(),
            now=lambda: datetime.now(UTC),
            sleep=lambda _seconds: None,
            settle=0.0,
            by="tests",
            passed=hook,
        )
        return carry_out(proposal, session.settings.state_key, world, Asked(lambda _plan: None))


def once(step, do):
    """A hook that does something the first time that a step is passed."""
    left = [do]

    def hook(name):
        if name == step and left:
            left.pop()()

    return hook


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize("add", [add_to_list, add_to_state])
@pytest.mark.parametrize("step", EARLY + LATE)
def test_whoever_is_suppressed_while_apply_is_at_work_is_not_rung_and_the_others_are_once(lively, step, add, saved):
    plan_file = lively.root / "p.plan" if saved else None
    if saved:
        assert lively.plan("--out", plan_file).code == 0
    done = applied(lively, once(step, lambda: add(lively, GRACE)), plan_file)
    assert rung(lively) == [ADA, ALAN, LINUS]
    assert done.exit_code == 0
    again = lively.apply()
    assert (again.code, again.json["batches"]) == (0, [])
    assert rung(lively) == [ADA, ALAN, LINUS]


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_batch_with_a_person_who_was_suppressed_meanwhile_is_void_and_claimed_anew_for_the_rest(lively, api):
    campaign(lively, api=api)
    done = applied(lively, once("before sending", lambda: add_to_state(lively, GRACE)))
    assert [(batch.calls, batch.fate, batch.reason) for batch in done.batches] == [
        (1, "sent", "1 suppressed meanwhile, and left out"),
        (2, "sent", None),
    ]
    log = open_log(open_session(Invocation(lively.root)).store(), "hello")
    assert [entry.kind for entry in log.entries] == [
        *("claim", "void", "claim", "sending", "receipt", "sending", "receipt", "verified")
    ]
    first, second, anew = log.standing.attempts.values()
    assert (first.phase, anew.phase, anew.verified) == ("void", "sent", True)
    assert [len(people_of(log, attempt)) for attempt in (first, second, anew)] == [0, 2, 1]
    assert lively.counts() == {"sent": 3, "suppressed": 1}


def test_the_rest_of_a_batch_has_keys_of_its_own_wherever_those_of_the_batch_stood_among_others(lively):
    done = applied(lively, once("before sending", lambda: add_to_state(lively, LINUS)))
    assert [(batch.calls, batch.fate) for batch in done.batches] == [(2, "sent"), (1, "sent")]
    log = open_log(open_session(Invocation(lively.root)).store(), "hello")
    first, second, anew = log.standing.attempts.values()
    assert (first.batch.keys_at, second.batch.keys_at, anew.batch.keys_at) == (0, 2, None)
    assert len(people_of(log, anew)) == 1
    assert lively.run("state", "verify").code == 0
    assert (lively.counts(), rung(lively)) == ({"sent": 3, "suppressed": 1}, [ADA, GRACE, ALAN])


def test_a_batch_of_nobody_but_suppressed_people_is_not_sent_and_that_is_no_failure(lively):
    done = applied(lively, once("before sending", lambda: [add_to_state(lively, who) for who in (ADA, GRACE)]))
    assert [(batch.fate, batch.reason) for batch in done.batches] == [
        ("not_sent", "2 people of it were suppressed meanwhile"),
        ("sent", None),
    ]
    assert (done.exit_code, rung(lively)) == (0, [ALAN, LINUS])


def test_in_a_test_of_v1_nobody_is_rung_in_the_place_of_the_first_person(lively):
    campaign(lively, api="v1", call={"test_mode": True})
    done = applied(lively, once("before sending", lambda: add_to_state(lively, ADA)))
    assert ([batch.fate for batch in done.batches], rung(lively)) == (["not_sent"], [])


@pytest.mark.parametrize("point", ["dropped people", "before the last byte", "answered", "recorded", "dispatched"])
def test_a_failure_after_somebody_was_left_out_rings_nobody_twice_and_them_never(lively, point):
    suppress = once("before sending", lambda: add_to_state(lively, GRACE))

    def fail():
        raise RuntimeError(point)

    strike = once(point, fail)
    with contextlib.suppress(RuntimeError, DeployError):  # a failure before the last byte is one of that batch alone
        applied(lively, lambda name: (suppress(name), strike(name)))
    for _ in range(3):
        lively.apply()
    assert sorted(rung(lively)) == [ADA, ALAN, LINUS]


def test_a_list_that_cannot_be_read_any_more_holds_the_batches_back(lively):
    done = applied(lively, once("claimed", lambda: lively.write("stop.csv", "phone_number\nnobody\n")))
    assert {batch.reason for batch in done.batches} == {"stop.csv has changed, and cannot be read any more"}
    assert (done.exit_code, rung(lively)) == (6, [])
    lively.write("stop.csv", f"phone_number\n{GRACE}\n")
    assert lively.apply().code == 0
    assert rung(lively) == [ADA, ALAN, LINUS]


def test_a_list_that_is_gone_holds_the_batches_back(lively):
    done = applied(lively, once("claimed", (lively.root / "stop.csv").unlink))
    assert (done.exit_code, rung(lively)) == (6, [])


def test_a_state_that_cannot_tell_who_is_suppressed_sends_nothing(lively):
    add_to_state(lively, GRACE)
    (keys,) = (lively.root / "state/_suppression/keys").iterdir()
    whole = keys.read_bytes()
    keys.write_bytes(whole[:8])
    assert (lively.apply().code, rung(lively)) == (9, [])
    keys.unlink()
    assert (lively.plan().code, lively.apply().code) == (9, 9)
    keys.write_bytes(whole)
    manifest = lively.root / "state/_suppression/manifest.json"
    lost = manifest.read_bytes()
    manifest.unlink()
    assert lively.apply().code == 9
    manifest.write_bytes(lost)
    assert lively.apply(BLAND_DEPLOY_STATE_KEY="ab" * 32).code == 4
    assert lively.apply().code == 0
    assert rung(lively) == [ADA, ALAN, LINUS]


def test_an_entry_that_is_missing_or_altered_is_never_taken_for_the_end_of_the_log(lively):
    for who in (ADA, GRACE, ALAN):
        add_to_state(lively, who)
    entry = lively.root / "state/_suppression/log/000000000002.json"
    whole = entry.read_bytes()
    for other in (None, whole[:-1], (entry.parent / "000000000001.json").read_bytes()):
        entry.unlink() if other is None else entry.write_bytes(other)
        assert lively.run("suppress", "list").code == 9
        assert lively.run("state", "verify").code == 9
        assert lively.apply().code == 9
    entry.write_bytes(whole)
    assert lively.apply().code == 0
    assert rung(lively) == [LINUS]


# The command


def test_suppressed_people_are_left_out_of_every_campaign_and_counted(lively):
    add_to_state(lively, "+1 (415) 555-0101")
    campaign(lively, recipients={"file": "people.csv", "where": "row.phone_number != '+14155550103'"})
    assert lively.counts() == {"create": 2, "suppressed": 1, "excluded": 1}


def test_the_digest_that_was_approved_still_approves_once_somebody_is_suppressed(lively):
    digest = lively.plan().json["digest"]
    add_to_state(lively, GRACE)
    assert lively.plan().json["digest"] == digest
    assert lively.run("apply", "--approved", digest).code == 0
    assert rung(lively) == [ADA, ALAN, LINUS]


def test_who_and_why_are_kept_and_no_number_is(lively):
    lively.run("suppress", "add", GRACE, *WHY, "--by", "Ada at the desk")
    lively.write("more.csv", f"Phone;x\n{GRACE};1\n{LINUS};2\n(415) 555-0102;3\n")
    done = lively.run(
        *("suppress", "import", lively.root / "more.csv", "--phone", "Phone", "--country", "US"),
        *("--reason", "letter", "--format", "json"),
    )
    assert done.code == 3, done.everything
    lively.write("more.csv", f"Phone,x\n{GRACE},1\n{LINUS},2\n(415) 555-0102,3\n")
    done = lively.run(
        *("suppress", "import", lively.root / "more.csv", "--phone", "Phone", "--country", "US"),
        *("--reason", "letter", "--format", "json"),
    )
    assert {key: done.json[key] for key in ("added", "known")} == {"added": 2, "known": 1}
    listed = lively.run("suppress", "list", "--format", "json")
    assert listed.json["people"] == 3
    assert [(entry["people"], entry["reason"]) for entry in listed.json["entries"]] == [
        (1, "asked by mail"),
        (2, "letter"),
    ]
    assert listed.json["entries"][0]["who"] == "Ada at the desk"
    text = lively.run("suppress", "list").out
    assert "Ada at the desk: asked by mail" in text
    assert text.endswith("3 people in all.\n")
    kept = b"".join(path.read_bytes() for path in (lively.root / "state/_suppression").rglob("*") if path.is_file())
    assert not any(number[-7:].encode() in kept for number in PEOPLE)
    assert lively.counts() == {"create": 1, "suppressed": 3}


def test_the_same_person_is_suppressed_once(lively):
    first, second = (lively.run("suppress", "add", GRACE, *WHY) for _ in range(2))
    assert "Suppressed 1 person in sandbox" in first.out
    assert second.out == "Nobody new; 1 person had been before.\n"
    assert len(lively.run("suppress", "list", "--format", "json").json["entries"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "415-555-0101", *WHY], 3),
        (["add", "+1415555", GRACE, *WHY], 3),
        (["add", GRACE, "--country", "UK", *WHY], 3),
        (["add", GRACE], 3),
        (["add", GRACE, "--reason", " "], 3),
        (["import", "nowhere.csv", *WHY], 3),
    ],
)
def test_what_names_nobody_suppresses_nobody_and_says_so(lively, arguments, code):
    done = lively.run("suppress", *arguments)
    assert done.code == code, done.everything
    assert GRACE not in done.everything
    assert lively.run("suppress", "list").out == "Nobody is suppressed in the state.\n"


def test_without_the_state_key_nobody_can_be_told(lively):
    add_to_state(lively, GRACE)
    (lively.root / ".bland-deploy/state.key").unlink()
    assert lively.run("suppress", "list").code == 4
    assert lively.run("suppress", "add", GRACE, *WHY).code == 4
    assert lively.run("state", "key").code == 3


def test_the_log_of_suppressed_people_is_no_campaign(lively):
    add_to_state(lively, GRACE)
    assert lively.run("state", "list").out == "The state is empty: nothing was sent yet.\n"
    assert lively.run("state", "verify").code == 0
