"""What is asked over HTTP and what is answered, whatever the way there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Protocol, TypeAlias

import httpx

Whole: TypeAlias = Callable[[Iterator[bytes]], bytes]
"""Makes one of the pieces of an answer's body, and may refuse to."""


class Post(NamedTuple):
    """What is posted: headers whose names are in lower case, and a body in as many bytes as they say.

    `timeout` has the seconds to connect, and to wait for a piece to be written or read.
    """

    url: httpx.URL
    headers: Sequence[tuple[bytes, bytes]]
    body: Iterator[bytes]
    timeout: httpx.Timeout


class Answer(NamedTuple):
    """An HTTP answer as it came; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def clock_skew(self, now: datetime) -> timedelta | None:
        """How far the provider's clock is ahead of ours, to the second; None when it does not tell the time."""
        date = parse_date(self.headers.get("date", ""))
        return None if date is None else date - now


class Exchange(Protocol):
    """The way of a create to the provider. Threads may share it."""

    def post(self, post: Post, whole: Whole) -> Answer:
        """The answer. Raises httpx.TransportError, and what the request's body and `whole` raise."""

    def close(self) -> None:
        """Nothing more is posted."""


class Through:
    """A transport of httpx, which knows the way through proxies, or takes the place of a network."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def post(self, post: Post, whole: Whole) -> Answer:
        """As `Exchange` says."""
        extensions = {"timeout": post.timeout.as_dict()}
        request = httpx.Request("POST", post.url, headers=[*post.headers], content=post.body, extensions=extensions)
        with closing(self._transport.handle_request(request)) as response:
            return Answer(response.status_code, dict(response.headers.items()), whole(response.iter_bytes()))

    def close(self) -> None:
        """As `Exchange` says."""
        self._transport.close()


def parse_date(text: str) -> datetime | None:
    """The moment in a header such as Date, or None."""
    with suppress(ValueError):
        date = parsedate_to_datetime(text)
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None
