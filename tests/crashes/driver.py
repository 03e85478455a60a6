"""Applies in children of this process, each hit by one fault at one point; how each ended is printed as JSON.

Run as a script with JSON on stdin, so that nothing of the tests' own process is forked: {"books", "warm", "jobs":
[{"root", "mode", "point", "before", "promote"}]}. `warm` is a workspace that this process applies itself, so that its
children have all modules. So many plain applies come `before`. A fault is met once; then plain applies follow until one
ends with 0 or 8. With `promote` "always", or "after" the fault, a person promotes waves. Without a mode the points that
are passed are listed. The embedded sandboxes of all jobs share the books, each with an account of its own, and calls
end at once; since only processes are killed and the machine is not, nothing is synced to the disk.
"""

import json
import os
import signal
import sqlite3
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import ensure_state_key, open_session
from bland_deploy.cli.signals import watching_signals
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.client.connection import Credentials, open_client
from bland_deploy.errors import DeployError, SecondSignal
from bland_deploy.operations.apply import apply
from bland_deploy.operations.sending.world import Asked, Promoter, World
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.transport import BASE_URL, SandboxTransport
from bland_deploy.sandbox.world import World as Sandbox
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.store import StoreFailed

MOST_RUNS = 4
CLEAN = {0, 8}


class Hook:
    """Counts the points that are passed, and strikes at one of them."""

    def __init__(self, mode=None, point=None):
        self.mode, self.point, self.passed = mode, point, []

    def __call__(self, name):
        self.passed.append(name)
        if len(self.passed) - 1 == self.point:
            strike(self.mode, name)


def strike(mode, name):
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if mode in {"SIGTERM", "SIGINT"}:
        os.kill(os.getpid(), getattr(signal, mode))
    if mode == "raise":
        raise StoreFailed("the disk is broken") if name.startswith("store: ") else RuntimeError(name)


class WatchedStore:
    """A store whose writes are points: before each, and after it (a success that is then reported as failed)."""

    def __init__(self, store, hook):
        self._store, self._hook = store, hook

    def __getattr__(self, name):
        done = getattr(self._store, name)
        if name not in {"create", "create_in_turn", "put", "reserve"}:
            return done

        def watched(*arguments):
            self._hook(f"store: before {name}")
            result = done(*arguments)
            self._hook(f"store: after {name}")
            return result

        return watched


class WatchedTransport(httpx.BaseTransport):
    """A transport whose creates are points: before the connection, and with the answer on its way."""

    def __init__(self, transport, hook):
        self._transport, self._hook = transport, hook

    def handle_request(self, request):
        if request.method != "POST":
            return self._transport.handle_request(request)
        self._hook("wire: before the connection")
        response = self._transport.handle_request(request)
        self._hook("wire: the answer is on its way")
        return response

    def close(self):
        self._transport.close()


def open_transport(books, settings):
    """The address and the transport of an environment."""
    if settings.provider != "sandbox":
        return settings.base_url, httpx.HTTPTransport()
    sandbox = Sandbox(Path(books), speed=1_000_000)
    sandbox._books.execute("PRAGMA synchronous = OFF")
    return BASE_URL, SandboxTransport(sandbox.handle, sandbox)


def attempt(books, root, hook, promoter=None, watched=WatchedStore):
    """One apply, as the command wires it, with a hook at every point; its exit code."""
    session = ensure_state_key(open_session(Invocation(workspace=Path(root)), needs_key=True))
    works, found = make_all(session, [], datetime.now(UTC))
    address, transport = open_transport(books, session.settings)
    client = open_client(address, Credentials(f"sk-{Path(root).name}"), transport=WatchedTransport(transport, hook))
    with client, watching_signals(quiet=True) as interrupted:
        world = World(
            client=client,
            store=watched(FileStore(Path(session.settings.state), sync=lambda _descriptor: None), hook),
            now=lambda: datetime.now(UTC),
            sleep=lambda _seconds: None,
            settle=0.0,
            by="tests",
            interrupted=interrupted,
            passed=hook,
        )
        return int(apply(works, aim_of(session), world, Asked(lambda _plan: None, promoter=promoter), found).exit_code)


def end_of(books, root, hook, promoter=None):
    """The exit code of one apply, whatever becomes of it, as the command line would give it."""
    try:
        return attempt(books, root, hook, promoter)
    except DeployError as problem:
        return int(problem.exit_code)
    except SecondSignal as stop:
        return int(stop.code)
    except Exception as problem:  # noqa: BLE001 - as at the boundary
        if str(problem) not in hook.passed:
            traceback.print_exc()
        return 1


def in_a_child(books, root, mode=None, point=None, promoter=None):
    """The exit code of one apply in a process of its own (-9 when it was killed), and the points that it passed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        hook = Hook(mode, point)
        code = end_of(books, root, hook, promoter)
        os.write(writing, json.dumps({"code": code, "passed": hook.passed}).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return json.loads(told) if told else {"code": status, "passed": []}


def work(books, root, mode=None, point=None, before=0, promote=None):
    """One job: plain applies before, the struck apply, then others until the end."""
    promoter = Promoter("tests", "they looked at it")
    begun = [in_a_child(books, root)["code"] for _ in range(before)]
    first = in_a_child(books, root, mode, point, promoter if promote == "always" else None)
    between = rung(books, Path(root).name)
    codes = [first["code"]]
    while mode and len(codes) < MOST_RUNS and (len(codes) == 1 or codes[-1] not in CLEAN):
        codes.append(in_a_child(books, root, promoter=promoter if promote else None)["code"])
    return {"codes": codes, "passed": first["passed"], "rung_at_first": between, "begun": begun}


def rung(books, campaign):
    """How many rings of a campaign the books hold."""
    with suppress(sqlite3.OperationalError):  # nothing was asked of the sandbox yet
        return sum(ring.stamp["campaign"] == campaign for ring in rings(Path(books)))
    return 0


if __name__ == "__main__":
    order = json.load(sys.stdin)
    end_of(order["books"], order["warm"], Hook())
    for job in order["jobs"]:
        sys.stdout.write(json.dumps(work(order["books"], **job)) + "\n")
        sys.stdout.flush()
