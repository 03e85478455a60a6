"""One live comment a subject, kept up to date on both forges, and read as the approval of its plan."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from bland_deploy.ci.comments import Written, approved_digest, room, show_plan, show_result
from bland_deploy.ci.github import GitHub, open_github
from bland_deploy.ci.gitlab import open_gitlab
from bland_deploy.ci.header import Header, Subject, without_header
from bland_deploy.ci.job import read_job
from bland_deploy.errors import Blocked
from tests.ci.forges import PAGE, github_variables, gitlab_variables

HEAD = "a" * 40
MERGE = "b" * 40
DIGEST = "d" * 64
PRODUCTION = Subject(".", "production")
PLAN = Header("plan", PRODUCTION, HEAD, DIGEST)
RESULT = Header("apply", PRODUCTION, MERGE, DIGEST, done=True)


@pytest.fixture(params=["github", "gitlab"])
def forge(request):
    """(client, books, the pull request 7) on each forge."""
    books = request.getfixturevalue(request.param)
    pull = books.pull(7, head=HEAD)
    variables = github_variables if request.param == "github" else gitlab_variables
    job = read_job(variables(books, GITHUB_SHA=HEAD, CI_COMMIT_SHA=HEAD))
    with ExitStack() as stack:
        opened = open_github(job, "") if request.param == "github" else open_gitlab(job)
        yield stack.enter_context(opened), books, pull


def shown(pull):
    return [without_header(note.body).strip() for note in pull.notes if "<summary>Outdated" not in note.body]


def test_a_plan_gets_one_comment_which_is_changed_in_place(forge):
    client, _, pull = forge
    assert show_plan(client, 7, PLAN, "two calls") is Written.ADDED
    assert show_plan(client, 7, PLAN, "two calls") is Written.SAME
    assert show_plan(client, 7, replace(PLAN, digest="e" * 64), "three calls") is Written.CHANGED
    assert shown(pull) == ["three calls"]
    assert approved_digest(client.thread(7), PRODUCTION) == "e" * 64


def test_a_comment_is_found_behind_pages_of_others(forge):
    client, books, pull = forge
    for number in range(2 * PAGE + 1):
        books.write(pull, f"remark {number}", author="grace")
    show_plan(client, 7, PLAN, "two calls")
    for number in range(PAGE):
        books.write(pull, f"more {number}", author="grace")
    assert show_plan(client, 7, PLAN, "three calls") is Written.CHANGED
    assert len(pull.notes) == 3 * PAGE + 2


def test_what_others_write_with_our_mark_is_neither_changed_nor_believed(forge):
    client, books, pull = forge
    forged = books.write(pull, f"{replace(PLAN, digest='f' * 64).render()}\nlooks fine", author="mallory")
    with pytest.raises(Blocked, match="show no plan for production"):
        approved_digest(client.thread(7), PRODUCTION)
    assert show_plan(client, 7, PLAN, "two calls") is Written.ADDED
    assert forged.history == []
    assert approved_digest(client.thread(7), PRODUCTION) == DIGEST


def test_each_subject_has_a_comment_of_its_own(forge):
    client, _, pull = forge
    others = [replace(PRODUCTION, environment="staging"), replace(PRODUCTION, workspace="eu")]
    others += [replace(PRODUCTION, campaigns=("hello",)), replace(PRODUCTION, round="2")]
    for subject in (PRODUCTION, *others):
        assert show_plan(client, 7, replace(PLAN, subject=subject), str(subject)) is Written.ADDED
    assert shown(pull) == [str(subject) for subject in (PRODUCTION, *others)]


def test_a_part_of_a_plan_approves_nothing(forge):
    client, *_ = forge
    show_plan(client, 7, replace(PLAN, truncated=True), "two calls …")
    with pytest.raises(Blocked, match="only a part of the plan"):
        approved_digest(client.thread(7), PRODUCTION)


def test_a_plan_that_failed_approves_nothing(forge):
    client, *_ = forge
    show_plan(client, 7, PLAN, "two calls")
    show_plan(client, 7, replace(PLAN, digest=None), "an error")
    with pytest.raises(Blocked, match="had failed"):
        approved_digest(client.thread(7), PRODUCTION)


def test_a_result_closes_the_plan_which_still_approves_the_rest_of_it(forge):
    client, _, pull = forge
    show_plan(client, 7, PLAN, "two calls")
    assert show_result(client, 7, RESULT, "two calls sent") is Written.ADDED
    assert shown(pull) == ["**Carried out.**\n\ntwo calls", "two calls sent"]
    assert approved_digest(client.thread(7), PRODUCTION) == DIGEST


def test_a_result_that_is_not_done_leaves_the_plan_open_and_is_folded_by_one_that_is(forge):
    client, _, pull = forge
    show_plan(client, 7, PLAN, "two calls")
    show_result(client, 7, replace(RESULT, done=False), "one call sent")
    assert shown(pull) == ["two calls", "one call sent"]
    show_result(client, 7, RESULT, "one more call sent")
    assert shown(pull) == ["**Carried out.**\n\ntwo calls", "one more call sent"]


def test_an_apply_that_had_nothing_to_do_says_nothing(forge):
    client, _, pull = forge
    show_plan(client, 7, PLAN, "two calls")
    show_result(client, 7, RESULT, "two calls sent")
    before = [note.body for note in pull.notes]
    assert show_result(client, 7, RESULT, "nothing", empty=True) is Written.NOT_WANTED
    assert [note.body for note in pull.notes] == before


def test_after_a_plan_was_carried_out_the_next_one_gets_a_new_comment_and_the_old_one_is_folded(forge):
    client, _, pull = forge
    show_plan(client, 7, PLAN, "two calls")
    show_result(client, 7, RESULT, "two calls sent")
    assert show_plan(client, 7, replace(PLAN, digest="e" * 64), "one call") is Written.ADDED
    assert shown(pull) == ["two calls sent", "one call"]
    assert approved_digest(client.thread(7), PRODUCTION) == "e" * 64


def test_two_comments_of_two_jobs_at_once_become_one(forge):
    client, books, pull = forge
    books.write(pull, f"{PLAN.render()}\nfirst")
    books.write(pull, f"{PLAN.render()}\nsecond")
    show_plan(client, 7, PLAN, "third")
    assert shown(pull) == ["third"]
    assert [note.hidden for note in pull.notes] == [isinstance(client, GitHub), False]


def test_a_job_of_an_older_commit_does_not_overwrite_the_newer_plan(forge):
    client, _, pull = forge
    show_plan(client, 7, PLAN, "two calls")
    pull.head = "c" * 40
    assert show_plan(client, 7, PLAN, "an old plan") is Written.OVERTAKEN
    assert shown(pull) == ["two calls"]


def test_an_empty_plan_opens_no_comment_and_changes_an_open_one(forge):
    client, _, pull = forge
    assert show_plan(client, 7, PLAN, "nothing", empty=True) is Written.NOT_WANTED
    show_plan(client, 7, PLAN, "two calls")
    assert show_plan(client, 7, PLAN, "nothing", empty=True) is Written.CHANGED
    assert shown(pull) == ["nothing"]


def test_the_longest_comment_fits_also_when_it_is_closed_and_folded(forge):
    client, books, pull = forge
    subject = replace(PRODUCTION, campaigns=tuple(f"campaign-{number}" for number in range(50)))
    header = replace(PLAN, subject=subject)
    show_plan(client, 7, header, "x" * room(client, header))
    show_result(client, 7, replace(RESULT, subject=subject), "sent")
    show_plan(client, 7, header, "next")
    assert shown(pull) == ["sent", "next"]
    assert books.longest - 1_000 < len(pull.notes[0].body) or books.longest < client.longest


def test_a_comment_that_somebody_else_changed_approves_nothing_until_it_is_written_anew(github):
    pull = github.pull(7, head=HEAD)
    with open_github(read_job(github_variables(github, GITHUB_SHA=HEAD)), "") as client:
        show_plan(client, 7, PLAN, "two calls")
        pull.notes[0].editor = "mallory"
        with pytest.raises(Blocked, match="somebody else has changed"):
            approved_digest(client.thread(7), PRODUCTION)
        show_plan(client, 7, PLAN, "three calls")
        assert approved_digest(client.thread(7), PRODUCTION) == DIGEST


def test_a_comment_that_was_hidden_by_hand_approves_nothing(github):
    pull = github.pull(7, head=HEAD)
    with open_github(read_job(github_variables(github, GITHUB_SHA=HEAD)), "") as client:
        show_plan(client, 7, PLAN, "two calls")
        pull.notes[0].hidden = True
        with pytest.raises(Blocked, match="show no plan"):
            approved_digest(client.thread(7), PRODUCTION)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        '<!-- bland-deploy {"v":2} -->',
        "<!-- bland-deploy {} -->",
        "<!-- bland-deploy {nonsense} -->",
        '<!-- bland-deploy {"v":1,"kind":"plan"} -->',
        '<!-- bland-deploy {"v":1,"subject":[]} -->',
        f"\n{PLAN.render()}",
        f"> {PLAN.render()}",
    ],
)
def test_what_is_no_header_of_ours_is_none(body):
    assert Header.parse(body) is None


def test_a_header_survives_whatever_names_it_holds():
    header = replace(PLAN, subject=Subject("a--><b>/ü", "x-->\n<!--", ("one", "two"), "r--1"), truncated=True)
    line = header.render()
    assert line.count("--") == 2
    assert "\n" not in line
    assert Header.parse(f"{line}\r\ntext") == header


def test_a_merged_request_is_found_by_its_commit(forge):
    client, books, pull = forge
    pull.merge = MERGE
    books.pull(8, head=MERGE, branch="other", merge="c" * 40)
    books.pull(9, head=MERGE, merge="c" * 40)
    assert client.merged_pull(MERGE, "main") == 7
    assert client.merged_pull("e" * 40, "main") is None
