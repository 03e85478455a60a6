"""What the branch has lost is never taken for a state that has not begun."""

import pytest

from bland_deploy.state.backends.git.history import BranchLost
from tests.state.git_clones import BRANCH, SEEN, commit_by_hand, git, make_clone, open_clone, tip


@pytest.fixture
def paused():
    return []


@pytest.fixture
def store(clone, paused):
    """A store that has seen two entries."""
    store = open_clone(clone, sleep=paused.append)
    store.create("camp/manifest.json", b"begin")
    store.create("camp/log/1", b"one")
    return store


def every_look(store):
    return (lambda: store.names("camp/"), lambda: store.read("camp/log/9"), lambda: store.create("camp/log/9", b"x"))


def assert_lost(store, words):
    for look in every_look(store):
        with pytest.raises(BranchLost, match=words) as caught:
            look()
        assert caught.value.exit_code == 9
    return caught.value


def test_a_branch_that_was_set_back_is_lost_state_for_who_saw_more(store, clone, remote, paused):
    seen = tip(remote)
    git(remote, "update-ref", f"refs/heads/{BRANCH}", f"{seen}^")
    problem = assert_lost(store, f"the branch {BRANCH} of origin was rewritten")
    assert f"git push origin {seen}:refs/heads/{BRANCH}" in problem.help
    assert paused, "it may have been a mirror that lags behind"
    assert tip(remote) != seen, "nothing was written"
    assert_lost(open_clone(clone, sleep=paused.append), "was rewritten")


def test_the_command_in_the_message_brings_it_back(store, clone, remote):
    git(remote, "update-ref", f"refs/heads/{BRANCH}", f"{BRANCH}^")
    with pytest.raises(BranchLost) as caught:
        store.names("")
    command = caught.value.help.partition("still has it: git ")[2].partition(" (")[0]
    git(clone, *command.split())
    assert store.names("camp/") == ["camp/log/1", "camp/manifest.json"]


def test_a_branch_that_was_forced_to_another_history_is_lost_state(store, remote, tmp_path):
    base = tip(remote, f"{BRANCH}^")
    git(remote, "update-ref", f"refs/heads/{BRANCH}", base)
    open_clone(make_clone(remote, tmp_path / "other")).create("camp/log/1", b"another")
    assert_lost(store, "was rewritten")
    assert store.read("camp/log/1") == b"one"


def test_a_branch_that_was_deleted_is_lost_state(store, clone, remote):
    seen = tip(remote)
    git(remote, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert_lost(store, f"the branch {BRANCH} of origin is gone")
    problem = assert_lost(open_clone(clone, sleep=lambda _: None), "is gone")
    assert seen in problem.help
    git(clone, "update-ref", "-d", SEEN)
    assert open_clone(clone).names("") == [], "on purpose, as the message says"


def test_a_branch_that_was_deleted_is_lost_state_for_a_push_in_hand(store, remote):
    git(remote, "update-ref", "-d", f"refs/heads/{BRANCH}")
    with pytest.raises(BranchLost, match="is gone"):
        store.create("camp/log/2", b"two")
    assert git(remote, "for-each-ref", f"refs/heads/{BRANCH}") == ""


@pytest.mark.parametrize("data", [None, b"changed"], ids=["removed", "changed"])
def test_a_file_that_a_commit_on_top_altered_is_lost_state_for_a_fresh_clone_too(store, remote, tmp_path, data):
    commit_by_hand(make_clone(remote, tmp_path / "hand"), "camp/log/1", data)
    commit_by_hand(tmp_path / "hand", "camp/log/2", b"more on top")
    assert_lost(store, r"a commit on the branch bland-state of origin changed or removed camp/log/1")
    assert_lost(open_clone(make_clone(remote, tmp_path / "fresh", "--depth=1")), "changed or removed camp/log/1")


def test_a_reverted_commit_is_lost_state(store, remote, tmp_path):
    hand = make_clone(remote, tmp_path / "hand")
    git(hand, "checkout", "--quiet", BRANCH)
    git(hand, "revert", "--no-edit", "HEAD")
    git(hand, "push", "--quiet", "origin", BRANCH)
    assert_lost(open_clone(make_clone(remote, tmp_path / "fresh")), "changed or removed camp/log/1")


def test_two_histories_that_a_person_merged_keep_what_both_had(store, remote, tmp_path):
    hand = make_clone(remote, tmp_path / "hand")
    git(hand, "checkout", "--quiet", BRANCH)
    (hand / "other" / "log").mkdir(parents=True)
    (hand / "other" / "log" / "1").write_text("x")
    git(hand, "add", ".")
    git(hand, "commit", "--quiet", "-m", "By hand")
    store.create("camp/log/2", b"two")
    git(hand, "fetch", "--quiet", "origin")
    git(hand, "merge", "--quiet", "--no-edit", f"origin/{BRANCH}")
    git(hand, "push", "--quiet", "origin", BRANCH)
    assert store.names("") == ["camp/log/1", "camp/log/2", "camp/manifest.json", "other/log/1"]
    assert open_clone(make_clone(remote, tmp_path / "fresh")).create("camp/log/3", b"x")


def test_a_mirror_that_lags_behind_is_asked_again(clone, remote):
    store = open_clone(clone, sleep=lambda _seconds: git(remote, "update-ref", f"refs/heads/{BRANCH}", newest))
    store.create("camp/log/1", b"one")
    store.create("camp/log/2", b"two")
    newest = tip(remote)
    git(remote, "update-ref", f"refs/heads/{BRANCH}", f"{newest}^")
    assert store.names("camp/log/") == ["camp/log/1", "camp/log/2"]


def test_an_old_job_run_again_reads_what_came_after_it(clone, remote, tmp_path):
    open_clone(clone).create("camp/log/1", b"one")
    old = make_clone(remote, tmp_path / "old", "--no-single-branch")
    open_clone(old).names("")
    open_clone(clone).create("camp/log/2", b"two")
    assert open_clone(old).read("camp/log/2") == b"two"
    assert open_clone(old).create("camp/log/2", b"again") is False


def test_what_the_clone_has_seen_is_kept_in_a_reference_of_its_own(store, clone, remote):
    assert tip(clone, SEEN) == tip(remote)
    assert git(clone, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/bland-deploy").split() == [
        SEEN,
        "refs/heads/main",
    ]


def test_a_clone_that_lost_the_objects_of_the_branch_is_said_so(store, clone):
    blob = git(clone, "rev-parse", f"{SEEN}:camp/log/1")
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    from bland_deploy.state.store import StoreFailed

    with pytest.raises(StoreFailed, match="git has lost what it fetched"):
        open_clone(clone).read("camp/log/1")
