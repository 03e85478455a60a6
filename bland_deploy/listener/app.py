"""The receiver as an ASGI application: a delivery comes in, is judged, recorded, and only then acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from bland_deploy.api.webhooks import parse_event
from bland_deploy.errors import Unavailable
from bland_deploy.listener.proof import Proof, Trust
from bland_deploy.listener.writer import Writer
from bland_deploy.model.events import Event

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The path that takes deliveries, how large one may be (bytes), and how long its body may take (seconds)."""

    path: str = "/"
    most_bytes: int = 5_000_000
    longest: float = 10.0


class Reply(NamedTuple):
    """An answer: the HTTP status, and a word for the log of the sender."""

    status: int
    word: str


class _TooLargeError(Exception):
    """A body that is larger than it may be."""


class Receiver:
    """An ASGI application. What is answered with 2xx is durable; 5xx asks the provider to deliver again."""

    def __init__(self, writer: Writer, trust: Trust, bounds: Bounds) -> None:
        self._writer = writer
        self._trust = trust
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One delivery."""
        if scope["type"] != "http":
            return
        await _answer(send, await self._reply(scope, receive))

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        if scope["path"].rstrip("/") != self._bounds.path.rstrip("/"):
            return Reply(404, "not found")
        if scope["method"] != "POST":
            return Reply(405, "only POST")
        try:
            body = await asyncio.wait_for(self._read(scope, receive), self._bounds.longest)
        except _TooLargeError:
            return Reply(413, "too large")
        except TimeoutError:
            return Reply(408, "too slow")
        return await self._take(_headers(scope), body)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        most = self._bounds.most_bytes
        told = _headers(scope).get("content-length", "")
        if told.isdigit() and int(told[:18]) > most:
            raise _TooLargeError
        pieces, size, more = [], 0, True
        while more:
            message = await receive()
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(piece)
            if size > most:
                raise _TooLargeError
            pieces.append(piece)
        return b"".join(pieces)

    async def _take(self, headers: dict[str, str], body: bytes) -> Reply:
        proof = self._trust.judge(headers, body)
        if proof is Proof.FORGED:
            return Reply(401, "wrong signature")
        event = parse_event(body)
        if event is None:
            return Reply(400, "not a webhook of a call or a batch")
        try:
            return await self._record(event, proof)
        except Unavailable:
            return Reply(503, "not recorded")

    async def _record(self, event: Event, proof: Proof) -> Reply:
        if proof is Proof.GOOD:
            await self._writer.record(event)
            return Reply(200, "recorded")
        if event.kind == "call":
            return Reply(401, "not signed")
        await self._writer.record(None, event.batch_id)
        return Reply(202, "not signed: taken as a hint only")


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _answer(send: Send, reply: Reply) -> None:
    body = orjson.dumps({"status": reply.word})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
