"""The receiver over HTTP, until it is stopped."""

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from bland_deploy.errors import InvalidInput
from bland_deploy.listener.app import Bounds, Receiver
from bland_deploy.listener.proof import Trust
from bland_deploy.listener.writer import writing

_BACKLOG = 1_024
_MOST_AT_ONCE = 512
_KEEP_ALIVE = 30


@dataclass(frozen=True, slots=True)
class Address:
    """Where the receiver listens; port 0 takes a free one."""

    host: str
    port: int


def listen(address: Address, path: Path, trust: Trust, bounds: Bounds, ready: Callable[[str], None]) -> None:
    """Serve until a signal; deliveries in hand are answered first. `ready` hears the address once it is open.

    Raises InvalidInput where the address cannot be listened on, and as `open_events` does.
    """
    with writing(path) as writer, closing(_open(address)) as door:
        config = uvicorn.Config(
            Receiver(writer, trust, bounds),
            backlog=_BACKLOG,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=_KEEP_ALIVE,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
        )
        host, port = door.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}{bounds.path}")
        uvicorn.Server(config).run(sockets=[door])


def _open(address: Address) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        door = socket.create_server(where[:2], family=family, backlog=_BACKLOG)
    except OSError as problem:
        raise InvalidInput(
            f"cannot listen on {address.host}:{address.port}: {problem.strerror or problem}",
            help="choose another --host or --port",
        ) from problem
    # asyncio does so only where a socket names its protocol; without it an answer in two pieces takes 40 ms longer
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door
