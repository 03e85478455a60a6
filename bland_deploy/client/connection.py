"""One provider account over HTTP: where it is, how it knows us, and how patient we are.

No redirects, no cookies. Proxies of the environment are used, but not towards loopback addresses.
"""

import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.request import getproxies, proxy_bypass

import httpx

from bland_deploy import __version__
from bland_deploy.client.exchange import Exchange, Through
from bland_deploy.client.redact import redact
from bland_deploy.errors import AuthenticationFailed, InvalidInput

_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the provider knows us by: the API key, and the key of one's own carrier. Neither is ever shown."""

    api_key: str = field(repr=False)
    encrypted_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to write a piece, and to wait for an answer to a question or to a create.

    A create waits long, since an answer that is not awaited leaves people on hold.
    """

    connect: float = 10.0
    write: float = 30.0
    answer: float = 30.0
    create: float = 120.0

    @property
    def whole_create(self) -> float:
        """The longest that a create may take from its beginning to the end of its answer."""
        return self.connect + self.write + self.create


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a question is asked again, for how many seconds in all, and the first and longest pause between."""

    tries: int = 5
    budget: float = 60.0
    first_pause: float = 0.5
    longest_pause: float = 20.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, as functions, so that tests neither wait nor guess."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave towards a provider."""

    timeouts: Timeouts = Timeouts()
    patience: Patience = Patience()
    clock: Clock = Clock()


@dataclass(frozen=True, slots=True)
class Client:
    """An account at a provider, to be used in a `with` statement. Threads may share it.

    `sends` opens a connection for each request, so that a connection gone stale can never look like a lost answer, and
    needs no more than a transport; `reads` keeps connections. `base_url` has no slash at its end;
    `headers` go with every request.
    """

    base_url: str
    host: str
    manners: Manners
    credentials: Credentials
    reads: httpx.Client = field(repr=False)
    sends: Exchange = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def redact(self, text: str) -> str:
        """The text without our secrets."""
        return redact(text, (self.credentials.api_key, self.credentials.encrypted_key or ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reads.close()
        self.sends.close()


def open_client(
    base_url: str,
    credentials: Credentials,
    transport: httpx.BaseTransport | None = None,
    manners: Manners | None = None,
) -> Client:
    """A client of the API at `base_url`; a `transport` takes the network's place (the embedded sandbox).

    Raises AuthenticationFailed for a key that cannot be one, and InvalidInput for an address with a password in it.
    """
    for secret in filter(None, (credentials.api_key, credentials.encrypted_key)):
        if not _KEY.fullmatch(secret):
            raise AuthenticationFailed(
                "the API key holds blanks, line breaks or characters that no key has", help="copy it once more"
            )
    url = httpx.URL(base_url)
    if url.userinfo:
        raise InvalidInput("base_url holds a user name or password", help="the API needs an api_key, and nothing else")
    manners = manners or Manners()
    secure = url.scheme == "https" and transport is None
    # without the certificates, whose loading costs more than all the rest, where they are not needed
    context = httpx.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    proxy = _proxy_towards(url)
    base_url, headers = str(url).rstrip("/"), _headers(credentials)
    reads = httpx.Client(
        base_url=base_url,
        headers=headers,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=_timeout(manners.timeouts),
        trust_env=False,
        transport=transport or httpx.HTTPTransport(verify=context, limits=httpx.Limits(), proxy=proxy),
    )
    sends = Through(transport) if transport else _fresh_connections(context, proxy)
    return Client(base_url, url.netloc.decode("ascii"), manners, credentials, reads, sends, headers)


def _fresh_connections(context: ssl.SSLContext, proxy: str | None) -> Exchange:
    """What opens a connection for each request. The way through a proxy is httpx's to know."""
    if proxy is not None:
        limits = httpx.Limits(max_keepalive_connections=0)
        return Through(httpx.HTTPTransport(verify=context, limits=limits, proxy=proxy))
    from bland_deploy.client.transport import FreshConnections  # noqa: PLC0415 - an embedded sandbox needs no h11

    return FreshConnections(context)


def _proxy_towards(url: httpx.URL) -> str | None:
    """The proxy that the environment names for an address; None towards this machine."""
    if is_loopback(url.host) or proxy_bypass(url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: such traffic never goes through a proxy."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _headers(credentials: Credentials) -> dict[str, str]:
    return {
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": credentials.api_key,
        "content-type": "application/json",
        "user-agent": f"bland-deploy/{__version__}",
    }


def _timeout(timeouts: Timeouts) -> httpx.Timeout:
    return httpx.Timeout(connect=timeouts.connect, write=timeouts.write, read=timeouts.answer, pool=timeouts.connect)
