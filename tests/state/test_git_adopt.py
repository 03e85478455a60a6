"""A branch of which nothing is left is made anew from what the provider lists; a damaged log there is not replaced."""

import pytest

from bland_deploy.sandbox.server import Options, serving
from tests.cli.test_adopt import Desk
from tests.cli.workspace import ADA, ALAN, GRACE
from tests.crashes.oracle import rung
from tests.state.git_clones import BRANCH, git, make_clone


@pytest.fixture
def books(tmp_path):
    return tmp_path / "books.sqlite"


@pytest.fixture
def desk_of(remote, tmp_path, books):
    """Makes the clone of a person, towards one sandbox."""
    with serving(Options(port=0, db=books)) as address:

        def make(name):
            desk = Desk(make_clone(remote, tmp_path / name), address, books)
            environment = {"base_url": address, "api_key": {"env": "A_KEY"}, "state": f"git+ref://origin/{BRANCH}"}
            desk.workspace.settings({"sandbox": environment})
            return desk

        yield make


def test_a_deleted_branch_is_adopted_anew_by_a_fresh_clone(remote, books, desk_of):
    assert desk_of("one").list(ADA, GRACE).apply().code == 0
    git(remote, "update-ref", "-d", f"refs/heads/{BRANCH}")
    desk = desk_of("two").list(ADA, GRACE, ALAN)
    assert desk.apply().code == 9
    assert desk.adopt("--replace").code == 3
    assert desk.adopt().code == 0
    assert desk.apply().code == 0
    assert rung(books, "hello") == {ADA: 1, GRACE: 1, ALAN: 1}
    assert desk_of("three").list(ADA, GRACE, ALAN).apply().json["batches"] == []
