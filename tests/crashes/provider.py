"""A provider of raw sockets in front of the sandbox: every create can be hit by a fault of network or provider."""

import contextlib
import json
from urllib.parse import parse_qsl, urlsplit

from bland_deploy.sandbox.exchange import Answer, Ask
from bland_deploy.sandbox.world import World
from tests.client.wire import Peer, serving

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 500: "Server Error"}


class Fault:
    """What becomes of one create: whether the sandbox gets it, and what goes back (None cuts the connection)."""

    def __init__(self, *, committed, answer, missing=0):
        self.committed, self.answer, self.missing = committed, answer, missing


def refusal(status, code, message, **headers):
    body = json.dumps({"data": None, "errors": [{"error": code, "message": message}]}).encode()
    return raw(status, body, **headers)


def raw(status, body, **headers):
    """The bytes of an HTTP answer."""
    headers = {"Content-Type": "application/json", "Content-Length": len(body), **headers}
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Provider:
    """The sandbox behind raw sockets. `faults` hit the next creates, one each (None is none); `deny` answers every
    question; `hidden` keeps batches out of lists.
    """

    def __init__(self, books):
        self.world = World(books)
        self.faults = []
        self.deny = None
        self.hidden = False
        self.creates = []

    def handle(self, _server, peer):
        while peer.read_head():
            method, path, _ = peer.head.split("\r\n")[0].split(" ")
            fault = self.faults.pop(0) if method == "POST" and self.faults else None
            if not peer.read_request(missing=fault.missing if fault else 0):
                return
            answer = self.answer(peer, method, path, fault)
            if answer is None:
                peer.reset()
                return
            peer.connection.sendall(answer)
            if method == "POST":
                return
            peer = Peer(peer.connection)

    def answer(self, peer, method, path, fault):
        if self.deny and method == "GET":
            return self.deny
        if fault and not fault.committed:
            return fault.answer
        url = urlsplit(path)
        ask = Ask(method, url.path, dict(parse_qsl(url.query)), peer.headers(), peer.body)
        if method == "POST":
            self.creates.append(peer.body)
        answer = self.world.handle(ask)
        if self.hidden and method == "GET" and "batches" in path:
            answer = Answer(200, b'{"data":[],"errors":null}')
        return fault.answer if fault else raw(answer.status, answer.body)


@contextlib.contextmanager
def providing(books):
    """A provider and its address."""
    provider = Provider(books)
    with serving(provider.handle) as server:
        yield provider, server.url
    provider.world.close()
