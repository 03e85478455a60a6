"""HTTP/1.1 for the sandbox: whole requests in, whole answers out; a request that is cut short is never handled."""

import sys
from _thread import start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from socket import AF_INET6, socket
from socketserver import TCPServer
from threading import Condition
from urllib.parse import parse_qsl, urlsplit

from bland_deploy.sandbox.exchange import Answer, Ask, Handler, Refusal

LARGEST_BODY = 256 * 1024 * 1024
_IDLE = 75.0
_LONGEST_LINE = 256


class BadFraming(Exception):
    """A body whose length cannot be told, or that is too long; the connection ends after the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = Refusal(status, message, "BAD_REQUEST").answer("v2")


class Server(ThreadingHTTPServer):
    """A listening sandbox. `handler` answers whole requests, with `mends` also one that lacks its last byte."""

    request_queue_size = 256
    daemon_threads = True

    def __init__(self, host: str, port: int, handler: Handler, *, mends: bool = False) -> None:
        if ":" in host:
            self.address_family = AF_INET6
        self.handler = handler
        self.mends = mends
        self._busy = 0
        self._changed = Condition()
        super().__init__((host, port), Wire)

    def server_bind(self) -> None:
        # http.server would look up the name of the host here
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        # Thread.start would wait until the thread runs, and keep whoever connects next waiting too
        start_new_thread(self.process_request_thread, (request, client_address))

    def handle_error(self, *_: object) -> None:
        reason = sys.exc_info()[1]
        if not isinstance(reason, OSError):
            sys.stderr.write(f"sandbox: a request failed: {type(reason).__name__}\n")

    @contextmanager
    def working(self) -> Iterator[None]:
        """Marks a request from its last byte to the last byte of its answer."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._busy += change
            self._changed.notify_all()

    def finish(self, patience: float) -> None:
        """Wait until the requests in hand are answered, at most `patience` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0, patience)


class Wire(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "bland-sandbox"
    sys_version = ""
    timeout = _IDLE
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing: the books tell what happened."""

    def handle_expect_100(self) -> bool:
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except BadFraming as reason:
            self.close_connection = True
            self._send(reason.answer)
            return
        except (OSError, EOFError):
            self.close_connection = True
            return
        with self.server.working():
            self._send(self.server.handler(self._ask(body)))
            self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the names that http.server calls

    def _ask(self, body: bytes) -> Ask:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.raw_items()}
        return Ask(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)

    def _read_body(self) -> bytes:
        coding, length = self.headers.get("transfer-encoding"), self.headers.get_all("content-length", [])
        if coding is not None:
            if coding.strip().lower() != "chunked" or length:
                raise BadFraming(400, "Unsupported transfer encoding.")
            return b"".join(self._chunks())
        if not length:
            return b""
        if len(set(length)) > 1 or not (length[0].isascii() and length[0].isdigit()):
            raise BadFraming(400, "Bad Content-Length.")
        return self._exactly(_bounded(int(length[0])))

    def _exactly(self, size: int) -> bytes:
        body = self.rfile.read(size)
        if len(body) < size and not (self.server.mends and body):
            raise EOFError
        return body if len(body) == size else body + b"}"

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            size = self._chunk_size()
            if size == 0:
                break
            total = _bounded(total + size)
            yield self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise BadFraming(400, "Bad chunk.")
        while self._line() not in {b"\r\n", b"\n"}:
            pass

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        try:
            return int(digits, 16) if digits.isalnum() else _bad_chunk()
        except ValueError:
            return _bad_chunk()

    def _line(self) -> bytes:
        line = self.rfile.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise EOFError
        return line

    def _send(self, answer: Answer) -> None:
        if answer.cut is not None:
            self._send_cut(answer._replace(cut=None), answer.cut)
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def _send_cut(self, answer: Answer, length: int) -> None:
        whole, wire = BytesIO(), self.wfile
        self.wfile, self.close_connection = whole, True
        self._send(answer)
        self.wfile = wire
        wire.write(whole.getvalue()[:length])


def _bounded(size: int) -> int:
    if size > LARGEST_BODY:
        raise BadFraming(413, "The body is too large.")
    return size


def _bad_chunk() -> int:
    raise BadFraming(400, "Bad chunk size.")
