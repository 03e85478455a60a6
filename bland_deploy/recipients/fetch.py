"""Lists that are objects elsewhere: fetched once, whole, and kept until they were read.

Nothing of what the other side says is shown: its messages quote addresses, which can be signed.
"""

import importlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

from bland_deploy.diagnostics import Place, error
from bland_deploy.errors import AuthenticationFailed, DeployError, InvalidInput, Unavailable
from bland_deploy.model.lists import ListFormat
from bland_deploy.recipients.address import STORES
from bland_deploy.recipients.broken import MISSING, BrokenList, needs_extra
from bland_deploy.recipients.bytes import NamelessFile, explain
from bland_deploy.recipients.reach import Reach
from bland_deploy.settings.target import is_loopback

LARGEST = 8 * 1024**3  # bytes
_REDIRECTS = 5
_CHUNK = 1024 * 1024
_TRIES = 3
_HOURS = timedelta(hours=2)
_CLASSES = {"s3": "S3Store", "gs": "GCSStore", "az": "AzureStore"}
_OK, _NOT_FOUND, _GONE = 200, 404, 410
_LIMITS = frozenset({408, 425, 429})
_DENIED = frozenset({401, 403, 407})


@dataclass(slots=True)
class Fetched:
    """The bytes of an object, under the address that the campaign gives."""

    name: str
    kept: NamelessFile

    def open(self) -> io.RawIOBase:
        """The bytes from the first on."""
        return self.kept.open()


def fetch(listed: ListFormat, reach: Reach) -> Fetched:
    """The object at the address of a list.

    Raises BrokenList where there is none, AuthenticationFailed where we may not have it, and Unavailable.
    """
    scheme = urlsplit(listed.url or "").scheme
    read = _from_store if scheme in STORES else _from_server
    try:
        return Fetched(listed.name, NamelessFile(lambda file: read(listed, reach, file)))
    except OSError as problem:  # the disk for temporary files is full, or the like
        raise BrokenList(explain(listed.name, problem)) from problem


def _from_store(listed: ListFormat, reach: Reach, file: BinaryIO) -> None:
    try:
        obstore = importlib.import_module("obstore")
        stores = importlib.import_module("obstore.store")
    except ImportError:
        raise needs_extra(listed.name, "lists in object stores", "objects") from None
    url = urlsplit(listed.url or "")
    config = dict(listed.options) | {name: _reveal(listed, reach, name) for name in listed.credentials}
    try:
        store = getattr(stores, _CLASSES[url.scheme])(
            url.netloc,
            config=config,
            client_options={"connect_timeout": "10s", "timeout": _HOURS, "allow_http": _on_this_machine(config)},
            retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=60)},
        )
        found = obstore.get(store, unquote(url.path.lstrip("/")))
        _copy(found.stream(min_chunk_size=_CHUNK), file, listed.name, found.meta["size"])
    except (obstore.exceptions.BaseError, TimeoutError, ValueError) as problem:
        raise _refused(listed, problem, obstore.exceptions) from None


def _on_this_machine(config: dict[str, str]) -> bool:
    """Whether the store is a stand-in on loopback: only there may bytes travel in the clear."""
    clear = [value for value in config.values() if value.startswith("http://")]
    return bool(clear) and all(map(is_loopback, clear))


def _refused(listed: ListFormat, problem: Exception, kinds: Any) -> DeployError | BrokenList:
    if isinstance(problem, kinds.NotFoundError | FileNotFoundError):
        return _missing(listed.name)
    if isinstance(problem, kinds.PermissionDeniedError | kinds.UnauthenticatedError):
        return _denied(listed.name)
    if isinstance(problem, kinds.UnknownConfigurationKeyError):
        return InvalidInput(f"`options` or `credentials` of {listed.name} hold a name that its store does not know")
    return _unavailable(listed.name)


def _from_server(listed: ListFormat, reach: Reach, file: BinaryIO) -> None:
    import httpx  # noqa: PLC0415 - slow to import, and needed for such lists alone

    headers = {name: _reveal(listed, reach, name) for name in listed.headers}
    address = listed.url or ""
    # a transport of our own knows no proxies, which loopback addresses bypass
    client = httpx.Client(
        timeout=httpx.Timeout(60.0, connect=10.0),
        transport=httpx.HTTPTransport(retries=_TRIES) if is_loopback(address) else None,
        headers={"accept-encoding": "identity", **headers},
    )
    with client:
        for _ in range(_REDIRECTS + 1):
            try:
                with client.stream("GET", address) as answer:
                    if not answer.has_redirect_location:
                        _judge(listed.name, answer.status_code)
                        size = answer.headers.get("content-length", "")
                        _copy(answer.iter_raw(_CHUNK), file, listed.name, int(size) if size.isdigit() else None)
                        return
                    address = _next(listed.name, address, answer.headers["location"])
            except (httpx.HTTPError, httpx.InvalidURL):
                raise _unavailable(listed.name) from None
    raise _elsewhere(listed.name, "is redirected again and again")


def _judge(name: str, status: int) -> None:
    """Raise for every answer that is not the object."""
    if status in _DENIED:
        raise _denied(name)
    if status in {_NOT_FOUND, _GONE}:
        raise _missing(name)
    if status != _OK:
        raise _unavailable(name, f": its server answers {status}")


def _next(name: str, address: str, location: str) -> str:
    """Where a redirect leads, on the same host alone: others must not be given the headers, nor choose the people."""
    there = urljoin(address, location)
    if urlsplit(there)[:2] != urlsplit(address)[:2]:
        raise _elsewhere(name, "is redirected to another host")
    return there


def _copy(chunks: Iterable[bytes], file: BinaryIO, name: str, size: int | None) -> None:
    """Keep the bytes. Unavailable for fewer than were announced, BrokenList for more than anybody's list has."""
    copied = 0
    for chunk in chunks:
        copied += file.write(chunk)
        if copied > LARGEST:
            message = f"the list is larger than {LARGEST:,} bytes"
            raise BrokenList(error("list-too-large", message, Place(name), "split it into several campaigns"))
    if size is not None and copied != size:
        raise _unavailable(name, ": it broke off")


def _reveal(listed: ListFormat, reach: Reach, name: str) -> str:
    assert reach.reveal is not None
    return reach.reveal((listed.headers | listed.credentials)[name])


def _missing(name: str) -> BrokenList:
    return BrokenList(error(MISSING, f"{name} does not exist", Place(name), "correct the address"))


def _denied(name: str) -> AuthenticationFailed:
    return AuthenticationFailed(
        f"{name} may not be read with the keys given", help="give keys that may, under `credentials` or `headers`"
    )


def _elsewhere(name: str, what: str) -> InvalidInput:
    return InvalidInput(f"{name} {what}", help="name the address where the list is")


def _unavailable(name: str, why: str = "") -> Unavailable:
    return Unavailable(f"{name} cannot be fetched{why}", help="try again; check address, region and network")
