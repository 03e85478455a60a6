"""A server of raw sockets on loopback, whose every byte a test decides."""

import contextlib
import socket
import struct
import threading

ANSWER = b'{"data":{"batch_id":"b-1"},"errors":null}'


def answer(body=ANSWER, status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Peer:
    """One connection as the server sees it."""

    def __init__(self, connection):
        self.connection = connection
        self.received = b""

    @property
    def head(self):
        return self.received.partition(b"\r\n\r\n")[0].decode("ascii")

    @property
    def body(self):
        return self.received.partition(b"\r\n\r\n")[2]

    def headers(self):
        lines = self.head.split("\r\n")[1:]
        return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}

    def read_until(self, enough):
        """Read until `enough(self)` or the end; say whether it was reached."""
        while not enough(self):
            data = self.connection.recv(65536)
            if not data:
                return False
            self.received += data
        return True

    def read_head(self):
        return self.read_until(lambda peer: b"\r\n\r\n" in peer.received)

    def read_request(self, missing=0):
        """Read a request, all but the last `missing` bytes of it."""
        if not self.read_head():
            return False
        length = int(self.headers().get("content-length", 0))
        return self.read_until(lambda peer: len(peer.body) >= length - missing)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Server:
    def __init__(self, handle, tls):
        self.handle = handle
        self.tls = tls
        self.peers = []
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        name, scheme = ("localhost", "https") if tls else ("127.0.0.1", "http")
        self.host = f"{name}:{self.listener.getsockname()[1]}"
        self.url = f"{scheme}://{self.host}"
        self.threads = []
        self.last = None
        self.stopped = threading.Event()

    def run(self):
        while True:
            connection, address = self.listener.accept()
            if address == self.last:
                connection.close()
                return
            peer = Peer(connection)
            self.peers.append(peer)
            self.threads.append(threading.Thread(target=self.talk, args=(peer,)))
            self.threads[-1].start()

    def talk(self, peer):
        with contextlib.suppress(OSError):
            if self.tls:
                peer.connection = self.tls.wrap_socket(peer.connection, server_side=True)
            with peer.connection:
                self.handle(self, peer)


@contextlib.contextmanager
def serving(handle, tls=None):
    """A server that calls `handle(server, peer)` for each connection in a thread; with a context for TLS, over TLS."""
    server = Server(handle, tls)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        with server.listener, socket.socket() as goodbye:  # served after all who came before it
            goodbye.bind(("127.0.0.1", 0))
            server.last = goodbye.getsockname()
            goodbye.connect(server.listener.getsockname())
            thread.join(10)
        for talk in server.threads:
            talk.join(10)


def says(data):
    """A handler that reads each request and answers with these bytes, until the client is gone."""

    def handle(server, peer):
        while peer.read_request():
            server.requests.append(peer)
            peer.connection.sendall(data)
            peer = Peer(peer.connection)

    return handle
