"""The sandbox over HTTP: framing, concurrency, ending; books that outlive a kill."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import httpx
import pytest

from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.sandbox.wire import Server

BODY = b'{"global":{"task":"Hi"},"call_objects":[{"phone_number":"+14155550101"}]}'
KEY = {"authorization": "sk-test"}
HEAD = b"POST /v2/batches/create HTTP/1.1\r\nHost: sandbox\r\nAuthorization: sk-test\r\n"


def talk(address, *pieces, until_closed=False):
    """Send bytes and read what comes until the peer closes or, by default, an answer is there."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        for piece in pieces:
            wire.sendall(piece)
        if until_closed:
            wire.shutdown(socket.SHUT_WR)
        told = b""
        while piece := wire.recv(65536):
            told += piece
            if not until_closed and b"\r\n\r\n" in told and told.rstrip().endswith(b"}"):
                break
        return told


def test_creates_and_reads_work_over_one_connection(address, books):
    with httpx.Client(base_url=address, headers=KEY) as client:
        batch_id = client.post("/v2/batches/create", content=BODY).json()["data"]["batch_id"]
        answer = client.get("/v1/calls", params={"batch_id": batch_id})
        assert answer.json()["count"] == 1
        assert answer.headers["content-type"].startswith("application/json")
        assert client.get("/v1/me", headers={"authorization": "nobody"}).status_code == 401
    assert len(rings(books)) == 1


@pytest.mark.parametrize("cut", [1, 20, len(BODY)])
def test_a_create_without_its_last_bytes_is_never_handled(address, books, cut):
    head = HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    assert talk(address, head + BODY[:-cut], until_closed=True) == b""
    assert rings(books) == []


def test_a_chunked_body_is_read(address, books):
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    first, rest = BODY[:10], BODY[10:]
    chunks = b"".join(b"%x;ext\r\n%s\r\n" % (len(piece), piece) for piece in (first, rest))
    assert talk(address, head, chunks, b"0\r\nTrailer: x\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert len(rings(books)) == 1


@pytest.mark.parametrize("chunks", [b"a\r\n0123", b"a\r\n0123456789\r\n", b"a"])
def test_a_chunked_body_that_breaks_off_is_never_handled(address, books, chunks):
    assert talk(address, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, until_closed=True) == b""
    assert rings(books) == []


@pytest.mark.parametrize(
    ("framing", "status"),
    [
        (b"Content-Length: x\r\n\r\n", b"400"),
        (b"Content-Length: -1\r\n\r\n", b"400"),
        (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"Content-Length: 999999999999\r\n\r\n", b"413"),
        (b"Transfer-Encoding: gzip\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n+1\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", b"413"),
    ],
)
def test_a_body_whose_length_cannot_be_told_is_refused(address, framing, status):
    told = talk(address, HEAD + framing, until_closed=True)
    assert told.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in told


def test_a_client_that_waits_for_100_is_told_to_go_on(address):
    head = HEAD + f"Expect: 100-continue\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(head)
        assert wire.recv(100).startswith(b"HTTP/1.1 100")
        wire.sendall(BODY)
        assert wire.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_request_line_that_is_no_http_is_refused(address):
    assert b"400" in talk(address, b"nonsense\r\n\r\n", until_closed=True)


def test_many_clients_are_served_at_once(address, books):
    with httpx.Client(base_url=address, headers=KEY) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/v2/batches/create", content=BODY).status_code, range(80)))
    assert answers == [200] * 80
    assert len(rings(books)) == 80


def test_a_handler_that_fails_closes_the_connection_without_a_traceback(capfd):
    server = Server("127.0.0.1", 0, lambda _: 1 / 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{server.server_port}/v1/me")
    server.shutdown()
    thread.join()
    server.server_close()
    assert capfd.readouterr().err == "sandbox: a request failed: ZeroDivisionError\n"


def test_an_address_in_use_is_a_clear_failure(address):
    port = int(address.rpartition(":")[2])
    with pytest.raises(InvalidInput) as failure, serving(Options(port=port)):
        pass
    assert failure.value.exit_code == ExitCode.INVALID
    assert "--port" in failure.value.help
    with pytest.raises(InvalidInput), serving(Options(port=70_000)):
        pass


@pytest.mark.parametrize(
    "options", [Options(webhooks="example.com"), Options(speed=0), Options(speed=-1), Options(speed=float("nan"))]
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(InvalidInput), serving(options):
        pass


def test_ipv6_loopback_is_served_where_there_is_one():
    try:
        with serving(Options(host="::1", port=0)) as address:
            assert httpx.get(f"{address}/v1/me", headers=KEY).status_code == 200
    except InvalidInput:
        pytest.skip("no IPv6 on this machine")


SERVE = """
import sys
from pathlib import Path
from bland_deploy.sandbox.server import Options, serve
serve(Options(port=0, db=Path(sys.argv[1])), lambda address: print(address, flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def start(books):
    """Starts a serving process on the books; it is killed at the end if it still runs."""
    running = []

    def start_one():
        process = subprocess.Popen([sys.executable, "-c", SERVE, books], stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process, process.stdout.readline().strip()

    yield start_one
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def test_books_survive_a_kill_between_requests(start, books):
    accepted = []
    for number in range(3):
        process, address = start()
        with httpx.Client(base_url=address, headers=KEY) as client:
            body = json.loads(BODY) | {"description": f"batch {number}"}
            accepted.append(client.post("/v2/batches/create", json=body).json()["data"]["batch_id"])
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    _, address = start()
    listed = httpx.get(f"{address}/v2/batches/list", headers=KEY).json()["data"]
    assert [batch["id"] for batch in reversed(listed)] == accepted
    assert [ring.batch_id for ring in rings(books)] == accepted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(start, number):
    process, address = start()
    assert httpx.get(f"{address}/v1/me", headers=KEY).status_code == 200
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stdout.read() == "ended\n"
