"""A workspace, a sandbox on loopback to which faults happen, and applies inside this process that never really wait."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

from bland_deploy.cli.options import Invocation
from bland_deploy.cli.session import open_session
from bland_deploy.cli.work import aim_of, make_all
from bland_deploy.client.connection import Clock, Credentials, Manners, Timeouts, open_client
from bland_deploy.operations.apply import apply
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.log import open_log
from tests.crashes.oracle import judge

STATE_KEY = "cd" * 32
API_KEY = "sk-canary-chaos"
SLOW = 0.0001
"""Sandbox seconds for each real one: slow enough that nobody is dialled before an extra batch is stopped."""
HASTE = Timeouts(connect=2.0, write=2.0, answer=2.0, create=0.5)


class Weather:
    """Wraps a sandbox's handler; tests change the faults between applies."""

    def __init__(self):
        self.handler = None
        self.faulty = None

    def __call__(self, handler):
        self.handler = handler
        self.clear()
        return self.answer

    def answer(self, ask):
        return self.faulty(ask)

    def set(self, *faults, seed=0):
        self.faulty = Faulty(self.handler, FaultPlan(seed=seed, faults=faults))

    def clear(self):
        self.set()


class Bench:
    """`environment` has its state in a folder beside the campaign; `people` are called one in each batch by default."""

    def __init__(self, root, address, weather, books):
        self.root, self.address, self.weather, self.books = Path(root), address, weather, Path(books)
        self.slept = []
        self.said = []
        self.people = ()
        self.interrupted = lambda: None
        self.objection = lambda _request: None
        (self.root / "campaigns").mkdir(parents=True)
        (self.root / ".bland-deploy").mkdir()
        (self.root / ".bland-deploy/state.key").write_text(STATE_KEY)
        (self.root / ".bland-deploy/state.key").chmod(0o600)
        (self.root / "key").write_text(API_KEY)
        self.settings()

    def settings(self, **more):
        remote = {"base_url": self.address, "api_key": {"file": "key"}, "state": "state", **more}
        self.write("bland-deploy.yaml", {"version": 1, "environments": {"remote": remote}})

    def write(self, name, content):
        (self.root / name).write_text(json.dumps(content))

    def campaign(self, people, **more):
        self.people = tuple(people)
        rows = [{"phone_number": number, "name": "Canary"} for number in people]
        usual = {"version": 1, "campaign": "hello", "prompt": "Greet {{name}}.", "split": {"size": 1}}
        self.write("campaigns/hello.yaml", usual | {"recipients": {"inline": rows}} | more)
        return self

    def apply(self, address=None, timeouts=HASTE):
        session = open_session(Invocation(workspace=self.root), needs_key=True)
        works, found = make_all(session, [], datetime.now(UTC))
        manners = Manners(timeouts=timeouts, clock=Clock(sleep=self.slept.append))
        credentials = Credentials(session.settings.api_key.reveal())
        with open_client(address or self.address, credentials, manners=manners) as client:
            world = World(
                client=client,
                store=session.store(),
                now=lambda: datetime.now(UTC),
                sleep=self.sleep,
                settle=session.settings.settle,
                by="tests",
                interrupted=self.interrupted,
                objection=self.objection,
            )
            asked = Asked(lambda _plan: None, waits=lambda reason, seconds: self.said.append((reason, seconds)))
            return apply(works, aim_of(session), world, asked, found)

    def sleep(self, seconds):
        if seconds:
            self.slept.append(seconds)

    @property
    def rung(self):
        """The numbers that the sandbox took on and that were not stopped in time."""
        return [ring.number for ring in rings(self.books) if not ring.canceled]

    @property
    def log(self):
        return open_log(FileStore(self.root / "state"), "hello")

    @property
    def kinds(self):
        return [entry.kind for entry in self.log.entries]

    def verdict(self, code):
        """What is wrong with the world now that the faults have stopped and the last apply gave `code`."""
        return judge(
            self.books, self.root / "state", "hello", self.people, key=bytes.fromhex(STATE_KEY), code=int(code)
        )


@contextlib.contextmanager
def benching(folder, speed=SLOW):
    """A bench in a folder."""
    weather, books = Weather(), Path(folder) / "books.sqlite"
    with serving(Options(port=0, db=books, speed=speed, faults=weather)) as address:
        yield Bench(Path(folder) / "workspace", address, weather, books)
