import pytest

from tests.state.git_clones import make_clone, make_remote, open_clone
from tests.state.store_contract import StoreContract


@pytest.fixture
def remote(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return make_remote(tmp_path / "remote.git")


@pytest.fixture
def clone(remote, tmp_path):
    return make_clone(remote, tmp_path / "clone")


class TestGitStoreInOneClone(StoreContract):
    @pytest.fixture
    def store(self, clone):
        return open_clone(clone)

    @pytest.fixture
    def other(self, store, clone):
        return open_clone(clone)


class TestGitStoreInTwoClones(StoreContract):
    @pytest.fixture
    def store(self, clone):
        return open_clone(clone)

    @pytest.fixture
    def other(self, remote, tmp_path):
        return open_clone(make_clone(remote, tmp_path / "other"))

    # A lock is for the runs of one clone.
    test_a_lock_keeps_the_other_out_until_it_ends = None
    test_who_waits_gets_the_lock_when_it_is_given_back = None
