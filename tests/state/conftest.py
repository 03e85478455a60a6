"""A bare repository on disk and a clone of it, without the configuration of whoever runs the tests."""

import shutil

import pytest

from tests.state.git_clones import make_clone, make_remote


@pytest.fixture(scope="session")
def made_remote(tmp_path_factory):
    return make_remote(tmp_path_factory.mktemp("made") / "remote.git")


@pytest.fixture
def remote(made_remote, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return shutil.copytree(made_remote, tmp_path / "remote.git")


@pytest.fixture
def clone(remote, tmp_path):
    return make_clone(remote, tmp_path / "clone")
