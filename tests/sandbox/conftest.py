"""A sandbox whose clock stands still until a test moves it, and short ways to ask it."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from bland_deploy.sandbox.exchange import Ask
from bland_deploy.sandbox.world import World


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


class Api:
    """Asks one world as one account; answers are (status, JSON)."""

    def __init__(self, world, clock, key="sk-test"):
        self.world, self.clock, self.key = world, clock, key

    def ask(self, method, path, body=None, headers=None, **query):
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": self.key} | (headers or {})
        answer = self.world.handle(Ask(method, path, {name: str(value) for name, value in query.items()}, sent, raw))
        return answer.status, json.loads(answer.body)

    def get(self, path, **query):
        status, answer = self.ask("GET", path, **query)
        assert status == 200, answer
        return answer

    def post(self, path, body=None):
        status, answer = self.ask("POST", path, body)
        assert status == 200, answer
        return answer

    def create(self, *numbers, shared=None, **more):
        calls = [number if isinstance(number, dict) else {"phone_number": number} for number in numbers]
        body = {"global": {"task": "Greet."} | (shared or {}), "call_objects": calls, **more}
        return self.post("/v2/batches/create", body)["data"]["batch_id"]

    def calls(self, batch_id, **query):
        return self.get("/v1/calls", batch_id=batch_id, ascending="true", **query)["calls"]

    def phases(self, batch_id):
        """What the log says so far, oldest first."""
        events = self.get(f"/v2/batches/{batch_id}/logs", direction="asc")["data"]
        return [event["payload"].get("state_change", event["event_type"]) for event in events]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_world(clock):
    worlds = []

    def make(db=":memory:", **options):
        worlds.append(World(db, clock=clock, **options))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def api(make_world, clock):
    return Api(make_world(speed=1), clock)


@pytest.fixture
def another_api(clock):
    """Makes an `Api` over a world, or with another key."""

    def make(world, key="sk-test"):
        return Api(world, clock, key)

    return make


@pytest.fixture
def query_of():
    return urlencode
