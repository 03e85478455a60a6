"""The sandbox over HTTP: `sandbox serve`."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from bland_deploy.errors import InvalidInput
from bland_deploy.sandbox.books import Where
from bland_deploy.sandbox.courier import delivering
from bland_deploy.sandbox.exchange import Handler
from bland_deploy.sandbox.usual import USUAL_PORT, USUAL_SPEED
from bland_deploy.sandbox.webhooks import is_address
from bland_deploy.sandbox.wire import Server
from bland_deploy.sandbox.world import World

_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox is served. `db` None keeps the books in memory; port 0 takes a free one.

    `speed` is sandbox seconds for each real one; `webhooks` is an address that gets every webhook; `faults` wraps the
    handler of requests, as `faults.Faulty` does; `mends_cut_bodies` carries out requests that lack their last byte.
    """

    host: str = "127.0.0.1"
    port: int = USUAL_PORT
    db: Path | None = None
    seed: int = 0
    speed: float = USUAL_SPEED
    webhooks: str | None = None
    faults: Callable[[Handler], Handler] | None = None
    mends_cut_bodies: bool = False


@contextmanager
def serving(options: Options) -> Iterator[str]:
    """Serve while the block runs; gives the address. Requests in hand are answered before it ends.

    Raises InvalidInput where an option makes no sense or the address cannot be listened on, and Unavailable where the
    books cannot be opened.
    """
    if options.webhooks is not None and not is_address(options.webhooks):
        raise InvalidInput("--webhooks must be an address that begins with http:// or https://")
    where: Where = options.db if options.db is not None else ":memory:"
    world = World(where, options.seed, options.speed)
    try:
        server = _listen(options, world)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True)
        with delivering(world, options.webhooks):
            thread.start()
            try:
                yield _address(options.host, server.server_port)
            finally:
                server.shutdown()
                thread.join()
                server.server_close()
                server.finish(_PATIENCE)
    finally:
        world.close()


def _listen(options: Options, world: World) -> Server:
    try:
        handler = options.faults(world.handle) if options.faults else world.handle
        return Server(options.host, options.port, handler, mends=options.mends_cut_bodies)
    except (OSError, OverflowError) as reason:
        raise InvalidInput(
            f"cannot listen on {_address(options.host, options.port)}: {reason}",
            help="choose another --port, or 0 for a free one",
        ) from reason


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(options: Options, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `on_ready` is given the address. Call it from the main thread."""
    over = Event()
    before = {number: signal.signal(number, lambda *_: over.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with serving(options) as address:
            on_ready(address)
            over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
