"""What the API may do where its documents are silent, so that a probe is seen to tell one answer from another.

The sandbox itself does one thing in each case (API reference, 12); these are the others, written as faults.
"""

from typing import Literal

import orjson
from pydantic import Field

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Answer, data, success
from bland_deploy.sandbox.met import Met, OneFault, payload_of, relisted

_CALLS = ("call_objects", "call_data")
_TAKEN = "already exists"
_JSON_IN_TEXT = "base_prompt"


class Omit(OneFault):
    """The answer lacks these keys, however deep they stand."""

    do: Literal["omit"]
    keys: tuple[str, ...] = Field(description="The keys that are left out.")

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        payload = payload_of(answer)
        return answer._replace(body=orjson.dumps(_without(payload, self.keys))) if payload else answer


class Strip(OneFault):
    """The request is carried out as if it lacked these keys: at its top, in `global`, and in its calls."""

    do: Literal["strip"]
    keys: tuple[str, ...] = Field(description="The keys that are ignored.")

    def answer(self, met: Met) -> Answer:
        body = _object(met.ask.body)
        return met.handled(body=orjson.dumps(_without(body, self.keys))) if body else met.handled()


class Merge(OneFault):
    """Objects that a call of a create and `global` both have are merged, and the call's keys win."""

    do: Literal["merge"]

    def answer(self, met: Met) -> Answer:
        body = _object(met.ask.body)
        shared, calls = body.get("global"), body.get("call_objects")
        if not isinstance(shared, dict) or not isinstance(calls, list):
            return met.handled()
        merged: list[Json] = [_merged(shared, call) if isinstance(call, dict) else call for call in calls]
        return met.handled(body=orjson.dumps({**body, "call_objects": merged}))


class TakeAgain(OneFault):
    """A create under a `batch_id` that is taken succeeds: nothing new is created, or another batch."""

    do: Literal["take-again"]
    creates: bool = Field(False, description="Another batch is created, with an id of the provider's.")

    def answer(self, met: Met) -> Answer:
        answer = met.handled()
        body = _object(met.ask.body)
        chosen = body.get("batch_id")
        if chosen is None or _TAKEN.encode() not in answer.body:
            return answer
        if self.creates:
            return met.handled(body=orjson.dumps(_without(body, ("batch_id",))))
        return answer._replace(status=200, body=orjson.dumps({"message": "success", "batch_id": chosen}))


class Pretend(OneFault):
    """Nothing is done, and the answer is that of a success."""

    do: Literal["pretend"]

    def answer(self, met: Met) -> Answer:
        return data(None) if met.ask.path.startswith("/v2/") else success()


class Withhold(OneFault):
    """Lists of calls lack those that are not dialled yet."""

    do: Literal["withhold"]

    def answer(self, met: Met) -> Answer:
        return relisted(met.handled(), lambda calls: [call for call in calls if not _is_queued(call)])


def _is_queued(call: Json) -> bool:
    return isinstance(call, dict) and call.get("queue_status") == "queued"


def _object(body: bytes) -> JsonObject:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _merged(shared: JsonObject, call: JsonObject) -> JsonObject:
    inner = {
        key: {**value, **own}
        for key, own in call.items()
        if isinstance(own, dict) and isinstance(value := shared.get(key), dict)
    }
    return {**call, **inner}


def _without(value: Json, keys: tuple[str, ...]) -> Json:
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _kept(key, item, keys) for key, item in value.items() if key not in keys}


def _kept(key: str, value: Json, keys: tuple[str, ...]) -> Json:
    """The value without the keys; lists of batches have an object as JSON in a text."""
    inside = _object(value.encode()) if key == _JSON_IN_TEXT and isinstance(value, str) else {}
    return orjson.dumps(_without(inside, keys)).decode() if inside else _without(value, keys)
