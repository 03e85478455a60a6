"""The set-up script: what it installs, when it does nothing, and what it says when it cannot."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAKE_PYTHON = '#!/bin/sh\necho "$*" >>"$(dirname "$0")/../../log"\n'


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def with_fake_python(checkout):
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return checkout


def set_up(folder, *arguments, python="/nonexistent/python"):
    environment = {**os.environ, "PYTHON": python}
    command = [folder / "scripts/setup", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)


def installs(folder):
    """How often the fake interpreter was asked to install, since the last look."""
    log = folder / "log"
    lines = [line for line in log.read_text().splitlines() if "pip install" in line]
    log.unlink()
    return lines


def test_an_unsuitable_interpreter_is_named_with_the_way_out(checkout):
    ended = set_up(checkout)
    assert ended.returncode == 3
    assert "needs Python 3.11, 3.12 or 3.13; tried in vain: /nonexistent/python" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_exactly_the_lock_is_installed_and_then_this_checkout(with_fake_python):
    assert set_up(with_fake_python, "run").returncode == 0
    lock, checkout = installs(with_fake_python)
    assert "--require-hashes --requirement requirements/run.txt" in lock
    assert "--no-build-isolation --no-deps --editable ." in checkout


def test_a_second_set_up_installs_nothing(with_fake_python):
    set_up(with_fake_python, "dev")
    assert len(installs(with_fake_python)) == 2
    for kind in ("dev", "run"):
        ended = set_up(with_fake_python, kind)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        assert installs(with_fake_python) == []


def test_the_checkout_is_compiled_each_time_since_it_may_have_changed(with_fake_python):
    for _ in range(2):
        set_up(with_fake_python, "run")
        assert "-m compileall -qq bland_deploy\n" in (with_fake_python / "log").read_text()
        (with_fake_python / "log").unlink()


def test_an_environment_for_use_is_not_one_for_work(with_fake_python):
    set_up(with_fake_python, "run")
    installs(with_fake_python)
    set_up(with_fake_python, "dev")
    assert "requirements/dev.txt" in installs(with_fake_python)[0]


def test_a_changed_lock_is_installed(with_fake_python):
    set_up(with_fake_python, "run")
    installs(with_fake_python)
    with (with_fake_python / "requirements/run.txt").open("a") as lock:
        lock.write("# changed\n")
    set_up(with_fake_python, "run")
    assert len(installs(with_fake_python)) == 2
