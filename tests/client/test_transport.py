"""Connections of our own against those of httpx, which is slower and knows the world."""

import errno
import threading

import httpx
import pytest

from bland_deploy.client.connection import Credentials, Manners, Timeouts, open_client
from bland_deploy.client.exchange import Answer
from bland_deploy.client.send import NotSent, Unknown, send_create
from tests.client import servers
from tests.client.certificate import serve_with, write_certificate
from tests.client.wire import ANSWER, answer, says, serving

BODY = b'{"call_objects":[]}'
BIG = bytes(16 << 20)
SHORT = Manners(timeouts=Timeouts(connect=5, write=5, answer=5, create=5))
HASTY = Manners(timeouts=Timeouts(connect=0.2, write=0.2, answer=0.2, create=0.2))


def nothing():
    pass


def send(url, body=BODY, before=nothing, manners=SHORT, transport=None):
    with open_client(url, Credentials("sk-key", "carrier"), transport, manners) as client:
        return send_create(client, "/v2/batches/create", body, before)


def httpx_of_its_own(tls):
    return httpx.HTTPTransport(verify=tls is not None, limits=httpx.Limits(max_keepalive_connections=0))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    write_certificate(path, "localhost")
    return path


@pytest.fixture(params=["http", "https"])
def tls(request, certificate, monkeypatch):
    """How a server is spoken to: plainly, or with a certificate that is trusted."""
    if request.param == "http":
        return None
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return serve_with(certificate)


def ends(handle, tls=None, **how):
    """What becomes of a create by our connections and by those of httpx, and the requests that the server got."""
    for transport in (None, httpx_of_its_own(tls)):
        with serving(handle, tls) as server:
            outcome = send(server.url, transport=transport, **how)
        heads = [peer.head.replace(server.host, "host") for peer in server.peers]
        words = repr(outcome).replace(server.host, "host")
        yield type(outcome), words, heads, [peer.body for peer in server.peers]


@pytest.mark.parametrize(
    ("handle", "kind"),
    [
        (says(answer()), Answer),
        (says(answer(Content_Type="application/json", Date="Mon, 02 Mar 2026 15:00:00 GMT")), Answer),
        (servers.hints_first, Answer),
        (servers.speaks_in_chunks, Answer),
        (servers.ends_with_the_connection, Answer),
        (servers.closes, Unknown),
        (servers.resets, Unknown),
        (servers.stalls, Unknown),
        (servers.cuts_the_head, Unknown),
        (servers.cuts_the_body, Unknown),
        (servers.stalls_in_the_body, Unknown),
        (servers.speaks_no_http, Unknown),
        (servers.switches_protocols, Unknown),
        (servers.never_ends, Unknown),
        (servers.never_ends_the_head, Unknown),
        (servers.compresses_badly, Unknown),
    ],
)
def test_what_becomes_of_a_create_is_what_becomes_of_it_with_httpx(handle, kind, tls):
    ours, theirs = ends(handle, tls, manners=HASTY if "stalls" in handle.__name__ else SHORT)
    assert ours == theirs
    assert ours[0] is kind


def test_an_answer_that_is_cut_anywhere_is_unknown_in_the_words_of_httpx(tls):
    whole = answer(b"{}")
    for length in range(len(whole)):

        def cuts(_server, peer, said=whole[:length]):
            peer.read_request()
            peer.connection.sendall(said)

        ours, theirs = ends(cuts, tls)
        assert ours == theirs
        assert ours[0] is Unknown


def test_an_answer_that_comes_byte_by_byte_is_an_answer(tls):
    def dribbles(_server, peer):
        peer.read_request()
        for byte in answer():
            peer.connection.sendall(bytes((byte,)))

    ours, theirs = ends(dribbles, tls)
    assert ours == theirs
    assert ours[0] is Answer


@pytest.mark.parametrize("handle", [servers.closes_in_the_request, servers.reads_nothing])
def test_a_request_that_is_not_taken_whole_was_not_sent_in_the_words_of_httpx(handle, tls):
    ours, theirs = ends(handle, tls, body=BIG, before=pytest.fail, manners=HASTY)
    assert ours[:2] == theirs[:2]
    assert ours[0] is NotSent


def test_an_answer_before_the_whole_request_is_read_though_the_connection_broke():
    ours, theirs = ends(servers.refuses_early, body=BIG, before=pytest.fail)
    assert ours[:2] == theirs[:2]
    assert ours[0] is NotSent
    assert "answered 413 before it had the whole request" in ours[1]


def test_who_says_nothing_to_a_greeting_was_not_reached_in_time(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(servers.reads_nothing) as server:
        outcome = send(server.url.replace("http", "https"), manners=HASTY)
    assert outcome == NotSent(f"{server.host} cannot be reached in time", retryable=True)


def test_a_certificate_that_nobody_vouches_for_was_not_sent(certificate):
    with serving(servers.drained, serve_with(certificate)) as server:
        outcome = send(server.url, before=pytest.fail)
    reason = f"the certificate of {server.host} cannot be trusted: self-signed certificate"
    assert outcome == NotSent(reason, retryable=True)
    assert server.peers[0].received == b""


def test_a_certificate_for_another_name_was_not_sent(tmp_path, monkeypatch):
    write_certificate(tmp_path / "other.pem", "api.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with serving(servers.drained, serve_with(tmp_path / "other.pem")) as server:
        outcome = send(server.url, before=pytest.fail)
    assert isinstance(outcome, NotSent)
    assert "Hostname mismatch" in outcome.reason
    assert server.peers[0].received == b""


def test_the_server_is_told_its_name_and_that_we_speak_http_1_1(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    told = []

    def notes(_server, peer):
        told.append(peer.connection.selected_alpn_protocol())
        peer.read_request()
        peer.connection.sendall(answer())

    context = serve_with(certificate)
    context.sni_callback = lambda _connection, name, _context: told.append(name)
    with serving(notes, context) as server:
        assert send(server.url).body == ANSWER
    assert told == ["localhost", "http/1.1"]


@pytest.mark.parametrize("body", [b"{", b"{}", BODY, bytes(200_000)])
def test_before_the_last_byte_the_head_and_all_other_bytes_have_arrived(body, tls):
    arrived = threading.Event()

    def handle(_server, peer):
        if peer.read_request(missing=1):
            arrived.set()
        peer.read_request()
        peer.connection.sendall(answer())

    def before():
        assert arrived.wait(10)

    with serving(handle, tls) as server:
        assert isinstance(send(server.url, body, before), Answer)
    assert server.peers[0].body == body


@pytest.mark.parametrize("objection", [OSError(errno.ENOSPC, "full"), TimeoutError("slow"), httpx.WriteError("broken")])
def test_an_objection_is_no_trouble_of_the_connection_whatever_its_kind(objection, tls):
    def before():
        raise objection

    with serving(servers.drained, tls) as server:
        outcome = send(server.url, before=before)
    assert outcome == NotSent(str(objection), retryable=False, cause=objection)
    assert server.peers[0].body == BODY[:-1]


def test_an_interrupt_closes_the_connection(tls):
    closed = threading.Event()

    def handle(_server, peer):
        if not peer.read_request():
            closed.set()

    def before():
        raise KeyboardInterrupt

    with serving(handle, tls) as server:
        with pytest.raises(KeyboardInterrupt) as interrupt:
            send(server.url, before=before)
        assert closed.wait(10)
    del interrupt  # whose traceback held on to everything so far


def test_no_time_at_all_is_not_for_ever(tls):
    manners = Manners(timeouts=Timeouts(connect=5, write=5, create=1e-9))
    with serving(servers.stalls, tls) as server:
        outcome = send(server.url, manners=manners)
    assert outcome == Unknown(f"{server.host} did not answer in time")
