"""Webhooks: recorded in the books when a create is answered, and delivered when due, to loopback only.

A post-call webhook carries `X-Webhook-Signature`, the lower-case hex HMAC-SHA256 of its raw body under the account's
secret, and is tried again when it is not answered with 2xx; a status webhook is tried once (reference, 8). Whether the
real one is signed is not documented: here it is not.
"""

from collections.abc import Iterable
from hashlib import sha256
from hmac import new as hmac
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox.visit import Visit

AFTER_THE_CALL = 10.0
"""Sandbox seconds between the end of a call and its webhook."""
_TIMEOUT = 10.0
_GOOD = range(200, 300)


class Delivery(NamedTuple):
    """A webhook that is due: where it points, and exactly what is sent."""

    row: int
    url: str
    body: bytes
    signature: str | None = None


class Attempt(NamedTuple):
    """What became of one delivery: the status it was answered with, or why there is none."""

    status: int | None
    error: str | None = None

    @property
    def good(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.status in _GOOD

    @property
    def final(self) -> bool:
        """Whether it is not to be tried again."""
        return self.good or self is NOT_LOOPBACK


NOT_LOOPBACK = Attempt(None, "recorded only: the address is not on loopback")
"""What becomes of a webhook that would leave this machine."""


def signing_secret(key: str) -> str:
    """The secret under which the webhooks of a key's account are signed; it follows from the key alone."""
    return sha256(f"bland sandbox webhook secret|{key}".encode()).hexdigest()


def expect_status_webhook(visit: Visit, batch: int, url: str, due: float, hook: JsonObject) -> None:
    """Record a status webhook of a batch."""
    visit.books.execute(
        "INSERT INTO webhooks (account, batch, kind, url, due, body) VALUES (?, ?, 'status', ?, ?, ?)",
        (visit.account, batch, url, due, orjson.dumps(hook)),
    )


def expect_call_webhooks(visit: Visit, batch: int | None, calls: Iterable[tuple[int, str, float]]) -> None:
    """Record the post-call webhooks of calls: (row, url, when the call ends). Their bodies are made when due."""
    wait = AFTER_THE_CALL / visit.speed
    visit.books.executemany(
        "INSERT INTO webhooks (account, batch, call, kind, url, due) VALUES (?, ?, ?, 'call', ?, ?)",
        ((visit.account, batch, row, url, ends + wait) for row, url, ends in calls),
    )


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine. No name but `localhost` is looked up."""
    host = _split(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_acceptable(url: object) -> bool:
    """Whether the API takes this webhook: https; and here also plain http on loopback, so that it can be tried."""
    if not isinstance(url, str):
        return False
    parts = _split(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))


def is_address(url: str) -> bool:
    """Whether something can be posted there at all."""
    parts = _split(url)
    return bool(parts.hostname) and parts.scheme in {"http", "https"}


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def sign(body: bytes, secret: str) -> str:
    """The signature of a raw body."""
    return hmac(secret.encode(), body, sha256).hexdigest()


def deliver(delivery: Delivery, redirected_to: str | None) -> Attempt:
    """POST a webhook where it points, if that is on loopback, or to where all go.

    No proxies, no redirects, ten seconds.
    """
    if redirected_to is None and not is_loopback(delivery.url):
        return NOT_LOOPBACK
    headers = {"content-type": "application/json", "user-agent": "bland-sandbox"}
    if delivery.signature:
        headers["x-webhook-signature"] = delivery.signature
    if redirected_to:
        headers["x-sandbox-webhook"] = delivery.url
    try:
        return Attempt(_post(_split(redirected_to or delivery.url), delivery.body, headers))
    except (OSError, HTTPException, ValueError) as reason:
        return Attempt(None, f"{type(reason).__name__}: {reason}")


def _post(parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    try:
        path = parts.path or "/"
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
