import socket
from datetime import UTC, datetime

import httpx
import pytest

from bland_deploy.client.connection import Clock, Credentials, Manners, Patience, open_client
from bland_deploy.client.read import get_json, post_action
from bland_deploy.errors import AuthenticationFailed, ExitCode, Unavailable
from tests.client.wire import answer, serving

KEY = "sk-canary-key-0123456789"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


class Time:
    """A clock that only moves when somebody sleeps, and takes note of that."""

    def __init__(self):
        self.seconds = 0.0
        self.pauses = []

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.seconds += seconds

    def clock(self, chance=1.0):
        return Clock(monotonic=lambda: self.seconds, now=lambda: NOW, sleep=self.sleep, random=lambda: chance)


@pytest.fixture
def time():
    return Time()


def ok(body=b'{"data":[]}'):
    return httpx.Response(200, content=body)


def asked(time, *answers, ask=get_json, chance=1.0, patience=Patience()):  # noqa: B008 - a frozen value
    """What comes of asking a provider that gives these answers in turn, the last one for ever."""
    left = list(answers)
    requests = []

    def network(request):
        requests.append((request.method, request.url.path, request.content))
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    manners = Manners(clock=time.clock(chance), patience=patience)
    with open_client("https://api.example", Credentials(KEY), httpx.MockTransport(network), manners) as client:
        return outcome_of(lambda: ask(client, "/v2/batches/list")), requests


def outcome_of(question):
    """The answer to a question, or the failure, which never shows the key."""
    try:
        return question()
    except (Unavailable, AuthenticationFailed) as failure:
        outcome = failure
    assert KEY not in f"{outcome} {outcome.help}"
    return outcome


def test_an_answer_comes_back_as_it_is(time):
    result, requests = asked(time, httpx.Response(200, headers={"Date": "x"}, content=b"[1]"))
    assert (result.status, result.headers["date"], result.body) == (200, "x", b"[1]")
    assert requests == [("GET", "/v2/batches/list", b"")]
    assert time.pauses == []


def test_an_action_is_posted_and_tried_again(time):
    result, requests = asked(time, httpx.Response(500), ok(), ask=post_action)
    assert result.status == 200
    assert requests == [("POST", "/v2/batches/list", b"")] * 2


@pytest.mark.parametrize("status", [400, 402, 404, 409, 418])
def test_a_refusal_of_the_question_is_an_answer(time, status):
    result, requests = asked(time, httpx.Response(status, content=b'{"errors":[]}'))
    assert (result.status, len(requests)) == (status, 1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_the_key_is_not_tried_again(time, status):
    failure, requests = asked(time, httpx.Response(status, content=b"{}"))
    assert (failure.exit_code, len(requests)) == (ExitCode.AUTHENTICATION, 1)
    assert str(failure) == f"api.example refuses the API key (HTTP {status})"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(408),
        httpx.Response(425),
        httpx.Response(429),
        httpx.Response(500, content=b"{}"),
        httpx.Response(502, content=b"<html>"),
        httpx.Response(503),
        ok(b"<html>maintenance</html>"),
        ok(b""),
        ok(b"{"),
        httpx.ReadTimeout("x"),
        httpx.ConnectError("x"),
        httpx.RemoteProtocolError("x"),
    ],
)
def test_passing_trouble_is_tried_again_up_to_five_times(time, trouble):
    result, requests = asked(time, trouble, trouble, ok())
    assert (result.status, len(requests)) == (200, 3)
    failure, requests = asked(time, trouble)
    assert (failure.exit_code, len(requests)) == (ExitCode.UNAVAILABLE, 5)
    assert str(failure).startswith(("api.example ", "the connection to api.example "))
    assert str(failure).endswith("(tried 5 times)")


def test_pauses_double_and_are_spread_by_chance(time):
    asked(time, httpx.Response(500), chance=1.0)
    assert time.pauses == [0.5, 1.0, 2.0, 4.0]
    time.pauses.clear()
    asked(time, httpx.Response(500), chance=0.0, patience=Patience(longest_pause=1.0))
    assert time.pauses == [0.25, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("7", 7.0),
        ("Mon, 02 Mar 2026 15:00:09 GMT", 9.0),
        ("Mon, 02 Mar 2026 14:00:00 GMT", 0.5),
        ("0", 0.5),
        ("soon", 0.5),
        ("-5", 0.5),
        ("", 0.5),
    ],
)
def test_the_provider_says_how_long_to_wait(time, header, pause):
    limited = httpx.Response(429, headers={"Retry-After": header})
    result, _ = asked(time, limited, ok())
    assert result.status == 200
    assert time.pauses == [pause]


def test_who_would_wait_too_long_gives_up_at_once(time):
    failure, requests = asked(time, httpx.Response(429, headers={"Retry-After": "3600"}))
    assert str(failure) == "api.example answers HTTP 429; it asks to wait 3600 s"
    assert (len(requests), time.pauses) == (1, [])


def test_the_budget_ends_the_tries(time):
    failure, requests = asked(time, httpx.Response(503, headers={"Retry-After": "25"}))
    assert (len(requests), time.pauses) == (3, [25.0, 25.0])
    assert str(failure) == "api.example answers HTTP 503; it asks to wait 25 s (tried 3 times)"


def test_a_redirect_is_a_wrong_address(time):
    failure, requests = asked(time, httpx.Response(301, headers={"Location": "https://other.example/"}))
    assert str(failure) == "api.example answers with a redirect (HTTP 301)"
    assert (failure.help, len(requests)) == ("check base_url", 1)


def test_a_refusal_that_is_no_json_is_a_wrong_address(time):
    failure, requests = asked(time, httpx.Response(404, content=b"<html>nginx"))
    assert str(failure) == "api.example answers HTTP 404 with something other than JSON"
    assert (failure.exit_code, failure.help, len(requests)) == (5, "check base_url", 1)


def test_an_action_that_failed_says_that_it_may_be_repeated(time):
    failure, _ = asked(time, httpx.Response(500), ask=post_action)
    assert failure.outcome == "whether it was done is unknown; it is safe to repeat"
    failure, _ = asked(time, httpx.Response(500))
    assert failure.outcome == "nothing was sent"


def test_a_provider_that_is_not_there_is_named(time):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    with (
        open_client(f"http://{host}", Credentials(KEY), None, Manners(clock=time.clock())) as client,
        pytest.raises(Unavailable, match=f"{host} refuses connections .tried 5 times."),
    ):
        get_json(client, "/v1/me")


def test_a_connection_that_breaks_once_is_made_anew(time):
    def handle(server, peer):
        peer.read_request()
        if len(server.peers) > 1:
            peer.connection.sendall(answer())

    with serving(handle) as server:
        with open_client(server.url, Credentials(KEY), None, Manners(clock=time.clock())) as client:
            assert get_json(client, "/v1/me").status == 200
        assert len(server.peers) == 2
