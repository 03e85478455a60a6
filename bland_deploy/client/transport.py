"""HTTP/1.1 on a connection of its own for each request: opened, used for one exchange, closed.

Threads share nothing, so none waits for another here. Errors are httpx's, by what was being done: to connect, to
write, to read.
"""

import socket
import ssl
import struct
from collections.abc import Iterator

import h11
import httpx

_PORTS = {"http": 80, "https": 443}
_READ_AT_ONCE = 64 * 1024
_LONGEST_HEAD = 100 * 1024


class FreshConnections(httpx.BaseTransport):
    """A connection for each request, over TLS for https, which needs a `context`.

    A request has a body, and the timeouts of httpx to connect, write and read. The head goes out together with the
    first piece of the body. A server may break off its reading, if it answers all the same: then that is the answer.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        context.set_alpn_protocols(["http/1.1"])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body still to be read. Raises httpx.TransportError, and what the request's body raises."""
        line = self._connected(request)
        try:
            talk = h11.Connection(h11.CLIENT, _LONGEST_HEAD)
            for data in _outgoing(talk, request):
                if not _written(line, data, request):
                    break
            _be_patient(line, "read", request)
            head = _next_event(talk, line, request)
            while isinstance(head, h11.InformationalResponse):
                head = _next_event(talk, line, request)
            assert isinstance(head, h11.Response)
        except BaseException:
            line.close()
            raise
        return httpx.Response(
            head.status_code, headers=head.headers.raw_items(), stream=_Body(talk, line, request), request=request
        )

    def _connected(self, request: httpx.Request) -> socket.socket:
        try:
            return self._opened(request)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error), request=request) from error
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error

    def _opened(self, request: httpx.Request) -> socket.socket:
        """A connection that is ready to be written to."""
        url = request.url
        host = url.raw_host.decode("ascii")
        line = socket.create_connection((host, url.port or _PORTS[url.scheme]), _seconds(request, "connect"))
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if url.scheme == "https":
                line = self._context.wrap_socket(line, server_hostname=host)
            else:
                line.settimeout(None)
            _be_patient(line, "write", request)
        except BaseException:
            line.close()
            raise
        return line


class _Body(httpx.SyncByteStream):
    """The body of an answer as it comes in; closing it closes the connection."""

    def __init__(self, talk: h11.Connection, line: socket.socket, request: httpx.Request) -> None:
        self._talk = talk
        self._line = line
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        while isinstance(event := _next_event(self._talk, self._line, self._request), h11.Data):
            yield bytes(event.data)

    def close(self) -> None:
        self._line.close()


def _outgoing(talk: h11.Connection, request: httpx.Request) -> Iterator[bytes]:
    """What is to be written, piece by piece: as many bytes after the head as it says, since the body brought both."""
    assert isinstance(request.stream, httpx.SyncByteStream)
    try:
        head = talk.send(h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw))
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error), request=request) from error
    for piece in request.stream:
        yield head + piece
        head = b""


def _written(line: socket.socket, data: bytes, request: httpx.Request) -> bool:
    """Hand bytes over to be sent; False where the connection is broken."""
    try:
        line.sendall(data)
    except (TimeoutError, BlockingIOError) as error:
        raise httpx.WriteTimeout(str(error), request=request) from error
    except OSError:
        return False
    return True


def _next_event(talk: h11.Connection, line: socket.socket, request: httpx.Request) -> object:
    """What the server says next, as h11 reads it."""
    try:
        while (event := talk.next_event()) is h11.NEED_DATA:
            talk.receive_data(line.recv(_READ_AT_ONCE))
    except h11.RemoteProtocolError as error:
        raise httpx.RemoteProtocolError(str(error), request=request) from error
    except (TimeoutError, BlockingIOError) as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except OSError as error:
        raise httpx.ReadError(str(error), request=request) from error
    return event


def _be_patient(line: socket.socket, doing: str, request: httpx.Request) -> None:
    """Let each write or read wait as long as the request allows.

    A timeout of Python's would give way to other threads twice as often, to ask whether a call may be made before each
    is made. So the kernel keeps the time of what is plain: a call that it gives up raises BlockingIOError. TLS would
    take that for a reason to call again without end, so there Python keeps it.
    """
    seconds = _seconds(request, doing)
    if isinstance(line, ssl.SSLSocket):
        line.settimeout(seconds)
        return
    option = socket.SO_SNDTIMEO if doing == "write" else socket.SO_RCVTIMEO
    microseconds = max(int(seconds * 1_000_000), 1)  # 0 is for ever
    line.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(microseconds, 1_000_000)))


def _seconds(request: httpx.Request, doing: str) -> float:
    return float(request.extensions["timeout"][doing])
