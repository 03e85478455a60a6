"""Pushes that are refused, hang, or work and say that they did not; remotes that are not there or let nobody in."""

import os
import signal
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bland_deploy.errors import AuthenticationFailed, InvalidInput, Unavailable
from bland_deploy.state.backends.git.commands import Git
from bland_deploy.state.backends.git.words import local_failure, quoted, refusal, remote_failure
from bland_deploy.state.store import StoreFailed, StoreForbidden, StoreUnreachable
from tests.state.git_clones import BRANCH, git, make_hook, open_clone

KILLS_ITS_PUSH = 'if [ "$1" = committed ]; then rm "$0"; kill -9 $PPID; fi'
PUSHES_ON_TOP = f"""
unset GIT_QUARANTINE_PATH
on_top() {{
    git -c user.name=x -c user.email=x@example.com commit-tree "$1^{{tree}}" -p "$1" -m "on top $$" |
        xargs git update-ref refs/heads/{BRANCH}
}}
"""
HANGS_ONCE = 'rm "$0"; exec sleep 600'


def test_a_protected_branch_is_said_so_with_the_words_of_the_remote(clone, remote):
    store = open_clone(clone)
    store.create("camp/1", b"x")
    make_hook(remote, "pre-receive", "echo 'GH006: Protected branch update failed.' >&2; exit 1")
    with pytest.raises(
        StoreFailed, match="the branch bland-state of origin refuses our push: pre-receive hook"
    ) as caught:
        store.create("camp/2", b"x")
    assert "GH006: Protected branch update failed." in caught.value.message
    assert (caught.value.exit_code, caught.value.outcome) == (9, "what the log holds is unchanged")
    assert store.names("") == ["camp/1"]


def test_a_remote_that_is_busy_is_asked_again(clone, remote):
    lock = remote / "refs" / "heads" / f"{BRANCH}.lock"
    store = open_clone(clone, sleep=lambda _seconds: lock.unlink(missing_ok=True))
    store.create("camp/1", b"x")
    lock.touch()
    assert store.create("camp/2", b"x")
    stays = open_clone(clone, sleep=lambda _seconds: None)
    lock.touch()
    with pytest.raises(StoreFailed, match="refuses our push: failed to update ref"):
        stays.create("camp/3", b"x")


def test_a_push_that_worked_and_whose_answer_was_lost_counts_once(clone, remote):
    store = open_clone(clone, sleep=lambda _seconds: None)
    store.create("camp/1", b"x")
    store.put({"camp/keys/a": b"a"})
    make_hook(remote, "reference-transaction", KILLS_ITS_PUSH)
    assert store.create("camp/2", b"x")
    assert git(remote, "rev-list", "--count", BRANCH) == "2"
    assert store.create("camp/3", b"x")
    assert git(remote, "show", f"{BRANCH}:camp/keys/a") == "a"


def test_a_push_whose_answer_was_lost_is_known_though_others_pushed_on_top(clone, remote):
    store = open_clone(clone, sleep=lambda _seconds: None)
    store.create("camp/1", b"x")
    then_another = f'if [ "$1" = committed ]; then rm "$0"; on_top {BRANCH}; kill -9 $PPID; fi'
    make_hook(remote, "reference-transaction", PUSHES_ON_TOP + then_another)
    assert store.create("camp/2", b"x")
    assert git(remote, "rev-list", "--count", BRANCH) == "3"


def test_a_push_that_hangs_is_ended_and_tried_again(clone, remote):
    store = open_clone(clone, seconds=2.0, sleep=lambda _seconds: None)
    store.create("camp/1", b"x")
    make_hook(remote, "pre-receive", HANGS_ONCE)
    assert store.create("camp/2", b"x")
    assert store.names("") == ["camp/1", "camp/2"]


def test_a_remote_that_always_hangs_is_unavailable_and_what_became_of_it_open(clone, remote):
    store = open_clone(clone, sleep=lambda _seconds: None)
    store.create("camp/1", b"x")
    make_hook(remote, "pre-receive", "exec sleep 600")
    hurried = open_clone(clone, seconds=1.0, sleep=lambda _seconds: None)
    with pytest.raises(StoreUnreachable, match="did not answer within 1 seconds") as caught:
        hurried.create("camp/2", b"x")
    assert caught.value.exit_code == 5
    assert "may be in the log or not" in caught.value.outcome


def test_a_remote_that_is_gone_is_unavailable(clone, remote):
    paused = []
    store = open_clone(clone, sleep=paused.append)
    store.create("camp/1", b"x")
    remote.rename(remote.with_name("moved"))
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        store.names("")
    assert (caught.value.exit_code, caught.value.outcome, len(paused)) == (5, "nothing was sent", 2)
    with pytest.raises(StoreFailed, match="cannot be reached") as caught:
        store.create("camp/2", b"x")
    assert "may be in the log or not" in caught.value.outcome
    assert store.read("camp/1") == b"x"


def test_a_remote_that_comes_back_in_time_is_used(clone, remote):
    gone = remote.rename(remote.with_name("moved"))

    def come_back(_seconds):
        if gone.exists():
            gone.rename(remote)

    assert open_clone(clone, sleep=come_back).create("camp/1", b"x")


def test_whoever_always_comes_too_late_gives_up_in_the_end(clone, remote):
    waited = []
    store = open_clone(clone, races=4, sleep=waited.append)
    store.create("camp/1", b"x")
    make_hook(remote, "pre-receive", PUSHES_ON_TOP + f"on_top {BRANCH}")
    with pytest.raises(StoreFailed, match=r"others wrote to git\+ref://origin/bland-state 4 times before us"):
        store.create("camp/2", b"x")
    assert len(waited) == 4
    assert git(remote, "rev-list", "--count", BRANCH) == "5"
    assert store.names("") == ["camp/1"]


# ------------------------------------------------ over HTTP


@contextmanager
def answering(status):
    """An HTTP server that gives every request the same status; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "user"), [(401, ""), (401, "job:secret-token@"), (403, "job:secret-token@")])
def test_a_remote_that_lets_nobody_in_is_a_matter_of_credentials_and_shows_none(clone, status, user):
    with answering(status) as address:
        git(clone, "remote", "set-url", "origin", f"http://{user}{address}/team/calls.git")
        with pytest.raises(AuthenticationFailed, match="cannot be used with these credentials") as caught:
            open_clone(clone).names("")
    assert caught.value.exit_code == 4
    assert "contents: write" in caught.value.help
    assert "secret" not in str(caught.value)


def test_a_remote_in_trouble_is_unavailable(clone):
    with answering(503) as address:
        git(clone, "remote", "set-url", "origin", f"http://{address}/team/calls.git")
        with pytest.raises(StoreUnreachable, match="returned error: 503"):
            open_clone(clone, sleep=lambda _seconds: None).names("")
    with pytest.raises(StoreUnreachable, match=r"(?i)connect"):
        open_clone(clone, sleep=lambda _seconds: None).names("")


# ------------------------------------------------ running git


def test_a_command_that_does_not_end_when_asked_is_killed(clone):
    done = Git(clone).run("-c", "alias.hang=!trap '' TERM; echo begun; sleep 600 & wait; wait", "hang", seconds=0.5)
    assert done.code is None
    assert done.out == b"begun\n"


def test_an_interrupt_ends_git_before_it_goes_on(clone, tmp_path):
    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            Git(clone).run("-c", f"alias.hang=!echo $$ >{tmp_path}/pid; exec sleep 600", "hang")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    pid = tmp_path / "pid"
    if pid.exists():
        assert not Path("/proc", pid.read_text().strip()).exists()


def test_git_is_no_part_of_our_group_so_that_control_c_does_not_reach_it(clone):
    done = Git(clone).run("-c", "alias.group=!ps -o pgid= -p $$ || cut -d' ' -f5 /proc/$$/stat", "group")
    assert done.out.strip() != str(os.getpgrp()).encode()


def test_a_clone_of_another_user_is_explained():
    problem = local_failure("fatal: detected dubious ownership in repository at '/x'\n")
    assert isinstance(problem, InvalidInput)
    assert "safe.directory" in problem.help


def test_trouble_in_the_clone_is_quoted(clone):
    (clone / ".git" / "objects").rename(clone / ".git" / "moved")
    (clone / ".git" / "objects").write_text("no folder")
    with pytest.raises((StoreFailed, InvalidInput)):
        open_clone(clone).create("camp/1", b"x")
    problem = local_failure("error: insufficient permission for adding an object to repository database\n")
    assert str(problem) == (
        "git failed in this clone: insufficient permission for adding an object to repository database"
    )


def test_what_git_says_is_quoted_without_secrets_and_without_end():
    said = (
        "Cloning\nremote: \x1b[31mNo\x1b[0m way\nremote:\nremote: No\nfatal: unable to access 'https://u:p@h/x/': 403\n"
    )
    assert quoted(said) == "[31mNo[0m way; No; unable to access 'https://h/x/': 403"
    assert quoted("plain words\n") == "plain words"
    assert quoted("") == "git says nothing more"
    assert len(quoted("fatal: " + "long " * 1000)) < 310


@pytest.mark.parametrize(
    "said",
    [
        "remote: Permission to team/calls.git denied to github-actions[bot].",
        "remote: Write access to repository not granted.",
        "remote: You are not allowed to push code to this project.",
        "remote: HTTP Basic: Access denied.",
        "remote: Repository not found.",
        "git@example.com: Permission denied (publickey).",
        "fatal: could not read Username for 'https://example.com': terminal prompts disabled",
        "Host key verification failed.",
    ],
)
def test_the_usual_words_about_credentials_are_known(said):
    assert isinstance(remote_failure("the branch", said), StoreForbidden)


def test_a_refusal_for_lack_of_rights_is_a_matter_of_credentials():
    problem = refusal("the branch", "permission denied", "")
    assert isinstance(problem, StoreForbidden)
    assert str(problem) == "the branch may not be written with these credentials: permission denied"
