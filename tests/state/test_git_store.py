import os
import subprocess
import threading
from pathlib import Path

import pytest

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends import open_store
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.git.store import MARK
from bland_deploy.state.log import LostRace, append, open_log, record, refresh
from bland_deploy.state.store import StoreFailed
from tests.state.building import AT, CAMPAIGN, begun, claimed, with_claim, with_sent
from tests.state.git_clones import (
    BRANCH,
    SEEN,
    commit_by_hand,
    git,
    make_clone,
    make_hook,
    make_remote,
    open_clone,
    tip,
)
from tests.state.store_contract import StoreContract


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


def test_of_eight_clones_racing_for_each_name_exactly_one_wins(remote, tmp_path):
    clones = [make_clone(remote, tmp_path / str(number)) for number in range(8)]
    won = [[] for _ in clones]

    def race(mine):
        store = open_clone(clones[mine])
        for number in range(20):
            if store.create(f"camp/log/{number}", b"%d" % mine):
                won[mine].append(number)

    threads = [threading.Thread(target=race, args=(mine,)) for mine in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for numbers in won for number in numbers) == list(range(20))
    last = open_clone(clones[0])
    assert {number: last.read(f"camp/log/{number}") for number in range(20)} == {
        number: b"%d" % mine for mine, numbers in enumerate(won) for number in numbers
    }


def test_names_that_do_not_meet_are_all_created_however_many_push_at_once(remote, tmp_path):
    clones = [make_clone(remote, tmp_path / str(number)) for number in range(4)]
    done = []

    def write(mine):
        store = open_clone(clones[mine])
        done.extend(store.create(f"camp/log/{mine}-{number}", b"x") for number in range(3))

    threads = [threading.Thread(target=write, args=(mine,)) for mine in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 12
    assert len(open_clone(clones[0]).names("camp/log/")) == 12


# ------------------------------------------------ what a clone is left like


def everything_but_ours(clone):
    head = (clone / ".git" / "HEAD").read_bytes()
    index = (clone / ".git" / "index").read_bytes()
    refs = git(clone, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags", "refs/stash")
    files = {path.name: path.read_bytes() for path in clone.iterdir() if path.is_file()}
    own = sorted(path.name for path in (clone / ".git").iterdir())
    return head, index, refs, files, own, git(clone, "status", "--porcelain")


def test_working_tree_index_and_branches_stay_as_they_are(clone):
    (clone / "README.md").write_text("Changed, not committed.\n")
    (clone / "staged").write_text("Staged.\n")
    git(clone, "add", "staged")
    before = everything_but_ours(clone)
    store = open_clone(clone)
    assert store.create("camp/manifest.json", b"one")
    assert store.names("camp/") == ["camp/manifest.json"]
    assert everything_but_ours(clone) == before


def test_no_hook_runs_and_nothing_is_signed(clone, tmp_path):
    for name in ("pre-push", "reference-transaction", "post-index-change", "pre-auto-gc"):
        make_hook(clone / ".git", name, f"touch {tmp_path}/ran; exit 1")
    git(clone, "config", "commit.gpgSign", "true")
    git(clone, "config", "push.gpgSign", "true")
    assert open_clone(clone).create("camp/1", b"x")
    assert not (tmp_path / "ran").exists()


def test_the_branch_begins_with_no_history_of_the_workspace(clone, remote):
    open_clone(clone).create("camp/1", b"x")
    assert git(remote, "rev-list", "--count", BRANCH) == "1"
    assert sorted(git(remote, "ls-tree", "-r", "--name-only", BRANCH).split()) == [MARK, "camp/1"]


def test_commits_are_ours_unless_the_user_has_a_name(clone, remote):
    store = open_clone(clone)
    store.create("camp/1", b"x")
    shown = ("log", "-1", "--format=%an <%ae> %cn <%ce>", BRANCH)
    ours = "bland-deploy <noreply@bland-deploy.example>"
    assert git(remote, *shown) == f"{ours} {ours}"
    git(clone, "config", "user.name", "Ada")
    git(clone, "config", "user.email", "ada@example.com")
    open_clone(clone).create("camp/2", b"x")
    assert git(remote, *shown) == "Ada <ada@example.com> Ada <ada@example.com>"


def test_the_same_bytes_created_at_the_same_moment_are_two_commits(remote, tmp_path, monkeypatch):
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-03-02T15:00:00Z")
    stores = [open_clone(make_clone(remote, tmp_path / name)) for name in ("one", "two")]
    assert [store.names("") for store in stores] == [[], []]
    assert [store.create("camp/1", b"same") for store in stores] == [True, False]


def test_what_was_put_goes_with_the_next_create_in_one_commit(clone, remote):
    store = open_clone(clone)
    store.create("camp/manifest.json", b"x")
    store.put({"camp/keys/a": b"a", "camp/keys/b": b"b"})
    store.put({"camp/keys/c": b"c"})
    assert git(remote, "rev-list", "--count", BRANCH) == "1"
    assert store.create("camp/log/1", b"x")
    assert git(remote, "rev-list", "--count", BRANCH) == "2"
    assert git(remote, "diff-tree", "-r", "--name-only", "--no-commit-id", BRANCH).split() == [
        "camp/keys/a",
        "camp/keys/b",
        "camp/keys/c",
        "camp/log/1",
    ]


def test_what_was_put_is_not_lost_when_the_race_is(clone, remote, tmp_path):
    store, other = open_clone(clone), open_clone(make_clone(remote, tmp_path / "other"))
    store.names("")
    other.create("camp/log/1", b"theirs")
    store.put({"camp/keys/a": b"a"})
    assert store.create("camp/log/1", b"ours") is False
    assert other.names("camp/keys/") == []
    assert store.create("camp/log/2", b"ours")
    assert other.read("camp/keys/a") == b"a"


def test_what_was_put_and_differs_from_what_others_wrote_is_refused(clone, remote, tmp_path):
    store, other = open_clone(clone), open_clone(make_clone(remote, tmp_path / "other"))
    store.put({"camp/keys/a": b"ours"})
    other.put({"camp/keys/a": b"theirs"})
    other.create("camp/log/1", b"x")
    with pytest.raises(StoreFailed, match=r"camp/keys/a exists with other content in git\+ref://origin/bland-state"):
        store.create("camp/log/2", b"x")


# ------------------------------------------------ all kinds of clones


@pytest.mark.parametrize(
    "options",
    [["--depth=1"], ["--depth=1", "--no-single-branch"], ["--filter=blob:none", "--no-checkout"]],
    ids=" ".join,
)
def test_a_clone_that_holds_only_a_part_serves(clone, remote, tmp_path, options):
    git(remote, "config", "uploadpack.allowFilter", "true")
    first = open_clone(clone)
    for number in range(3):
        first.create(f"camp/log/{number}", b"%d" % number)
    part = make_clone(remote, tmp_path / "part", *options)
    store = open_clone(part)
    assert [store.read(f"camp/log/{number}") for number in range(3)] == [b"0", b"1", b"2"]
    first.create("camp/log/3", b"3")
    assert store.create("camp/log/4", b"4")
    assert store.create("camp/log/3", b"?") is False
    assert first.read("camp/log/4") == b"4"
    shallow = "true" if "--depth=1" in options else "false"
    assert git(part, "rev-parse", "--is-shallow-repository") == shallow


def test_a_clone_cut_off_after_the_tip_seen_last_fetches_what_it_needs_to_tell(clone, remote, tmp_path):
    first = open_clone(clone)
    first.create("camp/log/0", b"0")
    part = make_clone(remote, tmp_path / "part", "--depth=1", "--no-single-branch")
    assert open_clone(part).read("camp/log/0") == b"0"
    for number in range(1, 4):
        first.create(f"camp/log/{number}", b"x")
    git(part, "fetch", "--quiet", "--depth=1", "origin")
    assert len(open_clone(part).names("camp/log/")) == 4
    assert git(part, "rev-list", "--count", "origin/main") == "1"


def test_a_detached_head_a_folder_below_and_a_second_working_tree_serve(clone, tmp_path):
    git(clone, "checkout", "--quiet", "--detach")
    (clone / "below").mkdir()
    git(clone, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    below, tree = open_clone(clone / "below"), open_clone(tmp_path / "tree")
    assert below.create("camp/1", b"x")
    assert tree.create("camp/1", b"x") is False
    with below.lock("camp", 0), pytest.raises(StoreFailed.__mro__[1], match="camp is locked"), tree.lock("camp", 0):
        pass


def test_a_repository_with_sha256_serves(tmp_path, remote, monkeypatch):
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    store = open_clone(make_clone(make_remote(tmp_path / "sha256" / "remote.git"), tmp_path / "clone"))
    assert store.create("camp/1", b"x")
    assert store.create("camp/1", b"y") is False
    assert store.read("camp/1") == b"x"


def test_the_variables_of_a_hook_of_git_do_not_lead_elsewhere(clone, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "init", "--quiet", str(elsewhere))
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(elsewhere / "index"))
    assert open_clone(clone).create("camp/1", b"x")
    monkeypatch.undo()
    assert git(elsewhere, "for-each-ref") == ""
    assert not (elsewhere / "index").exists()


def test_a_remote_that_is_read_and_written_at_two_addresses_is_read_where_it_is_written(clone, remote, tmp_path):
    fork = tmp_path / "fork.git"
    git(tmp_path, "clone", "--quiet", "--bare", remote.as_uri(), str(fork))
    git(clone, "remote", "set-url", "--push", "origin", fork.as_uri())
    store = open_clone(clone)
    assert store.create("camp/1", b"x")
    assert open_clone(clone).read("camp/1") == b"x"
    assert tip(fork)
    git(clone, "remote", "set-url", "--add", "--push", "origin", remote.as_uri())
    with pytest.raises(InvalidInput, match="pushes to 2 places at once"):
        open_clone(clone).names("")


# ------------------------------------------------ a log in it


def test_a_log_is_begun_written_and_read_by_others(clone, remote, tmp_path):
    log, attempts = with_sent(begun(open_clone(clone)), [1, 2], [3])
    found = open_log(open_clone(make_clone(remote, tmp_path / "other", "--depth=1")), CAMPAIGN)
    assert found.entries == log.entries
    assert (found.head, list(found.standing.attempts)) == (log.head, attempts)


def test_of_two_runs_that_claim_the_same_people_one_has_to_look_again(clone, remote, tmp_path):
    ours = begun(open_clone(clone))
    theirs = open_log(open_clone(make_clone(remote, tmp_path / "other")), CAMPAIGN)
    with_claim(theirs, [1, 2])
    with pytest.raises(LostRace):
        with_claim(ours, [1, 2])
    assert refresh(ours).number == 1
    claim, _ = claimed([3])
    assert claim.at == AT


def test_entries_of_two_runs_find_their_places(clone, remote, tmp_path):
    from bland_deploy.model.entries import Sending

    ours, attempts = with_claim(begun(open_clone(clone)), [1], [2])
    theirs = open_log(open_clone(make_clone(remote, tmp_path / "other")), CAMPAIGN)
    append(theirs, Sending(at=AT, attempts=(attempts[0],)))
    after = record(ours, Sending(at=AT, attempts=(attempts[1],)))
    assert after.number == 3


def test_a_create_that_knows_only_an_old_tip_is_no_danger(clone, remote, tmp_path):
    store = open_clone(clone)
    other = open_clone(make_clone(remote, tmp_path / "other"))
    assert store.names("camp/") == []
    other.create("camp/log/1", b"theirs")
    assert store.create("camp/log/1", b"ours") is False
    assert store.read("camp/log/1") == b"theirs"


def test_the_commands_of_the_page_on_stores_move_a_folder_to_a_branch(clone, remote, tmp_path):
    workspace = clone.rename(tmp_path / "workspace")
    log, _ = with_sent(begun(FileStore(workspace / "state" / "production")), [1, 2], [3])
    page = (Path(__file__).parents[2] / "docs" / "stores.md").read_text()
    commands = page.partition("Move a folder to a branch")[2].partition("```console\n")[2].partition("```")[0]
    somebody = {f"GIT_{role}_{what}": "x@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    script = ["sh", "-ec", commands]
    subprocess.run(script, check=True, cwd=workspace, capture_output=True, env={**os.environ, **somebody})
    moved = open_log(open_clone(make_clone(remote, tmp_path / "other")), CAMPAIGN)
    assert (moved.entries, moved.head) == (log.entries, log.head)
    assert with_claim(moved, [4])[0].number == log.number + 1


# ------------------------------------------------ addresses


def test_an_address_names_a_remote_and_a_branch(clone):
    store = open_store("git+ref://origin/state/production", clone)
    assert store.location == "git+ref://origin/state/production"
    assert store.create("camp/1", b"x")
    assert git(clone, "ls-remote", "--heads", "origin", "state/production")


@pytest.mark.parametrize(
    "address",
    [
        "git+ref://origin",
        "git+ref://origin/",
        "git+ref:///bland-state",
        "git+ref://-origin/x",
        "git+ref://origin/-x",
        "git+ref://origin/a..b",
        "git+ref://origin/a//b",
        "git+ref://origin/.a",
        "git+ref://origin/a.lock",
        "git+ref://origin/a.lock/b",
        "git+ref://origin/a.",
        "git+ref://origin/a b",
        "git+ref://origin/a:b",
        "git+ref://origin/a@{1}",
        "git+ref://token:secret@git.example.com/team/x.git",
    ],
)
def test_an_address_of_another_form_is_refused_without_quoting_it(address, tmp_path):
    with pytest.raises(InvalidInput, match="its address names no remote and branch") as caught:
        open_store(address, tmp_path)
    assert "secret" not in str(caught.value) + caught.value.help


def test_a_remote_that_the_clone_does_not_have_is_said_so(clone):
    with pytest.raises(InvalidInput, match="the clone has no remote upstream") as caught:
        open_store("git+ref://upstream/bland-state", clone).names("")
    assert caught.value.help.startswith("it has origin:")
    git(clone, "remote", "remove", "origin")
    with pytest.raises(InvalidInput) as caught:
        open_store("git+ref://upstream/bland-state", clone).create("camp/1", b"x")
    assert caught.value.help.startswith("it has none:")


def test_a_workspace_in_no_clone_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    store = open_store("git+ref://origin/bland-state", tmp_path)
    for action in (
        lambda: store.names(""),
        lambda: store.create("camp/1", b"x"),
        lambda: store.lock("c", 0).__enter__(),
    ):
        with pytest.raises(InvalidInput, match="the workspace is in no git clone"):
            action()


def test_a_machine_without_git_is_said_so(clone, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInput, match="git is not installed"):
        open_clone(clone).names("")


def test_a_branch_that_holds_other_files_is_refused(clone, remote):
    store = open_clone(clone, branch="main")
    for action in (lambda: store.names(""), lambda: store.create("camp/1", b"x")):
        with pytest.raises(StoreFailed, match=r"git\+ref://origin/main holds other files") as caught:
            action()
        assert MARK in caught.value.help
    assert git(remote, "rev-list", "--count", "main") == "1"


def test_other_files_on_the_branch_are_let_be(clone, remote, tmp_path):
    store = open_clone(clone)
    store.create("camp/1", b"x")
    hand = make_clone(remote, tmp_path / "hand")
    commit_by_hand(hand, "README.md", b"Look, do not touch.\n")
    commit_by_hand(hand, "README.md", b"Do look, do not touch.\n")
    commit_by_hand(hand, ".github/CODEOWNERS", b"* @team\n")
    assert store.names("camp/") == ["camp/1"]
    assert open_clone(hand).create("camp/2", b"x")
    assert tip(hand, SEEN) == tip(remote)


def test_several_names_in_turn_are_one_commit(remote, clone):
    store = open_clone(clone)
    store.create("camp/manifest.json", b"{}")
    before = tip(remote)
    store.put({"camp/keys/a": b"a"})
    assert store.create_in_turn([("camp/log/1", b"1"), ("camp/log/2", b"2")]) == 2
    assert git(remote, "rev-list", "--count", f"{before}..{tip(remote)}").strip() == "1"
    assert open_clone(clone).names("camp/") == ["camp/keys/a", "camp/log/1", "camp/log/2", "camp/manifest.json"]
