"""A provider over HTTP that is probed, with a clock that only the probe's own pauses move."""

import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread

from bland_deploy.client.connection import Clock, Credentials, Manners, open_client
from bland_deploy.errors import Interrupted
from bland_deploy.model.keys import new_lineage
from bland_deploy.operations.probe.callees import make_callees
from bland_deploy.operations.probe.journal import open_journal
from bland_deploy.operations.probe.observe import Prober
from bland_deploy.operations.probe.run import Provider, probe, tidy_up
from bland_deploy.operations.provider.listed import account_fingerprint
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty, kind_of
from bland_deploy.sandbox.wire import Server
from bland_deploy.sandbox.world import World

BEGUN = datetime(2026, 3, 2, 17, tzinfo=UTC)
"""A Monday, noon in New York."""
NUMBERS = ("+12125550100", "+12125550101")
KEY = "sk-probe"


class Laboratory:
    """A sandbox that does things as a plan of faults says. `interrupt_at` is the create before which a signal comes."""

    def __init__(self, root, plan=None, *, interrupt_at=None):
        self.root, self.books = root, root / "books.sqlite"
        self.seconds, self.creates, self.interrupt_at = 0.0, 0, interrupt_at
        self.plan = FaultPlan.model_validate({"faults": [], **(plan or {})})
        self.told, self.prober, self._changed = [], None, Condition()
        self.root.mkdir(exist_ok=True)

    def now(self):
        return BEGUN + timedelta(seconds=self.seconds)

    def sleep(self, seconds):
        self.seconds += seconds

    def _settled(self):
        """Whatever was sent has been seen by the other side, also what was cut off and is mended."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.prober is None or self.creates >= len(self.prober.attempts), 30)

    @contextmanager
    def serving(self):
        world = World(self.books, clock=self.now)
        faulty = Faulty(world.handle, self.plan, self.sleep, lambda: self.seconds)

        def handle(ask):
            if self.plan.mends_cut_bodies and kind_of(ask) == "list":
                self._settled()
            answer = faulty(ask)
            if kind_of(ask) == "create":
                with self._changed:
                    self.creates += 1
                    self._changed.notify_all()
            return answer

        server = Server("127.0.0.1", 0, handle, mends=self.plan.mends_cut_bodies)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            world.close()

    @contextmanager
    def client(self):
        clock = Clock(monotonic=lambda: self.seconds, now=self.now, sleep=self.sleep, random=lambda: 0.0)
        with self.serving() as address, open_client(address, Credentials(KEY), manners=Manners(clock=clock)) as client:
            yield client

    def check(self):
        if self.interrupt_at is not None and self.creates >= self.interrupt_at:
            raise Interrupted("stopped by a signal")

    def probe(self, numbers=NUMBERS, profile="us-strict"):
        """Probe; what came of it, and of the probes before."""
        with self.client() as client, open_journal(self.root, "lab") as journal:
            self.tidied = tidy_up(client, journal)
            self.prober = Prober(client, journal, self.sleep, self.check, new_lineage())
            provider = Provider("lab", "https://lab.example", account_fingerprint(client))
            return probe(self.prober, provider, lambda: make_callees(numbers, profile, self.now()), self.told.append)

    def rings(self):
        return rings(self.books)

    def rung(self):
        """Who was not stopped before the phone could ring."""
        return [ring for ring in self.rings() if not ring.canceled]

    def shared(self):
        """What the calls of each batch share, as it was sent."""
        with closing(sqlite3.connect(self.books)) as books:
            return [json.loads(row[0]) for row in books.execute("SELECT shared FROM batches ORDER BY id")]
