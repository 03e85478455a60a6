"""What cannot be promised, shown as it is: the limits on the page of guarantees."""

import shutil

import httpx
import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import Desk
from tests.cli.workspace import ADA, ALAN, GRACE


@pytest.fixture
def desk(tmp_path, address, books):
    return Desk(tmp_path / "w", address, books).list(ADA, GRACE)


@pytest.mark.parametrize("stamp", ["none", ["description"]])
def test_without_stamps_in_metadata_a_lost_state_is_not_noticed(desk, stamp):
    desk.list(ADA, GRACE, stamp=stamp).apply()
    shutil.rmtree(desk.log)
    assert desk.apply().json["summary"]["sent"] == 2


def test_without_stamps_a_lost_answer_is_held_although_the_batch_is_listed(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 1, "do": "lose-answer"}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(ADA, stamp="none")
        assert desk.apply().code == 8
        assert desk.apply().json["batches"] == []


def test_calls_that_others_place_are_not_known(desk, address):
    body = {"global": {"task": "x"}, "call_objects": [{"phone_number": ADA}]}
    httpx.post(f"{address}/v2/batches/create", json=body, headers={"authorization": "sk-test"}, trust_env=False)
    assert desk.apply().json["summary"]["sent"] == 2


def test_who_was_held_is_forgotten_with_a_state_of_which_nothing_is_left(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 2, "do": "lose-request"}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(ADA, GRACE, ALAN)
        assert desk.apply().code == 8
        shutil.rmtree(desk.log)
        assert desk.adopt().code == 0
        assert desk.apply().json["summary"]["sent"] == 1


def test_what_another_account_took_is_forgotten_with_a_state_of_which_nothing_is_left(tmp_path, books):
    plan = FaultPlan(faults=[{"on": "create", "nth": 1, "do": "switch-account"}])
    with serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address:
        desk = Desk(tmp_path / "w", address, books).list(ADA)
        assert desk.apply().code == 0
        assert desk.apply().json["batches"] == []
        shutil.rmtree(desk.log)
        assert desk.apply().json["summary"]["sent"] == 1
        assert [ring.number for ring in rings(books)] == [ADA, ADA]


def test_a_state_that_lost_its_end_is_whole_by_itself(desk):
    desk.apply()
    desk.forget_entries(len(desk.entries()) - 1)
    assert desk.run("state", "verify").code == 0


def test_with_a_new_state_key_everybody_is_adopted_anew_once_the_old_state_is_away(desk):
    desk.apply()
    new = {"BLAND_DEPLOY_STATE_KEY": "cd" * 32}
    assert desk.run("state", "adopt", "--yes", **new).code == 4
    desk.log.rename(desk.workspace.root / "kept")
    assert desk.run("state", "adopt", "--yes", **new).code == 0
    done = desk.list(ADA, GRACE, ALAN).run("apply", "--format", "json", "-y", **new)
    assert (done.code, done.json["summary"]["sent"]) == (0, 1)
