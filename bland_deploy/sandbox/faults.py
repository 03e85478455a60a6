"""What can go wrong on purpose with a request: for users' drills, and for the proof of dispatch.

A plan is `{seed, faults: [{on, nth, do, …}]}`, see `docs/faults.md`. `on` is the kind of request, `nth` which of that
kind (one number or several, counted from 1), `since` that one and all later ones, `chance` how likely. What a fault
does to a request is the class named after its `do`; `faulty.py` says which request meets which fault.
"""

import re
from typing import Annotated, Literal, TypeAlias

import orjson
from pydantic import BaseModel, Field

from bland_deploy.sandbox.exchange import Answer, Refusal
from bland_deploy.sandbox.met import Met, OneFault, payload_of, relisted
from bland_deploy.sandbox.silences import Merge, Omit, Pretend, Strip, TakeAgain, Withhold

_PAGE_OF_A_PROXY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>\r\n"
_FAMILY = re.compile(r"/v1/batches")


class LoseRequest(OneFault):
    """The request never arrives: the connection closes and nothing is done."""

    do: Literal["lose-request"]

    def answer(self, _met: Met) -> Answer:
        return Answer(200, b"", (), cut=0)


class LoseAnswer(OneFault):
    """The request is carried out, then the connection closes without an answer."""

    do: Literal["lose-answer"]

    def answer(self, met: Met) -> Answer:
        return met.handled()._replace(cut=0)


class CutAnswer(OneFault):
    """The request is carried out; so many bytes of the answer go out, head included, then the connection closes."""

    do: Literal["cut-answer"]
    at: int = Field(ge=0, description="How many bytes go out.")

    def answer(self, met: Met) -> Answer:
        return met.handled()._replace(cut=self.at)


class ReplaceAnswer(OneFault):
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


class Refuse(OneFault):
    """Nothing is done, and the API says no in its own envelope."""

    do: Literal["refuse"]
    status: int = Field(429, ge=400, le=599)
    message: str = "Rate limit exceeded"
    code: str = "RATE_LIMIT_EXCEEDED"
    retry_after: str | None = None

    def answer(self, met: Met) -> Answer:
        family = "v1" if _FAMILY.match(met.ask.path) else "v2"
        return _with_retry_after(Refusal(self.status, self.message, self.code).answer(family), self.retry_after)


class Delay(OneFault):
    """The request is carried out at once, and its answer comes so many seconds late."""

    do: Literal["delay"]
    seconds: float = Field(ge=0, le=3600)

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        met.scene.sleep(self.seconds)
        return answer


class Repeat(OneFault):
    """The request is delivered twice and carried out twice; the first answer goes back."""

    do: Literal["repeat"]

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        met.handled()
        return answer


class Hide(OneFault):
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


class Shuffle(OneFault):
    """A page of a list comes in any order."""

    do: Literal["shuffle"]

    def answer(self, met: Met) -> Answer:
        return relisted(met.handled(), lambda items: met.scene.chance.sample(items, len(items)))


class Shorten(OneFault):
    """A page of a list lacks all but its first so many."""

    do: Literal["shorten"]
    most: int = Field(ge=0)

    def answer(self, met: Met) -> Answer:
        return relisted(met.handled(), lambda items: items[: self.most])


class Fail(OneFault):
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


class SwitchAccount(OneFault):
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
    | SwitchAccount
    | Omit
    | Strip
    | Merge
    | TakeAgain
    | Withhold
    | Pretend,
    Field(discriminator="do"),
]


class FaultPlan(BaseModel, frozen=True, extra="forbid"):
    """What goes wrong, and the seed of chance. With `mends_cut_bodies` creates that were cut short are carried out."""

    seed: int = 0
    mends_cut_bodies: bool = False
    faults: tuple[Fault, ...]


def _batch_id(answer: Answer) -> str | None:
    payload = payload_of(answer)
    inside = payload.get("data") or payload
    found = inside.get("batch_id") if isinstance(inside, dict) else None
    return found if isinstance(found, str) else None


def _with_retry_after(answer: Answer, seconds: str | None) -> Answer:
    return answer if seconds is None else answer._replace(headers=(*answer.headers, ("retry-after", seconds)))
