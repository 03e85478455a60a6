"""State that was lost, rolled back, damaged or is another's is never taken as empty; adopting is the way out."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

import httpx
import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.state.sealed import _seal
from tests.cli.workspace import ADA, ALAN, GRACE, LINUS, Workspace
from tests.crashes.oracle import judge, rung

KEY = "ab" * 32
PEOPLE = [ADA, GRACE, ALAN]
STATE = "state"
LINEAGE = re.compile(r"[0-9a-f]{32}")


def rows(*numbers):
    return {"inline": [{"phone_number": number, "name": "Canary"} for number in numbers]}


class Desk:
    """A workspace towards a sandbox over HTTP, its books, and the commands with their keys."""

    def __init__(self, root, address, books):
        self.workspace, self.books = Workspace(root), books
        environment = {"base_url": address, "api_key": {"env": "A_KEY"}, "state": STATE}
        self.workspace.settings({"sandbox": environment})

    def list(self, *numbers, **more):
        self.workspace.hello(**{"recipients": rows(*numbers), "split": {"size": 1}, **more})
        return self

    def run(self, *arguments, **variables):
        return self.workspace.run(*arguments, **{"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY} | variables)

    def apply(self, *arguments):
        return self.run("apply", "--format", "json", "--auto-approve", *arguments)

    def adopt(self, *arguments):
        return self.run("state", "adopt", "--yes", "--format", "json", *arguments)

    @property
    def log(self):
        return self.workspace.root / STATE / "hello"

    def entries(self):
        return sorted((self.log / "log").iterdir())

    def forget_entries(self, most):
        """Roll the log back to its first entries, as a restored backup would."""
        for path in self.entries()[most:]:
            path.unlink()

    def verdict(self, people, code):
        return judge(self.books, self.workspace.root / STATE, "hello", people, key=bytes.fromhex(KEY), code=code)


@pytest.fixture
def desk(tmp_path, address, books):
    return Desk(tmp_path / "w", address, books).list(ADA, GRACE)


def do_not_call(address, number):
    """Let the provider drop a number in silence, as a listed one."""
    headers = {"authorization": "sk-test"}
    httpx.post(f"{address}/v1/org_dnc", json={"numbers": [number]}, headers=headers, trust_env=False)


def typed(workspace, answer, *arguments, **variables):
    """Run a command on a terminal and type an answer."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bland_deploy", "-C", str(workspace.root), *arguments]
    pipes = {"stdin": theirs, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=os.environ | variables, **pipes) as process:
        os.close(theirs)
        os.write(ours, answer.encode() + b"\n")
        process.communicate(timeout=30)
    os.close(ours)
    return process.returncode


def flip(path):
    """Change one bit: in JSON one of a digit, so that it stays JSON."""
    data = bytearray(path.read_bytes())
    places = [index for index, byte in enumerate(data) if chr(byte).isdigit()] if path.suffix == ".json" else [5]
    data[places[len(places) // 2]] ^= 1
    path.write_bytes(data)


def conflict(path):
    text = path.read_text()
    path.write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n")


def first_keys(desk):
    return min((desk.log / "keys").iterdir())


def of_another_campaign(desk):
    manifest = json.loads((desk.log / "manifest.json").read_text())
    del manifest["sha256"]
    (desk.log / "manifest.json").write_bytes(_seal({**manifest, "campaign": "other"}))


class Harm(NamedTuple):
    """What is done to a state, what apply says of it, and whether everybody not called yet is held after adopting."""

    do: object
    says: str
    holds: bool = False


HARMS = {
    "deleted": Harm(lambda desk: shutil.rmtree(desk.log.parent), "the state is empty"),
    "log deleted": Harm(lambda desk: shutil.rmtree(desk.log), "the state is empty"),
    "rolled back to nothing": Harm(lambda desk: desk.forget_entries(0), "lost or rolled back"),
    "manifest lost": Harm(lambda desk: (desk.log / "manifest.json").unlink(), "lost its beginning"),
    "manifest flipped": Harm(lambda desk: flip(desk.log / "manifest.json"), "altered"),
    "manifest of another": Harm(of_another_campaign, "belongs to the campaign other"),
    "first entry lost": Harm(lambda desk: desk.entries()[0].unlink(), "is missing"),
    "middle entry lost": Harm(lambda desk: desk.entries()[2].unlink(), "is missing"),
    "claim flipped": Harm(lambda desk: flip(desk.entries()[0]), "altered"),
    "entry flipped": Harm(lambda desk: flip(desk.entries()[2]), "altered"),
    "entry truncated": Harm(lambda desk: desk.entries()[-1].write_bytes(desk.entries()[-1].read_bytes()[:40]), "cut"),
    "entry emptied": Harm(lambda desk: desk.entries()[1].write_bytes(b""), "cut off"),
    "merge conflict": Harm(lambda desk: conflict(desk.entries()[1]), "merge conflict"),
    "copy of an entry": Harm(lambda desk: (desk.log / "log/000000000001 (1).json").write_bytes(b"{}"), "copy"),
    "entries swapped": Harm(lambda desk: shutil.copy(desk.entries()[3], desk.entries()[1]), "altered"),
    "keys lost": Harm(lambda desk: first_keys(desk).unlink(), "recipient keys is missing", holds=True),
    "keys flipped": Harm(lambda desk: flip(first_keys(desk)), "recipient keys was altered", holds=True),
    "keys truncated": Harm(lambda desk: first_keys(desk).write_bytes(b"123"), "recipient keys was altered", holds=True),
}


@pytest.mark.parametrize(
    ("harm", "api"),
    [*((harm, "v2") for harm in HARMS), *((harm, "v1") for harm in ("deleted", "claim flipped"))],
)
def test_state_that_is_not_as_it_was_is_9_sends_nothing_and_names_the_way_out_that_works(desk, harm, api):
    harm = HARMS[harm]
    desk.list(ADA, GRACE, api=api)
    assert desk.apply().code == 0
    harm.do(desk)
    desk.list(*PEOPLE, api=api)
    refused = desk.apply()
    assert refused.code == 9
    found = refused.json["diagnostics"][0]
    assert harm.says in found["message"]
    assert rung(desk.books, "hello") == {ADA: 1, GRACE: 1}
    (way_out,) = re.findall(r"`bland-deploy (state adopt[^`]*)`", found["help"])
    adopted = desk.run(*way_out.replace("CAMPAIGN", "hello").split(), "--yes")
    assert adopted.code == (8 if harm.holds else 0), adopted.everything
    assert desk.run("state", "verify").code == 0
    done = desk.apply()
    assert done.code == adopted.code
    assert desk.verdict(PEOPLE, done.code) == []
    assert rung(desk.books, "hello") == {ADA: 1, GRACE: 1, **({} if harm.holds else {ALAN: 1})}
    assert desk.apply().json["batches"] == []


def test_who_was_held_because_keys_are_lost_is_called_after_a_decision(desk):
    desk.apply()
    first_keys(desk).unlink()
    desk.list(*PEOPLE)
    (hold,) = desk.adopt("--replace").json["campaigns"][0]["holds"]
    assert hold["people"] == 1
    (hold,) = desk.run("reconcile", "--format", "json").json["holds"]
    assert (hold["calls"], hold["called"]) == (1, 0)
    assert desk.run("reconcile", "--not-sent", hold["attempt"], "--reason", "only two were on the list").code == 0
    done = desk.apply()
    assert (done.code, rung(desk.books, "hello")) == (0, dict.fromkeys(PEOPLE, 1))
    assert desk.verdict(PEOPLE, 0) == []


# ---------------------------------------------------------------------- reading before writing


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


def test_nothing_is_written_before_somebody_agrees(desk):
    desk.apply()
    desk.forget_entries(0)
    before = files(desk.log.parent)
    done = desk.run("state", "adopt")
    assert done.code == 6
    assert done.out.count("+ batch") == 2
    assert "--yes" in done.err
    assert files(desk.log.parent) == before
    flip(desk.log / "manifest.json")
    before = files(desk.log.parent)
    assert desk.run("state", "adopt", "--replace").code == 6
    assert files(desk.log.parent) == before


@pytest.mark.parametrize(
    "command", [["state", "verify"], ["state", "adopt", "--yes"], ["status"], ["plan"], ["reconcile"]]
)
def test_no_command_repairs_a_damaged_log_by_itself(desk, command):
    desk.apply()
    flip(desk.entries()[2])
    before = files(desk.log.parent)
    assert desk.run(*command).code == 9
    assert files(desk.log.parent) == before


def test_a_log_of_a_later_version_is_not_replaced(desk):
    desk.apply()
    entry = json.loads(desk.entries()[0].read_text())
    del entry["sha256"]
    desk.entries()[0].write_bytes(_seal({**entry, "surprise": 1}))
    before = files(desk.log.parent)
    for arguments in (["--replace"], []):
        done = desk.adopt(*arguments)
        assert done.code == 9
        assert "another version" in done.json["diagnostics"][0]["message"]
    assert files(desk.log.parent) == before


def test_a_damaged_log_is_kept_to_the_byte(desk):
    desk.apply()
    flip(desk.entries()[1])
    before = {path.relative_to(desk.log): data for path, data in files(desk.log).items()}
    (kept,) = desk.adopt("--replace").json["kept"]
    after = files(desk.log.parent / ".damaged")
    assert {str(path).removeprefix(f"{kept}/"): data for path, data in after.items()} == {
        str(path): data for path, data in before.items()
    }


def test_a_log_without_damage_is_not_replaced(desk):
    desk.apply()
    before = files(desk.log.parent)
    done = desk.adopt("--replace")
    assert (done.code, done.json["campaigns"][0]["does"]) == (0, "nothing")
    assert files(desk.log.parent) == before


def test_state_that_is_brought_back_serves_as_before(desk):
    desk.apply()
    shutil.copytree(desk.log, desk.workspace.root / "backup")
    flip(desk.entries()[1])
    assert desk.apply().code == 9
    shutil.rmtree(desk.log)
    shutil.copytree(desk.workspace.root / "backup", desk.log)
    assert desk.list(*PEOPLE).apply().code == 0
    assert desk.verdict(PEOPLE, 0) == []


def test_where_nothing_was_sent_there_is_nothing_to_adopt_and_no_log_begins(desk):
    done = desk.adopt()
    assert (done.code, done.json["campaigns"][0]["batches"]) == (0, [])
    assert not desk.log.exists() or not files(desk.log)


def test_adopting_twice_changes_nothing(desk):
    desk.apply()
    shutil.rmtree(desk.log)
    assert len(desk.adopt().json["campaigns"][0]["batches"]) == 2
    before = files(desk.log)
    assert desk.adopt().json["campaigns"][0]["does"] == "nothing"
    assert files(desk.log) == before


def test_no_number_is_written_or_shown(desk):
    desk.apply()
    shutil.rmtree(desk.log)
    shown = desk.run("state", "adopt", "--yes").everything + desk.run("state", "show", "hello").everything
    written = b"".join(files(desk.log).values())
    assert not any(number[-10:] in shown or number[-10:].encode() in written for number in PEOPLE)


@pytest.mark.parametrize(("answer", "code", "begun"), [("2", 0, True), ("yes", 6, False), ("", 6, False)])
def test_on_a_terminal_the_number_of_batches_is_typed(desk, answer, code, begun):
    desk.apply()
    shutil.rmtree(desk.log)
    keys = {"A_KEY": "sk-test", "BLAND_DEPLOY_STATE_KEY": KEY}
    assert typed(desk.workspace, answer, "state", "adopt", **keys) == code
    assert (desk.log / "manifest.json").exists() is begun


def test_what_is_shown_says_what_becomes_of_whom(desk, address):
    do_not_call(address, GRACE)
    desk.list(ADA, GRACE, split={"size": 2}).apply()
    shutil.rmtree(desk.log)
    shown = desk.list(*PEOPLE).run("state", "adopt", "--yes").out
    assert "hello: 1 batch that the state does not know; no state: a new log begins" in shown
    assert "2 calls, of which 1 are listed" in shown
    assert "? 2 people held in round 1" in shown
    assert "`bland-deploy reconcile`" in shown


# ---------------------------------------------------------------------- what stands in the way


@pytest.mark.parametrize("damage", [lambda _desk: None, lambda desk: flip(desk.entries()[0])])
@pytest.mark.parametrize("keys", [{"BLAND_DEPLOY_STATE_KEY": "cd" * 32}, {"A_KEY": "sk-another"}])
def test_under_another_state_key_or_account_nothing_is_adopted(desk, damage, keys):
    desk.apply()
    damage(desk)
    before = files(desk.log.parent)
    assert desk.run("state", "adopt", "--yes", "--replace", **keys).code == 4
    assert files(desk.log.parent) == before


def test_a_campaign_with_mistakes_is_not_adopted(desk):
    desk.apply()
    shutil.rmtree(desk.log)
    desk.workspace.hello(recipients={"phone": 5})
    assert desk.adopt().code == 3


def test_mistakes_in_texts_do_not_stand_in_the_way(desk):
    desk.apply()
    shutil.rmtree(desk.log)
    desk.list(ADA, GRACE, prompt="{{ vars.nothing }}")
    assert desk.adopt().code == 0


def test_a_generation_of_the_api_that_does_not_answer_is_a_warning(tmp_path, desk, books):
    desk.list(ADA).apply()
    shutil.rmtree(desk.log)
    plan = FaultPlan(faults=[{"on": "list", "nth": 3, "do": "refuse", "status": 400}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        done = Desk(tmp_path / "w", address, books).list(ADA).adopt()
    assert (done.code, done.rules) == (0, ["adopt-unlisted"])
    assert len(done.json["campaigns"][0]["batches"]) == 1


def test_where_the_provider_does_not_answer_nothing_is_adopted(tmp_path, desk, books):
    desk.apply()
    shutil.rmtree(desk.log)
    plan = FaultPlan(faults=[{"on": "calls", "do": "refuse", "status": 400}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        assert Desk(tmp_path / "w", address, books).list(ADA, GRACE).adopt().code == 5
    assert not files(desk.log)


def test_a_stamp_that_is_not_ours_to_read_is_9(desk, address):
    desk.apply()
    stamp = {"lineage": "x", "campaign": "hello", "round": "1", "attempt": "y", "calls": 1}
    body = {"global": {"task": "x", "metadata": {"bland_deploy": stamp}}, "call_objects": [{"phone_number": LINUS}]}
    httpx.post(f"{address}/v2/batches/create", json=body, headers={"authorization": "sk-test"}, trust_env=False)
    done = desk.adopt()
    assert (done.code, "cannot be taken over" in done.out) == (9, True)


# ---------------------------------------------------------------------- people that are not listed


def test_a_batch_that_lists_fewer_people_than_were_sent_holds_everybody_it_may_have_called(desk, address):
    do_not_call(address, GRACE)
    desk.list(ADA, GRACE, split={"size": 2}).apply()
    shutil.rmtree(desk.log)
    desk.list(*PEOPLE)
    done = desk.adopt()
    assert done.code == 8
    (campaign,) = done.json["campaigns"]
    assert [(batch["calls"], batch["listed"]) for batch in campaign["batches"]] == [(2, 1)]
    assert [hold["people"] for hold in campaign["holds"]] == [2]
    again = desk.apply()
    assert (again.code, again.json["batches"]) == (8, [])
    assert desk.workspace.run("plan", "--format", "json", BLAND_DEPLOY_STATE_KEY=KEY).json["campaigns"][0]["calls"] == {
        **dict.fromkeys(("create", "suppressed", "invalid", "duplicate", "excluded", "deferred"), 0),
        "sent": 1,
        "held": 2,
    }
    assert desk.verdict(PEOPLE, 8) == []


def test_people_of_a_batch_who_are_on_no_list_any_more_are_told_of(desk, address):
    do_not_call(address, GRACE)
    desk.list(ADA, GRACE, split={"size": 2}).apply()
    shutil.rmtree(desk.log)
    done = desk.list(ADA).adopt()
    assert (done.code, done.rules) == (0, ["adopt-unknown-people"])


def test_without_its_list_a_campaign_with_doubtful_batches_is_not_adopted(desk, address):
    do_not_call(address, GRACE)
    desk.list(ADA, GRACE, split={"size": 2}).apply()
    shutil.rmtree(desk.log)
    desk.workspace.hello(recipients={"file": "gone.csv"})
    done = desk.adopt()
    assert done.code == 3
    assert "gone.csv" in done.out
    assert not files(desk.log)


def test_who_was_held_before_the_damage_is_held_after_it(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 2, "do": "lose-request"}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(*PEOPLE)
        assert desk.apply().code == 8
        flip(desk.entries()[0])
        done = desk.adopt("--replace")
        assert (done.code, [hold["people"] for hold in done.json["campaigns"][0]["holds"]]) == (8, [1])
        assert desk.apply().code == 8
        assert rung(books, "hello") == {ADA: 1, ALAN: 1}
        assert desk.verdict(PEOPLE, 8) == []


def test_who_is_held_for_two_reasons_is_held_once(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 2, "do": "lose-request"}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(PEOPLE[0])
        desk.apply()
        desk.list(*PEOPLE).apply()
        keys = json.loads(desk.entries()[0].read_text())["entry"]["batches"]
        (desk.log / f"keys/{keys[0]['keys_sha256']}.bin").unlink()
        holds = desk.list(*PEOPLE, LINUS).adopt("--replace").json["campaigns"][0]["holds"]
        assert [hold["people"] for hold in holds] == [1, 1]
        assert desk.apply().json["batches"] == []
        assert rung(books, "hello") == {ADA: 1, ALAN: 1}


@pytest.mark.parametrize("crash_after", [1, 2])
def test_a_crash_while_adopting_frees_nobody(tmp_path, desk, address, books, crash_after):
    desk.apply()
    shutil.rmtree(desk.log)
    desk.adopt()
    desk.forget_entries(crash_after)
    plan = FaultPlan(faults=[{"on": "list", "do": "shorten", "most": 0}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as silent:
        assert Desk(tmp_path / "w", silent, books).list(ADA, GRACE).apply().code == 8
    assert Desk(tmp_path / "w", address, books).list(ADA, GRACE).apply().code == 0
    assert desk.verdict([ADA, GRACE], 0) == []


def test_people_who_were_held_since_a_list_was_short_are_not_freed_once_it_is_whole(tmp_path, desk, address, books):
    desk.list(*PEOPLE, split={"size": 3}).apply()
    shutil.rmtree(desk.log)
    faults = [{"on": "calls", "nth": page, "do": "shorten", "most": most} for page, most in ((1, 1), (2, 0))]
    plan = FaultPlan(faults=faults)
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as short:
        (campaign,) = Desk(tmp_path / "w", short, books).adopt().json["campaigns"]
    assert [hold["people"] for hold in campaign["holds"]] == [2]
    desk = Desk(tmp_path / "w", address, books)
    (hold,) = desk.run("reconcile", "--format", "json").json["holds"]
    assert hold["called"] == 2
    assert desk.run("reconcile", "--not-sent", hold["attempt"], "--reason", "I think so").code == 3
    batch_id = campaign["batches"][0]["batch_id"]
    assert desk.run("reconcile", "--sent", hold["attempt"], batch_id, "--reason", "listed now").code == 0
    assert desk.apply().json["batches"] == []
    assert desk.verdict(PEOPLE, 0) == []


def test_a_batch_that_arrived_twice_is_adopted_once_and_told(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 1, "do": "repeat"}, {"on": "stop", "do": "refuse", "status": 500}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(ADA, GRACE)
        desk.apply()
        shutil.rmtree(desk.log)
        done = desk.adopt()
        assert (done.code, done.rules) == (0, ["extra-batch"])
        assert len(done.json["campaigns"][0]["batches"]) == 2
        assert desk.apply().json["batches"] == []


# ---------------------------------------------------------------------- other states, rounds, campaigns


def another(tmp_path, address, books):
    """A second workspace of the same campaign and account, with a state of its own."""
    return Desk(tmp_path / "other", address, books)


def test_another_state_of_the_same_round_is_9_and_adopted_only_when_it_is_named(tmp_path, desk, address, books):
    other = another(tmp_path, address, books).list(ADA, GRACE)
    desk.list(LINUS, round="0").apply()
    other.apply()
    refused = desk.list(*PEOPLE).apply()
    assert refused.code == 9
    assert "from another state" in refused.json["diagnostics"][0]["message"]
    plain = desk.adopt()
    assert (plain.json["campaigns"][0]["does"], list(plain.json["campaigns"][0]["elsewhere"].values())) == (
        "nothing",
        [2],
    )
    assert desk.apply().code == 9
    (way_out,) = re.findall(r"`bland-deploy (state adopt[^`]*)`", refused.json["diagnostics"][0]["help"])
    assert "--foreign" in way_out
    assert desk.run(*way_out.split(), "--yes").code == 0
    assert desk.apply().code == 0
    assert rung(books, "hello") == dict.fromkeys(PEOPLE, 1)
    assert rung(books, "hello", "0") == {LINUS: 1}
    assert desk.verdict(PEOPLE, 0) == []
    assert other.list(*PEOPLE).apply().code == 9


def test_several_other_states_are_named_and_none_is_chosen(tmp_path, desk, address, books):
    desk.apply()
    another(tmp_path, address, books).list(LINUS, round="2").apply()
    shutil.rmtree(desk.log)
    desk.list(*PEOPLE)
    refused = desk.adopt()
    assert refused.code == 9
    lineages = LINEAGE.findall(refused.json["diagnostics"][0]["message"])
    assert len(lineages) == 2
    by_round = {ring.stamp["round"]: ring.stamp["lineage"] for ring in rings(books)}
    done = desk.adopt("--foreign", by_round["1"])
    assert (done.code, done.json["campaigns"][0]["lineage"]) == (0, by_round["1"])
    assert desk.apply().code == 0
    assert (rung(books, "hello"), rung(books, "hello", "2")) == (dict.fromkeys(PEOPLE, 1), {LINUS: 1})


def test_what_is_no_lineage_is_a_usage_error(desk):
    done = desk.adopt("--foreign", "x")
    assert (done.code, "--foreign" in done.out) == (3, True)


def test_all_rounds_and_only_the_named_campaigns_are_adopted(desk):
    desk.workspace.hello("second", recipients=rows(LINUS))
    desk.apply()
    desk.apply("--round", "2")
    shutil.rmtree(desk.log.parent)
    assert [one["campaign"] for one in desk.adopt("hello").json["campaigns"]] == ["hello"]
    assert desk.apply("hello").json["batches"] == []
    assert desk.apply("hello", "--round", "2").json["batches"] == []
    assert desk.apply("second").code == 9
    assert [one["campaign"] for one in desk.adopt().json["campaigns"]] == ["hello", "second"]
    assert desk.apply().json["batches"] == []


def test_batches_of_the_other_generation_are_adopted_too(desk):
    desk.list(ADA, api="v1").apply()
    shutil.rmtree(desk.log)
    desk.list(ADA, GRACE, api="v2")
    assert len(desk.adopt().json["campaigns"][0]["batches"]) == 1
    assert desk.apply().json["summary"]["sent"] == 1
    assert rung(desk.books, "hello") == {ADA: 1, GRACE: 1}


def test_a_rolled_back_log_keeps_what_it_has_and_gets_the_rest(desk):
    desk.apply()
    before = [path.read_bytes() for path in desk.entries()[:2]]
    desk.forget_entries(2)
    desk.list(*PEOPLE).apply()
    desk.list(*PEOPLE, LINUS)
    desk.forget_entries(2)
    assert desk.apply().code == 9
    done = desk.adopt()
    assert (done.code, done.json["campaigns"][0]["does"]) == (0, "adds")
    assert [path.read_bytes() for path in desk.entries()[:2]] == before
    assert desk.apply().code == 0
    assert rung(desk.books, "hello") == dict.fromkeys([*PEOPLE, LINUS], 1)


def test_people_whom_the_provider_lists_without_their_plus_are_recognised(desk, books):
    national = [number.removeprefix("+1") for number in (ADA, GRACE)]
    desk.list(ADA, GRACE, recipients={**rows(*national), "default_country": "US", "number_format": "raw"}).apply()
    shutil.rmtree(desk.log)
    assert desk.adopt().code == 0
    assert desk.apply().json["batches"] == []
    assert rung(books, "hello") == {ADA: 1, GRACE: 1}
