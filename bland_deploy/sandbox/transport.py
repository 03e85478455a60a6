"""The sandbox inside the process: an httpx transport without a socket."""

from pathlib import Path

import httpx

from bland_deploy.sandbox.exchange import Ask, Handler
from bland_deploy.sandbox.usual import USUAL_SPEED
from bland_deploy.sandbox.world import World

BASE_URL = "http://sandbox.invalid"
"""The address that requests of an embedded sandbox carry; nothing ever resolves it."""


class SandboxTransport(httpx.BaseTransport):
    """Gives each request to a handler once its body is complete.

    A body that raises midway, or is shorter or longer than its Content-Length, is never handled: as on a socket, what
    lacks its last byte was not sent.
    """

    def __init__(self, handler: Handler, world: World | None = None) -> None:
        self._handler = handler
        self._world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        announced = request.headers.get("content-length")
        if announced is not None and announced != str(len(body)):
            raise httpx.LocalProtocolError("the body is not as long as its Content-Length", request=request)
        answer = self._handler(
            Ask(
                request.method,
                request.url.raw_path.partition(b"?")[0].decode("ascii"),
                dict(request.url.params),
                {name.lower(): value for name, value in request.headers.items()},
                body,
            )
        )
        if answer.cut is not None:
            raise httpx.RemoteProtocolError("the connection closed before the whole answer came", request=request)
        return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)

    def close(self) -> None:
        if self._world is not None:
            self._world.close()


def embedded(db: Path, seed: int = 0, speed: float = USUAL_SPEED) -> SandboxTransport:
    """The embedded sandbox over the books in a file; closing the transport closes them.

    Raises Unavailable where the books cannot be opened. Its webhooks are recorded, and delivered when the same books
    are served.
    """
    world = World(db, seed, speed)
    return SandboxTransport(world.handle, world)
