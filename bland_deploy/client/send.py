"""The create of a batch: sent at most once, and told apart into sent, provably not sent, and unknown.

A request framed by Content-Length whose last byte was never written cannot have been parsed. So all but the last byte
goes out, then everything that may have changed is checked again, then the last byte goes. Nothing here is tried again.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import httpx

from bland_deploy.client.connection import Client
from bland_deploy.client.exchange import Answer, Post
from bland_deploy.client.trouble import plain_words

_PIECE = 64 * 1024
_LONGEST_ANSWER = 16 * 1024 * 1024


class NotSent(NamedTuple):
    """Provably nothing was sent. `retryable`: the way there failed, so trying again may help.

    `cause` is what `before_last_byte` raised; `answer` is what the provider said before it had the whole request.
    """

    reason: str
    retryable: bool
    cause: Exception | None = None
    answer: Answer | None = None


class Unknown(NamedTuple):
    """The last byte may have arrived, and no whole answer came back."""

    reason: str


# An Answer is what the provider said about a request that it got whole.
SendOutcome: TypeAlias = Answer | NotSent | Unknown


def send_create(client: Client, path: str, body: bytes, before_last_byte: Callable[[], None]) -> SendOutcome:
    """Post a create request on a connection of its own and read the answer.

    `before_last_byte` runs when all but the last byte is written; if it raises, the connection is dropped. What the
    answer means is for `api.answers` to say. Only what is no Exception (an interrupt) is raised.
    """
    outgoing = _Outgoing(body, before_last_byte)
    try:
        answer = _post(client, path, outgoing)
    except Exception as error:  # noqa: BLE001 - whatever it is, what counts is whether the last byte was handed over
        if outgoing.handed_over:
            return Unknown(plain_words(client, error))
        if error is outgoing.objection:
            return NotSent(client.redact(str(error)), retryable=False, cause=error)
        return NotSent(plain_words(client, error), retryable=isinstance(error, httpx.TransportError))
    if not outgoing.handed_over:
        reason = f"{client.host} answered {answer.status} before it had the whole request"
        return NotSent(reason, retryable=False, answer=answer)
    return answer


class _Outgoing:
    """A body on its way, and whether its last byte was handed to the connection."""

    def __init__(self, body: bytes, before_last_byte: Callable[[], None]) -> None:
        assert body
        self.body = body
        self.before_last_byte = before_last_byte
        self.objection: Exception | None = None
        self.handed_over = False

    def pieces(self) -> Iterator[bytes]:
        last = len(self.body) - 1
        for start in range(0, max(last, 1), _PIECE):  # at least once, since the head goes out with the first
            yield self.body[start : min(start + _PIECE, last)]
        try:
            self.before_last_byte()
        except Exception as objection:
            self.objection = objection
            raise
        self.handed_over = True
        yield self.body[last:]


def _post(client: Client, path: str, outgoing: _Outgoing) -> Answer:
    monotonic, timeouts = client.manners.clock.monotonic, client.manners.timeouts
    until = monotonic() + timeouts.whole_create
    patience = httpx.Timeout(timeouts.connect, write=timeouts.write, read=timeouts.create)
    post = Post(_address(client.base_url, path), _headers(client, len(outgoing.body)), outgoing.pieces(), patience)
    return client.sends.post(post, lambda pieces: b"".join(_within(pieces, monotonic, until)))


def _headers(client: Client, length: int) -> Sequence[tuple[bytes, bytes]]:
    own = {"host": client.host, "content-length": str(length), "connection": "close"}
    if client.credentials.encrypted_key:
        own["encrypted_key"] = client.credentials.encrypted_key
    return [(name.encode(), value.encode()) for name, value in {**own, **client.headers}.items()]


@lru_cache
def _address(base_url: str, path: str) -> httpx.URL:
    """An address, taken apart once for all requests to it."""
    return httpx.URL(base_url + path)


def _within(pieces: Iterator[bytes], monotonic: Callable[[], float], until: float) -> Iterator[bytes]:
    """The pieces of an answer, as long as it keeps within reason in length and time."""
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LONGEST_ANSWER:
            raise httpx.ReadError("the answer does not end")
        if monotonic() > until:
            raise httpx.ReadTimeout("the answer comes too slowly")
        yield piece
