"""A new log in the place of a damaged one: whatever step a crash falls on, the state never seems empty or whole."""

import pytest

from bland_deploy.errors import StateProblem
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.replace import finish_replacement, replace_log
from bland_deploy.state.log import known_in, open_log
from bland_deploy.state.store import StoreFailed
from tests.state.building import CAMPAIGN, begun, keys, with_sent

LABEL = "20260302T150000Z"


class Crash(Exception):
    """The process ends here."""


@pytest.fixture
def root(tmp_path):
    """A store whose log has two people and a claim that was damaged."""
    with_sent(begun(FileStore(tmp_path)), [1], [2])
    (tmp_path / CAMPAIGN / "log/000000000001.json").write_bytes(b"{}")
    return tmp_path


def build(store):
    with_sent(begun(store), [1], [2], [3])


def known(root):
    log = open_log(FileStore(root), CAMPAIGN)
    return known_in(log, "1").sent


def test_the_new_log_is_read_and_the_old_one_kept(root):
    before = {path.name: path.read_bytes() for path in (root / CAMPAIGN).rglob("*") if path.is_file()}
    kept = replace_log(root, CAMPAIGN, LABEL, build)
    assert known(root) == set(keys(1, 2, 3))
    assert {path.name: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before
    assert FileStore(root).names("") == FileStore(root).names(f"{CAMPAIGN}/")
    assert not (root / ".ready").exists()
    assert not (root / ".replacing").exists()


def crash_at(step):
    """A rename that works until the process ends before the one with that number."""
    numbers = iter(range(step + 1))

    def rename(source, target):
        if next(numbers) == step:
            raise Crash
        source.rename(target)

    return rename


@pytest.mark.parametrize("step", range(7))
def test_a_crash_at_any_step_leaves_a_log_that_is_refused_and_can_be_finished(root, step):
    """Renames are all that a replacement consists of; files written before do not lie in anybody's way."""
    with pytest.raises(Crash):
        replace_log(root, CAMPAIGN, LABEL, build, crash_at(step))
    with pytest.raises(StateProblem):
        open_log(FileStore(root), CAMPAIGN)
    assert finish_replacement(root, CAMPAIGN, "later") is (step > 0)
    if step == 0:
        replace_log(root, CAMPAIGN, "again", build)
    assert known(root) == set(keys(1, 2, 3))
    kept = [path.read_bytes() for path in (root / ".damaged").rglob("*.json")]
    assert b"{}" in kept


def test_there_is_nothing_to_finish_where_nothing_was_begun(root):
    assert finish_replacement(root, CAMPAIGN, LABEL) is False


def test_what_is_kept_is_never_overwritten(root):
    kept = replace_log(root, CAMPAIGN, LABEL, build)
    with pytest.raises(StoreFailed):
        replace_log(root, CAMPAIGN, LABEL, build)
    assert (kept / "log/000000000001.json").read_bytes() == b"{}"
