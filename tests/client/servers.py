"""What servers do to a create: handlers for `wire.serving`."""

from tests.client.wire import answer


def drained(server, peer):
    peer.read_request()


def closes(server, peer):
    peer.read_request()


def resets(server, peer):
    peer.read_request()
    peer.reset()


def stalls(server, peer):
    peer.read_request()
    server.stopped.wait(10)


def cuts_the_head(server, peer):
    peer.read_request()
    peer.connection.sendall(answer()[:20])


def cuts_the_body(server, peer):
    peer.read_request()
    peer.connection.sendall(answer()[:-1])


def stalls_in_the_body(server, peer):
    peer.read_request()
    peer.connection.sendall(answer()[:-1])
    server.stopped.wait(10)


def speaks_no_http(server, peer):
    peer.read_request()
    peer.connection.sendall(b"\x15\x03\x01 what? \r\n\r\n" * 10)


def never_ends(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.connection.sendall(bytes(1 << 20))


def compresses_badly(server, peer):
    peer.read_request()
    peer.connection.sendall(answer(b"not gzip", Content_Encoding="gzip"))


def never_ends_the_head(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        peer.connection.sendall(b"x" * 65536)


def hints_first(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer())


def speaks_in_chunks(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nchun\r\n2\r\nks\r\n0\r\n\r\n")


def ends_with_the_connection(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n\r\nup to the end")


def switches_protocols(server, peer):
    peer.read_request()
    peer.connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: mud\r\n\r\n")


def refuses_early(server, peer):
    peer.read_head()
    peer.connection.sendall(answer(b"too large", "413 Content Too Large"))


def closes_in_the_request(server, peer):
    peer.read_head()
    peer.reset()


def reads_nothing(server, peer):
    server.stopped.wait(10)


def speaks_first(server, peer):
    peer.connection.sendall(b"220 no TLS here\r\n")
    peer.read_head()
