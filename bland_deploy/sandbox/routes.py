"""Every endpoint of the sandbox, written out. The first route whose path fits is taken."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from bland_deploy.sandbox import accounts, batches_v1, batches_v2, calls, listing
from bland_deploy.sandbox.exchange import Answer
from bland_deploy.sandbox.visit import Visit


class Route(NamedTuple):
    """An endpoint: method, path (`*` is an id), what answers it, and the envelope of its refusals.

    `dials` marks those that may ring somebody: they read the `encrypted_key` header.
    """

    method: str
    path: str
    answer: Callable[[Visit], Answer]
    family: str
    dials: bool = False


ROUTES = (
    Route("POST", "/v2/batches/create", batches_v2.create, "v2", dials=True),
    Route("GET", "/v2/batches/list", batches_v2.list_all, "v2"),
    Route("GET", "/v2/batches/*", batches_v2.read, "v2"),
    Route("GET", "/v2/batches/*/logs", batches_v2.logs, "v2"),
    Route("POST", "/v2/batches/*/stop", batches_v2.stop, "v2"),
    Route("POST", "/v1/batches", batches_v1.create, "v1", dials=True),
    Route("GET", "/v1/batches", batches_v1.list_all, "v1"),
    Route("GET", "/v1/batches/*", batches_v1.read, "v1"),
    Route("POST", "/v1/batches/*/stop", batches_v1.stop, "v1"),
    Route("POST", "/v1/calls", calls.send, "v1", dials=True),
    Route("GET", "/v1/calls", listing.list_all, "v1"),
    Route("GET", "/v1/calls/active", calls.list_active, "v2"),
    Route("POST", "/v1/calls/active/stop", calls.stop_active, "v1"),
    Route("GET", "/v1/calls/*", calls.read, "v1"),
    Route("POST", "/v1/calls/*/stop", calls.stop, "v1"),
    Route("GET", "/v1/me", accounts.me, "v2"),
    Route("GET", "/v1/org_dnc", accounts.list_do_not_call, "v2"),
    Route("POST", "/v1/org_dnc", accounts.add_do_not_call, "v2"),
    Route("POST", "/v1/org_dnc/search", accounts.search_do_not_call, "v2"),
    Route("DELETE", "/v1/org_dnc/*", accounts.remove_do_not_call, "v2"),
)


_PATTERNS = tuple((route, route.path.split("/")) for route in ROUTES)


@lru_cache
def find(path: str) -> tuple[Sequence[Route], str]:
    """The routes of a path, by method, and the id in it."""
    parts = path.rstrip("/").split("/")
    fitting = [(route, ident) for route, pattern in _PATTERNS if (ident := _fit(pattern, parts)) is not None]
    if not fitting:
        return (), ""
    first = fitting[0][0].path
    return tuple(route for route, _ in fitting if route.path == first), fitting[0][1]


def _fit(pattern: Sequence[str], parts: Sequence[str]) -> str | None:
    if len(pattern) != len(parts):
        return None
    ident = ""
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted == "*":
            ident = unquote(part)
        elif wanted != part:
            return None
    return ident
