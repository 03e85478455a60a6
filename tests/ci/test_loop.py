"""The whole loop, against real git repositories and both forges: from a branch to calls that are made once."""

import sqlite3
from contextlib import closing

import pytest

from bland_deploy.ci.header import Header, without_header
from bland_deploy.sandbox.books import rings
from tests.ci.jobs import Repository


@pytest.fixture(params=["github", "gitlab"])
def repository(request, tmp_path, address):
    return Repository(tmp_path / "r", request.param, request.getfixturevalue(request.param), address).begin()


def visible(pull):
    return [without_header(note.body) for note in pull.notes]


def headers(pull):
    return [Header.parse(note.body) for note in pull.notes]


def test_from_a_branch_to_calls_that_are_made_once(repository, books):
    pull = review(repository)
    assert rings(books) == []
    dial(repository, pull)
    assert [ring.number for ring in rings(books)] == ["+14155550100", "+14155550101"]
    run_again(repository, pull)
    assert len(rings(books)) == 2
    assert [check["name"] for check in repository.books.checks] == [
        "bland-deploy plan (production)",
        "bland-deploy apply (production)",
    ]


def review(repository):
    """A branch, a change and another, and one comment that shows what would be dialled."""
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    job = repository.job(pull.head, 7)
    assert job.run("lint").code == 0
    planned = job.run("ci", "comment", "--check-run")
    assert planned.code == 0, planned.everything
    assert "2 calls" in planned.out
    assert "Comment on 7: added." in planned.err
    repository.write("Greet {{name}} very warmly.")
    pull.head = repository.commit("warmly")
    job = repository.job(pull.head, 7)
    assert "brought up to date" in job.run("ci", "comment").err
    (comment,), (header,) = visible(pull), headers(pull)
    assert "hello" in comment
    assert header.digest != Header.parse(pull.notes[0].history[0]).digest
    assert job.run("ci", "approved").code == 6, "nothing is approved before the merge"
    assert job.run("apply", "--auto-approve").code == 6
    return pull


def dial(repository, pull):
    """The merge dials what was shown, by its digest, and the request hears of it."""
    job = repository.job(repository.merge("warmly", 7))
    digest = job.run("ci", "approved")
    assert (digest.code, digest.out) == (0, f"{headers(pull)[0].digest}\n"), digest.err
    applied = job.run("apply", "--approved", digest.out.strip(), "--format", "json")
    assert applied.code == 0, applied.everything
    (job.runner / "applied.json").write_text(applied.out)
    told = job.run("ci", "comment", "--applied", "../applied.json", "--check-run")
    assert told.code == 0, told.everything
    plan, result = headers(pull)
    assert (plan.closed, result.kind, result.done) == (True, "apply", True)
    assert "2 calls sent in 1 batch" in visible(pull)[1]


def run_again(repository, pull):
    """A rerun of the same job sends nothing, and has nothing to add."""
    job = repository.job(pull.merge)
    again = job.run("apply", "--approved", job.run("ci", "approved").out.strip(), "--format", "json")
    assert (again.code, again.json["batches"]) == (0, [])
    (job.runner / "applied.json").write_text(again.out)
    assert "nothing to say" in job.run("ci", "comment", "--applied", "../applied.json").err
    assert len(pull.notes) == 2


def test_the_request_hears_what_became_of_its_calls_in_one_comment_that_is_kept_up_to_date(repository):
    pull = review(repository)
    dial(repository, pull)
    reported = repository.job(pull.merge).run("ci", "comment", "--report", "--check-run")
    assert reported.code == 0, reported.everything
    assert "Comment on 7: added." in reported.err
    header, comment = headers(pull)[-1], visible(pull)[-1]
    assert (header.kind, header.head) == ("report", pull.merge)
    assert "From the list to the answer" in comment
    assert "of 2 calls ended" in comment
    assert not [value for value in ("Ada", "Grace", "0100", "0101", "5550") if value in comment]
    repository.write("Say something else.")
    later = repository.job(repository.commit("main"))
    end_all(repository)
    again = later.run("ci", "comment", "--report", "--commit", pull.merge)
    assert "Comment on 7: brought up to date." in again.err, again.everything
    assert "2 of 2 calls ended" in visible(pull)[-1]
    assert len(pull.notes) == 3
    assert later.run("ci", "comment", "--report").err.count("There is no pull or merge request") == 1
    assert repository.job(pull.merge).run("ci", "approved").code == 0, "the plan is what was approved, as before"


def test_without_anything_sent_a_report_opens_no_comment(repository):
    pull = review(repository)
    told = repository.job(pull.head, 7).run("ci", "comment", "--report")
    assert (told.code, "nothing to say" in told.err) == (0, True)
    assert len(pull.notes) == 1


def end_all(repository):
    """Let all calls have ended by now."""
    with closing(sqlite3.connect(repository.folder.parent / "books.sqlite", isolation_level=None)) as books:
        books.execute("UPDATE calls SET starts = 1, ends = 2")


def test_what_was_merged_beside_the_reviewed_plan_is_not_dialled(repository, books):
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    repository.job(pull.head, 7).run("ci", "comment")
    repository.merge("warmly", 7)
    repository.write("Say something else.")
    pull.merge = repository.commit("main")  # the forge still knows the commit as that of the request
    job = repository.job(pull.merge)
    applied = job.run("apply", "--approved", job.run("ci", "approved").out.strip(), "--format", "json")
    assert applied.code == 9
    (job.runner / "applied.json").write_text(applied.out)
    assert job.run("ci", "comment", "--applied", "../applied.json").code == 0
    assert rings(books) == []
    plan, result = headers(pull)
    assert (plan.closed, result.done) == (False, False)
    assert "`apply` failed for `production`" in visible(pull)[1]


def test_a_commit_that_came_without_a_request_is_approved_by_nobody(repository):
    repository.write("Greet {{name}} warmly.")
    done = repository.job(repository.commit("main")).run("ci", "approved")
    assert (done.code, done.out) == (6, "")
    assert "came to main by no pull or merge request" in done.err


def test_a_fork_gets_lint_and_plan_without_any_secret(repository):
    repository.write("Greet {{name}} warmly.")
    head = repository.commit("fork")
    pull = repository.books.pull(8, head=head)
    job = repository.job(head, 8, fork=True)
    assert job.run("lint").code == 0
    planned = job.run("ci", "comment", "--check-run")
    assert planned.code == 0, planned.everything
    assert "2 calls" in planned.out
    assert "comes from a fork" in planned.err
    assert pull.notes == []
    assert repository.books.asked == []
    if repository.kind == "github":
        assert "hello" in job.summary


def test_a_plan_that_fails_is_told_and_takes_the_place_of_the_one_before(repository):
    repository.write("Greet {{name}} warmly.")
    pull = repository.books.pull(7, head=repository.commit("warmly"))
    repository.job(pull.head, 7).run("ci", "comment")
    repository.write("Greet {{nobody}}.")
    pull.head = repository.commit("warmly")
    failed = repository.job(pull.head, 7).run("ci", "comment")
    assert failed.code == 3
    (comment,) = visible(pull)
    assert "`plan` failed" in comment
    assert headers(pull)[0].digest is None
    repository.merge("warmly", 7)
    assert repository.job(pull.merge).run("ci", "approved").code == 6
