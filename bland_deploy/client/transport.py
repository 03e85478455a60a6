"""HTTP/1.1 on a connection of its own for each request: opened, used for one exchange, closed.

Threads share nothing, so none waits for another here. Errors are httpx's, by what was being done: to connect, to
write, to read.
"""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import closing

import h11
import httpx

from bland_deploy.client.exchange import Answer, Post, Whole

_PORTS = {"http": 80, "https": 443}
_READ_AT_ONCE = 64 * 1024
_LONGEST_HEAD = 100 * 1024


class FreshConnections:
    """A connection for each exchange, over TLS for https, which needs a `context`.

    The head goes out together with the first piece of the body. A server may break off its reading, if it answers all
    the same: then that is the answer.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        context.set_alpn_protocols(["http/1.1"])

    def post(self, post: Post, whole: Whole) -> Answer:
        """As `Exchange` says."""
        with closing(self._connected(post)) as line:
            talk = h11.Connection(h11.CLIENT, _LONGEST_HEAD)
            for data in _outgoing(talk, post):
                if not _written(line, data):
                    break
            _be_patient(line, post.timeout.read, socket.SO_RCVTIMEO)
            head = _next_event(talk, line)
            while isinstance(head, h11.InformationalResponse):
                head = _next_event(talk, line)
            assert isinstance(head, h11.Response)
            headers = _headers(head)
            body = _body(talk, line)
            if "content-encoding" in headers:  # which nobody asked for
                body = httpx.Response(head.status_code, headers=headers, content=body).iter_bytes()
            return Answer(head.status_code, headers, whole(body))

    def close(self) -> None:
        """As `Exchange` says."""

    def _connected(self, post: Post) -> socket.socket:
        try:
            return self._opened(post)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error

    def _opened(self, post: Post) -> socket.socket:
        """A connection that is ready to be written to."""
        host = post.url.raw_host.decode("ascii")
        line = socket.create_connection((host, post.url.port or _PORTS[post.url.scheme]), post.timeout.connect)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if post.url.scheme == "https":
                line = self._context.wrap_socket(line, server_hostname=host)
            else:
                line.settimeout(None)
            _be_patient(line, post.timeout.write, socket.SO_SNDTIMEO)
        except BaseException:
            line.close()
            raise
        return line


def _outgoing(talk: h11.Connection, post: Post) -> Iterator[bytes]:
    """What is to be written, piece by piece: as many bytes after the head as it says, since the body brought both."""
    try:
        head = talk.send(h11.Request(method="POST", target=post.url.raw_path, headers=[*post.headers]))
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error)) from error
    for piece in post.body:
        yield head + piece
        head = b""


def _written(line: socket.socket, data: bytes) -> bool:
    """Hand bytes over to be sent; False where the connection is broken."""
    try:
        line.sendall(data)
    except (TimeoutError, BlockingIOError) as error:
        raise httpx.WriteTimeout(str(error)) from error
    except OSError:
        return False
    return True


def _headers(head: h11.Response) -> dict[str, str]:
    """As text; those of the same name as one."""
    headers = dict[str, str]()
    for name, value in head.headers:
        text, before = value.decode("latin-1"), headers.get(word := name.decode("ascii"))
        headers[word] = text if before is None else f"{before}, {text}"
    return headers


def _body(talk: h11.Connection, line: socket.socket) -> Iterator[bytes]:
    while isinstance(event := _next_event(talk, line), h11.Data):
        yield bytes(event.data)


def _next_event(talk: h11.Connection, line: socket.socket) -> object:
    """What the server says next, as h11 reads it."""
    try:
        while (event := talk.next_event()) is h11.NEED_DATA:
            talk.receive_data(line.recv(_READ_AT_ONCE))
    except h11.RemoteProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
    except (TimeoutError, BlockingIOError) as error:
        raise httpx.ReadTimeout(str(error)) from error
    except OSError as error:
        raise httpx.ReadError(str(error)) from error
    return event


def _be_patient(line: socket.socket, seconds: float | None, option: int) -> None:
    """Let each write or read (by the socket's `option`) wait so long.

    A timeout of Python's would give way to other threads twice as often, to ask whether a call may be made before each
    is made. So the kernel keeps the time of what is plain: a call that it gives up raises BlockingIOError. TLS would
    take that for a reason to call again without end, so there Python keeps it.
    """
    assert seconds is not None
    if isinstance(line, ssl.SSLSocket):
        line.settimeout(seconds)
        return
    microseconds = max(int(seconds * 1_000_000), 1)  # 0 is for ever
    line.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))
