"""A TCP proxy on loopback that breaks connections at any byte, or stalls. What it passes on, the sandbox gets."""

import contextlib
import re
import socket
import struct
import threading
from typing import NamedTuple
from urllib.parse import urlsplit

_CREATE = re.compile(rb"POST /v(1/batches|2/batches/create) ")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Cut(NamedTuple):
    """Where a connection breaks: after so many bytes of the request have been passed on, or of the answer.

    None is no break there. `how` is `close` (FIN), `reset` (RST) or `stall` (nothing more comes).
    """

    sent: int | None = None
    answered: int | None = None
    how: str = "close"


class Proxy:
    """Creates meet the cuts that are set for them, one after the other; other requests pass."""

    def __init__(self, upstream):
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.cuts = []
        self.creates = []
        self.answers = []
        self.met = []
        self.threads = []
        self.port = 0
        self.listen()
        self.port = self.listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def cut_creates(self, *, sent=None, answered=None, how="close", times=1):
        self.cuts += [Cut(sent, answered, how)] * times

    def listen(self):
        """Take connections on the same port, again after `refuse`."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.threads.append(threading.Thread(target=self.accept, args=(self.listener,)))
        self.threads[-1].start()

    def refuse(self):
        """Refuse new connections; those that are open go on."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.threads.append(threading.Thread(target=self.serve, args=(client,)))
                self.threads[-1].start()

    def serve(self, client):
        with client, contextlib.suppress(OSError), socket.create_connection(self.upstream) as server:
            while request := self.pass_request(client, server):
                if not self.pass_answer(client, server, request):
                    return

    def pass_request(self, client, server):
        """Pass a request on as it comes; the cut that its answer meets, or None where the connection ends here."""
        received, passed, cut = b"", 0, None
        while not _is_whole(received):
            data = client.recv(65536)
            if not data:
                return None
            received += data
            if cut is None and b"\r\n" in received:
                cut = self.cuts.pop(0) if self.cuts and _CREATE.match(received) else Cut()
            if cut is None:
                continue
            until = len(received) if cut.sent is None else min(len(received), cut.sent)
            server.sendall(received[passed:until])
            passed = until
            if cut.sent is not None and passed == cut.sent:
                self.end(client, server, cut.how)
                return None
        self.note(received)
        return cut

    def note(self, request):
        if _CREATE.match(request):
            self.creates.append(request)

    def pass_answer(self, client, server, cut):
        answer, ends = b"", False
        while not ends and not _is_whole(answer):
            data = server.recv(65536)
            answer += data
            ends = not data
        self.answers.append(answer)
        client.sendall(answer[: cut.answered])
        if cut.answered is not None:
            self.end(client, server, cut.how)
        return cut.answered is None and not ends

    def end(self, client, server, how):
        self.met.append(how)
        if how == "stall":
            with contextlib.suppress(OSError):
                while client.recv(65536):
                    pass
        if how == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for side in (server, client):
            side.close()


def _is_whole(message):
    head, blank, body = message.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(blank) and len(body) >= (int(length[1]) if length else 0)


@contextlib.contextmanager
def proxying(upstream):
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            proxy.refuse()
        for talk in proxy.threads:
            talk.join(10)
