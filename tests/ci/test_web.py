"""What happens when a forge is slow, limits us, breaks off or answers nonsense."""

from datetime import UTC, datetime

import pytest

from bland_deploy.ci.comments import show_plan
from bland_deploy.ci.forge import Check
from bland_deploy.ci.github import GitHub
from bland_deploy.ci.gitlab import GitLab
from bland_deploy.ci.header import Header, Subject
from bland_deploy.ci.job import read_job
from bland_deploy.ci.web import ForgeRefused, exchange, open_web, pages
from bland_deploy.client.connection import Clock, Manners, Patience
from bland_deploy.errors import AuthenticationFailed, InvalidInput, Unavailable
from tests.ci.forges import TOKEN, github_variables

HEAD = "a" * 40
PLAN = Header("plan", Subject(".", "production"), HEAD, "d" * 64)
NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)


class Waits:
    """A clock that stands still but for the pauses asked of it."""

    def __init__(self):
        self.pauses = []

    def manners(self):
        clock = Clock(monotonic=lambda: sum(self.pauses), now=lambda: NOW, sleep=self.pauses.append, random=lambda: 0.5)
        return Manners(patience=Patience(tries=4, budget=90.0), clock=clock)


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture
def web(github, waits):
    opened = open_web(github.url, {"authorization": f"Bearer {TOKEN}"}, "GITHUB_TOKEN", waits.manners())
    with opened.http:
        yield opened


@pytest.fixture
def client(github, web):
    github.pull(7, head=HEAD)
    return GitHub(web, f"{github.url}/graphql", "acme/calls", "eu/")


LIMITED = [
    (429, {"retry-after": "7"}, {}),
    (403, {"retry-after": "7"}, {}),
    (403, {"retry-after": "Sun, 15 Mar 2026 09:00:07 GMT"}, {}),
    (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 7)}, {}),
    (429, {"ratelimit-remaining": "0", "ratelimit-reset": str(int(NOW.timestamp()) + 7)}, {}),
]


@pytest.mark.parametrize("answer", LIMITED, ids=str)
def test_who_limits_us_is_asked_again_as_late_as_it_says(github, client, waits, answer):
    github.answers.append(answer)
    assert show_plan(client, 7, PLAN, "text") == "added"
    assert waits.pauses == [7.0]


def test_a_limit_that_lasts_too_long_ends_with_a_sentence(github, client):
    github.answers.append((403, {"retry-after": "3600"}, {"message": "You have exceeded a secondary rate limit"}))
    with pytest.raises(Unavailable, match="limits how often it may be asked; it asks to wait 3600 s"):
        client.thread(7)


@pytest.mark.parametrize("answer", [(502, {}, b"<html>"), (500, {}, {}), (200, {}, b"nonsense")], ids=str)
def test_questions_are_asked_again_and_then_given_up(github, client, waits, answer):
    github.answers += [answer] * 3
    assert client.thread(7).head == HEAD
    assert waits.pauses == [0.5, 1.0, 2.0]
    github.answers += [answer] * 4
    with pytest.raises(Unavailable):
        client.thread(7)


def test_a_comment_whose_fate_is_unknown_is_not_written_twice(github, client, waits):
    thread = client.thread(7)
    github.answers.append((502, {}, {}))
    with pytest.raises(Unavailable):
        client.add(thread, "text")
    assert waits.pauses == []
    assert len(github.asked) == 2


def test_a_comment_that_was_limited_is_written_later(github, client, waits):
    thread = client.thread(7)
    github.answers.append((403, {"retry-after": "1"}, {}))
    client.add(thread, "text")
    assert [note.body for note in github.pulls[7].notes] == ["text"]


def test_what_cannot_be_reached_is_said(waits):
    web = open_web("http://127.0.0.1:9", {}, "GITHUB_TOKEN", waits.manners())
    with web.http, pytest.raises(Unavailable, match="cannot be reached"):
        exchange(web, "GET", "/user")


def test_a_connection_that_breaks_is_said(github, waits):
    web = open_web(f"{github.url}", {}, "GITHUB_TOKEN", waits.manners())
    github.answers += [(200, {"content-encoding": "gzip"}, b"no gzip")] * 4
    with web.http, pytest.raises(Unavailable, match="failed \\(DecodingError\\)"):
        exchange(web, "GET", "/user")


def test_a_token_does_not_travel_unprotected():
    with pytest.raises(InvalidInput, match="https"):
        open_web("http://github.example", {"authorization": "x"}, "GITHUB_TOKEN")


def test_certificates_are_loaded_for_https():
    with open_web("https://github.example", {}, "GITHUB_TOKEN").http as http:
        assert http.base_url.host == "github.example"


def test_the_next_page_is_followed_only_on_the_same_host(github, web):
    github.answers.append((200, {"link": '<http://127.0.0.1:9/next>; rel="next"'}, [1]))
    with pytest.raises(ForgeRefused, match="another host"):
        list(pages(web, "/anything"))


def test_redirects_are_not_followed(github, web):
    github.answers.append((302, {"location": "http://127.0.0.1:9/elsewhere"}, {}))
    with pytest.raises(ForgeRefused, match="HTTP 302"):
        exchange(web, "GET", "/anything")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"message": "Gone wrong"}, "Gone wrong"),
        ({"message": {"note": ["too long"]}}, "too long"),
        (b"<html>", "without"),
    ],
)
def test_a_refusal_is_quoted_in_short(github, web, said, words):
    github.answers.append((422, {}, said))
    with pytest.raises(ForgeRefused, match=words):
        exchange(web, "POST", "/anything", {})


@pytest.mark.parametrize(
    ("kind", "error"),
    [("RATE_LIMITED", Unavailable), ("FORBIDDEN", AuthenticationFailed), ("NOT_FOUND", AuthenticationFailed),
     ("UNPROCESSABLE", ForgeRefused), (None, ForgeRefused)],
)  # fmt: skip
def test_errors_of_graphql_come_with_status_200(github, client, kind, error):
    github.answers.append((200, {}, {"data": None, "errors": [{"type": kind, "message": "No"}]}))
    with pytest.raises(error):
        client.thread(7)


def test_our_queries_are_of_the_published_schema(github, client):
    with pytest.raises(ForgeRefused, match="Cannot query field"):
        client._ask("query { viewer { nonsense } }", {})


def test_a_comment_that_is_too_long_all_the_same_is_refused_in_words(github, client):
    with pytest.raises(ForgeRefused, match="Body is too long"):
        client.add(client.thread(7), "x" * 65_537)


def test_paths_of_a_check_begin_at_the_repository(github, client):
    from bland_deploy.diagnostics import Place, note

    found = [note("a", "b", Place("campaigns/x.yaml", 3, 1), "do"), note("c", "nowhere")]
    client.tell(HEAD, Check("lint", "production", "neutral", "title", "text", found))
    (annotation,) = github.checks[0]["output"]["annotations"]
    assert annotation == {
        "path": "eu/campaigns/x.yaml", "start_line": 3, "end_line": 3, "annotation_level": "notice", "title": "a",
        "message": "b\ndo",
    }  # fmt: skip


@pytest.fixture
def project(gitlab, waits):
    web = open_web(f"{gitlab.url}/api/v4", {"private-token": TOKEN}, "GITLAB_TOKEN", waits.manners())
    with web.http:
        yield GitLab(web, "42", "https://gitlab.example/jobs/1")


def test_a_status_is_cut_to_what_gitlab_shows_and_may_be_told_again(gitlab, project):
    check = Check("plan", "production", "failure", "x" * 200, "")
    project.tell(HEAD, check)
    project.tell(HEAD, check)
    (status,) = gitlab.checks
    assert (status["state"], len(status["description"])) == ("failed", 140)


def test_another_refusal_of_a_status_is_told(gitlab, project):
    gitlab.answers.append((400, {}, {"message": "no such commit"}))
    with pytest.raises(ForgeRefused, match="no such commit"):
        project.tell(HEAD, Check("plan", "production", "success", "title", ""))


def test_notes_of_the_system_are_no_comments(gitlab, project):
    pull = gitlab.pull(7, head=HEAD)
    gitlab.write(pull, f"{PLAN.render()}\ntext", system=True)
    assert project.thread(7).comments == []


def test_an_event_that_cannot_be_read_is_said(github, tmp_path):
    with pytest.raises(InvalidInput, match="GITHUB_EVENT_PATH"):
        read_job(github_variables(github, GITHUB_SHA=HEAD, GITHUB_EVENT_PATH=str(tmp_path / "none")))
    (tmp_path / "list.json").write_text("[]")
    assert (
        read_job(github_variables(github, GITHUB_SHA=HEAD, GITHUB_EVENT_PATH=str(tmp_path / "list.json"))).pull is None
    )


def test_what_a_job_lacks_is_named(github):
    with pytest.raises(InvalidInput, match="GITHUB_SHA is not set"):
        read_job(github_variables(github))
