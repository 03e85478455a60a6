"""A request that a fault meets: what all faults have in common, and how answers are changed."""

import random
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Annotated, Literal, NamedTuple, TypeAlias

import orjson
from pydantic import BaseModel, Field

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Answer, Ask, Handler

Kind: TypeAlias = Literal["create", "list", "stop", "me", "calls", "read", "any"]


class Scene:
    """What faults share: chance, sleep, clock, and which batches are not to be seen yet (lists left, until when)."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self.sleep = sleep
        self.clock = clock
        self.chance = random.Random()  # noqa: S311 - faults, not secrets
        self.hidden: dict[str, tuple[int, float]] = {}
        self.lock = Lock()


class Met(NamedTuple):
    """A request that a fault meets, and what would happen to it without."""

    ask: Ask
    handle: Handler
    scene: Scene

    def handled(self, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer, once the request is carried out; with another body or other headers where they are given."""
        body, headers = self.ask.body if body is None else body, headers or self.ask.headers
        return self.handle(self.ask._replace(body=body, headers=headers))


class OneFault(BaseModel, frozen=True, extra="forbid"):
    """Which requests a fault meets; the class of each says what it does to them."""

    on: Kind = Field("any", description="The kind of request.")
    nth: Annotated[int, Field(ge=1)] | tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (), description="Which requests of that kind, counted from 1; all of them when left out."
    )
    since: int = Field(1, ge=1, description="The first request of that kind that may be met.")
    chance: float = Field(1, ge=0, le=1, description="How likely a request is met.")

    def meets(self, number: int, chance: float) -> bool:
        """Whether the request of that number (from 1, of this kind) is met; `chance` is drawn from 0 to 1."""
        wanted = (self.nth,) if isinstance(self.nth, int) else self.nth
        return number >= self.since and (not wanted or number in wanted) and chance < self.chance


def relisted(answer: Answer, change: Callable[[list[Json]], list[Json]]) -> Answer:
    """A page of a list with its items changed; another answer as it is."""
    payload = payload_of(answer)
    for name in ("data", "batches", "calls"):
        items = payload.get(name)
        if isinstance(items, list):
            return answer._replace(body=orjson.dumps({**payload, name: change(items)}))
    return answer


def payload_of(answer: Answer) -> JsonObject:
    """The answer's JSON object; empty where another fault has made something else of it."""
    try:
        payload = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return payload if isinstance(payload, dict) else {}
