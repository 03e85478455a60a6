import os
import socket
import ssl
import threading

import httpx
import pytest

from bland_deploy.client.connection import Clock, Credentials, Manners, Timeouts, open_client
from bland_deploy.client.exchange import Answer
from bland_deploy.client.send import NotSent, Unknown, send_create
from bland_deploy.errors import StateProblem
from tests.client.servers import (
    closes,
    closes_in_the_request,
    compresses_badly,
    cuts_the_body,
    cuts_the_head,
    drained,
    never_ends,
    reads_nothing,
    resets,
    speaks_first,
    speaks_no_http,
    stalls,
    stalls_in_the_body,
)
from tests.client.wire import ANSWER, answer, says, serving

BODY = b'{"call_objects":[]}'
PATH = "/v2/batches/create"
KEY = "sk-canary-key-0123456789"
CARRIER = "carrier-canary-0123456789"
SHORT = Manners(timeouts=Timeouts(connect=5, write=5, answer=5, create=5))
HASTY = Manners(timeouts=Timeouts(connect=0.2, write=0.2, answer=0.2, create=0.2))


def nothing():
    pass


def send(url, body=BODY, before=nothing, manners=SHORT, transport=None):
    with open_client(url, Credentials(KEY, CARRIER), transport, manners) as client:
        outcome = send_create(client, PATH, body, before)
    assert KEY not in repr(outcome)
    assert CARRIER not in repr(outcome)
    assert KEY not in repr(client)
    return outcome


@pytest.mark.parametrize("length", [1, 2, 65536, 65537, 65538, 1_000_000])
def test_the_body_arrives_to_the_byte(length):
    body = os.urandom(length)
    with serving(says(answer())) as server:
        outcome = send(server.url, body)
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.body) == (200, ANSWER)
    assert server.peers[0].body == body


def test_the_request_is_framed_by_its_length_and_carries_the_credentials():
    with serving(says(answer())) as server:
        send(server.url)
    peer = server.peers[0]
    assert peer.head.startswith("POST /v2/batches/create HTTP/1.1\r\n")
    headers = peer.headers()
    assert headers.pop("user-agent").startswith("bland-deploy/")
    assert headers == {
        "host": server.host,
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": KEY,
        "encrypted_key": CARRIER,
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "connection": "close",
    }


def test_each_create_has_a_connection_of_its_own():
    with serving(says(answer())) as server, open_client(server.url, Credentials(KEY), None, SHORT) as client:
        for _ in range(3):
            send_create(client, PATH, BODY, nothing)
        assert (len(server.requests), len(server.threads)) == (3, 3)
        assert "encrypted_key" not in server.peers[0].headers()


def test_before_the_last_byte_everything_else_has_arrived_and_nothing_more():
    arrived, go_on = threading.Event(), threading.Event()
    seen = []

    def handle(server, peer):
        peer.read_request(missing=1)
        arrived.set()
        go_on.wait(10)
        seen.append(peer.body)
        peer.connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.connection.recv(1)
        peer.connection.setblocking(True)
        checked.set()
        peer.read_request()
        seen.append(peer.body)
        peer.connection.sendall(answer())

    checked = threading.Event()

    def before():
        assert arrived.wait(10)
        go_on.set()
        assert checked.wait(10)

    with serving(handle) as server:
        assert send(server.url, before=before).status == 200
    assert seen == [BODY[:-1], BODY]


def test_an_objection_before_the_last_byte_drops_the_connection():
    objection = StateProblem("the claim is void")

    def before():
        raise objection

    with serving(drained) as server:
        outcome = send(server.url, before=before)
    assert outcome == NotSent("the claim is void", retryable=False, cause=objection)
    assert server.peers[0].body == BODY[:-1]


def test_an_interrupt_before_the_last_byte_goes_through_and_drops_the_connection():
    def before():
        raise KeyboardInterrupt

    with serving(drained) as server, pytest.raises(KeyboardInterrupt):
        send(server.url, before=before)
    assert server.peers[0].body == BODY[:-1]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", b"<html>a login page</html>"),
        ("200 OK", b""),
        ("201 Created", ANSWER),
        ("302 Found", b""),
        ("400 Bad Request", b'{"data":null,"errors":[]}'),
        ("429 Too Many Requests", b"{}"),
        ("500 Internal Server Error", b"oops"),
        ("504 Gateway Timeout", b""),
    ],
)
def test_any_whole_answer_is_handed_on_as_it_came(status, body):
    with serving(says(answer(body, status, Location="/elsewhere"))) as server:
        outcome = send(server.url)
    assert (outcome.status, outcome.body) == (int(status[:3]), body)
    assert len(server.threads) == 1  # no redirect was followed, nothing was tried again


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        (closes, "ended in the middle of its answer"),
        (resets, "broke before its answer was read"),
        (stalls, "did not answer in time"),
        (cuts_the_head, "ended in the middle of its answer"),
        (cuts_the_body, "ended in the middle of its answer"),
        (stalls_in_the_body, "did not answer in time"),
        (speaks_no_http, "spoke no HTTP"),
        (never_ends, "broke before its answer was read"),
        (compresses_badly, "DecodingError"),
    ],
)
def test_after_the_last_byte_everything_but_a_whole_answer_is_unknown(handle, reason):
    with serving(handle) as server:
        outcome = send(server.url, manners=HASTY if "stalls" in handle.__name__ else SHORT)
    assert isinstance(outcome, Unknown)
    assert reason in outcome.reason
    assert server.peers[0].body == BODY
    assert len(server.threads) == 1


def test_an_answer_that_trickles_past_the_time_is_unknown():
    times = iter([0.0, 1.0, 1000.0])
    manners = Manners(clock=Clock(monotonic=lambda: next(times, 1000.0)))
    with serving(says(answer())) as server:
        outcome = send(server.url, manners=manners)
    assert isinstance(outcome, Answer)
    times = iter([0.0, 1000.0])
    with serving(says(answer())) as server:
        outcome = send(server.url, manners=manners)
    assert outcome == Unknown(f"{server.host} did not answer in time")


BIG = bytes(16 << 20)


@pytest.mark.parametrize("handle", [closes_in_the_request, reads_nothing])
def test_a_request_that_could_not_be_written_whole_was_not_sent(handle):
    with serving(handle) as server:
        outcome = send(server.url, BIG, before=pytest.fail, manners=HASTY)
    assert isinstance(outcome, NotSent)
    assert outcome.retryable
    assert server.host in outcome.reason


def test_a_port_that_nobody_listens_on_was_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    outcome = send(f"http://{host}")
    assert outcome == NotSent(f"{host} refuses connections", retryable=True)


def test_a_name_that_does_not_resolve_was_not_sent():
    assert send("https://api.invalid") == NotSent("api.invalid cannot be found (DNS)", retryable=True)


def test_a_server_without_tls_was_not_sent():
    with serving(speaks_first) as server:
        outcome = send(server.url.replace("http", "https"))
    assert outcome == NotSent(f"{server.host} cannot be reached", retryable=True)


class Transport(httpx.BaseTransport):
    """A network that fails in a given way, before or after it has read the request."""

    def __init__(self, *, reads, then):
        self.reads = reads
        self.then = then

    def handle_request(self, request):
        if self.reads:
            request.read()
        if isinstance(self.then, Exception):
            raise self.then
        return self.then


def untrusted():
    error = httpx.ConnectError("boom")
    cause = ssl.SSLCertVerificationError("boom")
    cause.verify_message = "self-signed certificate"
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason", "retryable"),
    [
        (httpx.ConnectTimeout("x"), "api.example cannot be reached in time", True),
        (httpx.PoolTimeout("x"), "no connection to api.example became free in time", True),
        (httpx.ProxyError("407"), "the proxy on the way to api.example refuses", True),
        (httpx.WriteTimeout("x"), "api.example took the request too slowly", True),
        (untrusted(), "the certificate of api.example cannot be trusted: self-signed certificate", True),
        (
            RuntimeError(f"a bug with {KEY}"),
            "the exchange with api.example failed: RuntimeError: a bug with •••",
            False,
        ),
    ],
)
def test_the_same_error_is_not_sent_before_the_last_byte_and_unknown_after(error, reason, retryable):
    before = send("https://api.example", transport=Transport(reads=False, then=error))
    assert before == NotSent(reason, retryable=retryable)
    after = send("https://api.example", transport=Transport(reads=True, then=error))
    assert after == Unknown(reason)


def test_an_answer_before_the_whole_request_proves_that_nothing_was_sent():
    transport = Transport(reads=False, then=httpx.Response(413, content=b"too large"))
    outcome = send("https://api.example", before=pytest.fail, transport=transport)
    assert isinstance(outcome, NotSent)
    assert outcome.reason == "api.example answered 413 before it had the whole request"
    assert (outcome.retryable, outcome.answer.status, outcome.answer.body) == (False, 413, b"too large")
