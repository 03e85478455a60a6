from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bland_deploy.client.connection import Credentials, is_loopback, open_client
from bland_deploy.client.exchange import Answer
from bland_deploy.client.read import get_json
from bland_deploy.client.send import NotSent, send_create
from bland_deploy.errors import AuthenticationFailed, InvalidInput
from tests.client.wire import answer, says, serving

KEY = "sk-canary-key-0123456789"


@pytest.mark.parametrize("key", ["sk-with\nnewline", "sk with blank", " sk-x", "sk-ключ", "sk-\x00"])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key):
    for credentials in (Credentials(key), Credentials("sk-good", key)):
        with pytest.raises(AuthenticationFailed) as caught:
            open_client("https://api.example", credentials)
        assert key not in str(caught.value)
        assert caught.value.exit_code == 4


def test_an_address_with_a_password_is_refused_without_being_shown():
    with pytest.raises(InvalidInput) as caught:
        open_client("https://me:hunter2@api.example", Credentials(KEY))
    assert "hunter2" not in str(caught.value)


def test_credentials_are_never_shown():
    credentials = Credentials(KEY, "carrier-canary")
    with open_client("https://api.example", credentials) as client:
        for text in (repr(credentials), repr(client), str(client)):
            assert KEY not in text
            assert "carrier-canary" not in text
        assert client.redact(f"{KEY} and carrier-canary") == "••• and •••"


def test_cookies_are_not_kept():
    with serving(says(answer(Set_Cookie="session=1; Path=/"))) as server:
        with open_client(server.url, Credentials(KEY)) as client:
            get_json(client, "/v1/me")
            get_json(client, "/v1/me")
        assert [("cookie" in peer.headers()) for peer in server.requests] == [False, False]


def test_questions_share_a_connection():
    with serving(says(answer())) as server, open_client(server.url, Credentials(KEY)) as client:
        get_json(client, "/v1/me")
        get_json(client, "/v1/me")
        assert len(server.threads) == 1


def test_loopback_bypasses_proxies(monkeypatch):
    with serving(says(answer())) as server:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with open_client(server.url, Credentials(KEY)) as client:
            assert get_json(client, "/v1/me").status == 200


def test_other_hosts_are_reached_through_the_proxy(monkeypatch):
    with serving(says(answer())) as server:
        monkeypatch.setenv("http_proxy", server.url)
        with open_client("http://api.example", Credentials(KEY)) as client:
            get_json(client, "/v1/me")
            created = send_create(client, "/v2/batches/create", b"{}", lambda: None)
        asked, sent = (peer.head.partition(" HTTP/1.1")[0] for peer in server.requests)
        assert (asked, sent) == ("GET http://api.example/v1/me", "POST http://api.example/v2/batches/create")
        assert isinstance(created, Answer)


@pytest.mark.parametrize("exempt", ["127.0.0.1.example", ".example", "*"])
def test_hosts_that_the_environment_exempts_are_reached_without_the_proxy(monkeypatch, exempt):
    with serving(says(answer())) as server:
        monkeypatch.setenv("all_proxy", server.url)
        monkeypatch.setenv("no_proxy", exempt)
        with open_client("http://127.0.0.1.example", Credentials(KEY)) as client:
            outcome = send_create(client, "/v2/batches/create", b"{}", lambda: None)
        assert outcome == NotSent("127.0.0.1.example cannot be found (DNS)", retryable=True)
        assert server.requests == []


def test_a_path_after_the_host_is_kept():
    asked = []

    def network(request):
        asked.append(str(request.url))
        return httpx.Response(200, content=b"{}")

    with open_client("https://api.example/bland/", Credentials(KEY), httpx.MockTransport(network)) as client:
        get_json(client, "/v2/batches/list?take=50&skip=0")
    assert asked == ["https://api.example/bland/v2/batches/list?take=50&skip=0"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("127.0.0.1.example", False),
        ("api.bland.ai", False),
    ],
)
def test_which_hosts_are_this_machine(host, expected):
    assert is_loopback(host) is expected


def test_the_skew_of_the_providers_clock_is_told_by_its_date():
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    ahead = Answer(200, {"date": "Mon, 02 Mar 2026 15:01:30 GMT"}, b"")
    assert ahead.clock_skew(now) == timedelta(seconds=90)
    assert Answer(200, {"date": "Mon, 02 Mar 2026 14:59:00 -0000"}, b"").clock_skew(now) == timedelta(minutes=-1)
    assert Answer(200, {}, b"").clock_skew(now) is None
    assert Answer(200, {"date": "soon"}, b"").clock_skew(now) is None
