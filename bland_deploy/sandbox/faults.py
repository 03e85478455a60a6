"""What can go wrong on purpose with a request: for users' drills, and for the proof of dispatch.

A plan is `{seed, faults: [{on, nth, do, …}]}`, see `docs/faults.md`. `on` is the kind of request, `nth` which of that
kind (one number or several, counted from 1), `since` that one and all later ones, `chance` how likely. What a fault
does to a request is the class named after its `do`; `faulty.py` says which request meets which fault.
"""

import random
import re
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Annotated, Literal, NamedTuple, TypeAlias

import orjson
from pydantic import BaseModel, Field

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Answer, Ask, Handler, Refusal

Kind: TypeAlias = Literal["create", "list", "stop", "me", "calls", "read", "any"]

_PAGE_OF_A_PROXY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>\r\n"
_FAMILY = re.compile(r"/v1/batches")


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


class _Fault(BaseModel, frozen=True, extra="forbid"):
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


class LoseRequest(_Fault):
    """The request never arrives: the connection closes and nothing is done."""

    do: Literal["lose-request"]

    def answer(self, _met: Met) -> Answer:
        return Answer(200, b"", (), cut=0)


class LoseAnswer(_Fault):
    """The request is carried out, then the connection closes without an answer."""

    do: Literal["lose-answer"]

    def answer(self, met: Met) -> Answer:
        return met.handled()._replace(cut=0)


class CutAnswer(_Fault):
    """The request is carried out; so many bytes of the answer go out, head included, then the connection closes."""

    do: Literal["cut-answer"]
    at: int = Field(ge=0, description="How many bytes go out.")

    def answer(self, met: Met) -> Answer:
        return met.handled()._replace(cut=self.at)


class ReplaceAnswer(_Fault):
    """The request is carried out, and something else is said about it: a proxy's 502, or garbage."""

    do: Literal["replace-answer"]
    status: int = Field(502, ge=200, le=599)
    body: str | None = Field(None, description="A proxy's HTML page when left out.")
    content_type: str = "text/html"
    retry_after: str | None = None

    def answer(self, met: Met) -> Answer:
        met.handled()
        body = _PAGE_OF_A_PROXY.format(self.status) if self.body is None else self.body
        return _with_retry_after(
            Answer(self.status, body.encode(), (("content-type", self.content_type),)), self.retry_after
        )


class Refuse(_Fault):
    """Nothing is done, and the API says no in its own envelope."""

    do: Literal["refuse"]
    status: int = Field(429, ge=400, le=599)
    message: str = "Rate limit exceeded"
    code: str = "RATE_LIMIT_EXCEEDED"
    retry_after: str | None = None

    def answer(self, met: Met) -> Answer:
        family = "v1" if _FAMILY.match(met.ask.path) else "v2"
        return _with_retry_after(Refusal(self.status, self.message, self.code).answer(family), self.retry_after)


class Delay(_Fault):
    """The request is carried out at once, and its answer comes so many seconds late."""

    do: Literal["delay"]
    seconds: float = Field(ge=0, le=3600)

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        met.scene.sleep(self.seconds)
        return answer


class Repeat(_Fault):
    """The request is delivered twice and carried out twice; the first answer goes back."""

    do: Literal["repeat"]

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        met.handled()
        return answer


class Hide(_Fault):
    """The batch of a create is missing from so many lists, or for so many seconds, or both."""

    do: Literal["hide"]
    lists: int = Field(0, ge=0, description="Lists asked for from their beginning, not pages.")
    seconds: float = Field(0, ge=0)

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        batch_id = _batch_id(answer)
        if batch_id:
            with met.scene.lock:
                met.scene.hidden[batch_id] = (self.lists, met.scene.clock() + self.seconds)
        return answer


class Shuffle(_Fault):
    """A page of a list comes in any order."""

    do: Literal["shuffle"]

    def answer(self, met: Met) -> Answer:
        return relisted(met.handled(), lambda items: met.scene.chance.sample(items, len(items)))


class Shorten(_Fault):
    """A page of a list lacks all but its first so many."""

    do: Literal["shorten"]
    most: int = Field(ge=0)

    def answer(self, met: Met) -> Answer:
        return relisted(met.handled(), lambda items: items[: self.most])


class Fail(_Fault):
    """A v2 create is answered with 200, and the batch fails afterwards: nobody is rung.

    Its first entry loses its number, which the API is known to answer so. v1 has no such status: nothing changes there.
    """

    do: Literal["fail"]

    def answer(self, met: Met) -> Answer:
        try:
            body = orjson.loads(met.ask.body)
            body["call_objects"][0]["phone_number"] = ""
        except (ValueError, TypeError, LookupError):
            return met.handled()
        return met.handled(body=orjson.dumps(body))


class SwitchAccount(_Fault):
    """The key belongs to another account now."""

    do: Literal["switch-account"]

    def answer(self, met: Met) -> Answer:
        key = met.ask.headers.get("authorization", "")
        return met.handled(headers={**met.ask.headers, "authorization": f"{key}-switched"})


Fault: TypeAlias = Annotated[
    LoseRequest
    | LoseAnswer
    | CutAnswer
    | ReplaceAnswer
    | Refuse
    | Delay
    | Repeat
    | Hide
    | Shuffle
    | Shorten
    | Fail
    | SwitchAccount,
    Field(discriminator="do"),
]


class FaultPlan(BaseModel, frozen=True, extra="forbid"):
    """What goes wrong, and the seed of chance."""

    seed: int = 0
    faults: tuple[Fault, ...]


def relisted(answer: Answer, change: Callable[[list[Json]], list[Json]]) -> Answer:
    """A page of a list with its items changed; another answer as it is."""
    payload = _payload(answer)
    for name in ("data", "batches", "calls"):
        items = payload.get(name)
        if isinstance(items, list):
            return answer._replace(body=orjson.dumps({**payload, name: change(items)}))
    return answer


def _batch_id(answer: Answer) -> str | None:
    payload = _payload(answer)
    inside = payload.get("data") or payload
    found = inside.get("batch_id") if isinstance(inside, dict) else None
    return found if isinstance(found, str) else None


def _payload(answer: Answer) -> JsonObject:
    """The answer's JSON object; empty where another fault has made something else of it."""
    try:
        payload = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return payload if isinstance(payload, dict) else {}


def _with_retry_after(answer: Answer, seconds: str | None) -> Answer:
    return answer if seconds is None else answer._replace(headers=(*answer.headers, ("retry-after", seconds)))
