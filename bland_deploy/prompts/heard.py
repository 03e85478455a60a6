"""One call as its person will hear it: the texts that Bland fills, filled with what the call brings along."""

from bland_deploy.api.fields import bland_fills
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.prompts.placeholders import fill


def heard(body: JsonObject, calls_key: str, number: int) -> JsonObject:
    """The texts of a call by field, filled. `body` is a request's, `number` the place of the call in it, from 0."""
    effective, values = effective_call(body, calls_key, number)
    return {
        key: _filled(value, (key,), values) for key, value in effective.items() if bland_fills((key,)) or _nests(key)
    }


def effective_call(body: JsonObject, calls_key: str, number: int) -> tuple[JsonObject, JsonObject]:
    """A call with what it shares with others in its place, and the values that Bland fills in."""
    calls, shared = body[calls_key], body.get("global", body)
    assert isinstance(calls, list)
    assert isinstance(shared, dict)
    call = calls[number]
    assert isinstance(call, dict)
    effective: JsonObject = {**{key: value for key, value in shared.items() if key != calls_key}, **call}
    values = {**_object(effective.get("request_data")), "phone_number": call["phone_number"]}
    return effective, values if "global" in body else {**call, **values}


def _nests(key: str) -> bool:
    return key == "voicemail"


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _filled(value: Json, path: tuple[str | int, ...], values: JsonObject) -> Json:
    match value:
        case str():
            return fill(value, values) if bland_fills(path) else value
        case dict():
            return {key: _filled(item, (*path, key), values) for key, item in value.items()}
        case list():
            return [_filled(item, (*path, index), values) for index, item in enumerate(value)]
        case _:
            return value
