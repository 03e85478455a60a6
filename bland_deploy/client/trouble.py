"""What went wrong on the network, in plain words that hold no secret."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from bland_deploy.client.connection import Client


def plain_words(client: Client, error: Exception) -> str:
    """One sentence about an error of the network, naming the host."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return f"{client.host} cannot be found (DNS)"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {client.host} cannot be trusted: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return f"{client.host} refuses connections"
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words.format(client.host)
    return client.redact(f"the exchange with {client.host} failed: {type(error).__name__}: {error}")


_WORDS: dict[type[Exception], str] = {
    httpx.ConnectTimeout: "{0} cannot be reached in time",
    httpx.PoolTimeout: "no connection to {0} became free in time",
    httpx.ReadTimeout: "{0} did not answer in time",
    httpx.WriteTimeout: "{0} took the request too slowly",
    httpx.ConnectError: "{0} cannot be reached",
    httpx.ProxyError: "the proxy on the way to {0} refuses",
    httpx.WriteError: "the connection to {0} broke while the request was written",
    httpx.ReadError: "the connection to {0} broke before its answer was read",
    httpx.RemoteProtocolError: "the connection to {0} ended in the middle of its answer, or it spoke no HTTP",
}


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
