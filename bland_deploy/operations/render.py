"""The exact requests of a campaign, whoever was called before; and one call as its person will hear it."""

from dataclasses import dataclass
from itertools import islice

import orjson

from bland_deploy.api.fields import bland_fills
from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.plan import NO_LINEAGE, Request
from bland_deploy.operations.requests import Pieces, Target, everybody, make_requests
from bland_deploy.operations.work import Aim, Work
from bland_deploy.planning.split import Piece
from bland_deploy.prompts.placeholders import fill


def render(work: Work, aim: Aim) -> tuple[Request, ...]:
    """Every request, as if nobody had been called and no state existed."""
    target = Target(aim.environment, aim.headers, NO_LINEAGE, work.marks)
    return make_requests(work.prepared, everybody(work.calls), work.run, target)


@dataclass(frozen=True, slots=True)
class Preview:
    """One call: its request with that call alone, and the texts of it with Bland's placeholders filled."""

    number: int
    request: Request
    texts: JsonObject


def preview(work: Work, aim: Aim, number: int) -> Preview:
    """The call of the recipient with that number (from 1, in the order of the list), or InvalidInput."""
    if not 1 <= number <= work.calls.count:
        raise InvalidInput(
            f"there is no recipient {number}: {work.prepared.campaign.campaign} has {work.calls.count:,} to call",
            help="count from 1, in the order of the list, without the rows that are left out",
        )
    target = Target(aim.environment, aim.headers, NO_LINEAGE, work.marks)
    (request,) = make_requests(work.prepared, _only(everybody(work.calls), number), work.run, target)
    return Preview(number, request, _heard(request))


def _only(pieces: Pieces, number: int) -> Pieces:
    """One of these calls, by its number from 1."""
    return [next(islice((Piece(put, (at,)) for put, places in pieces for at in places), number - 1, None))]


def _heard(request: Request) -> JsonObject:
    """The texts that Bland fills, filled with what this call brings along."""
    calls_key = request.route.calls_key
    body: JsonObject = orjson.loads(request.read().body)
    calls, shared = body[calls_key], body.get("global", body)
    assert isinstance(calls, list)
    assert isinstance(shared, dict)
    call = calls[0]
    assert isinstance(call, dict)
    effective: JsonObject = {**{key: value for key, value in shared.items() if key != calls_key}, **call}
    values = {**_object(effective.get("request_data")), "phone_number": call["phone_number"]}
    if "global" not in body:
        values = {**call, **values}
    return {
        key: _filled(value, (key,), values) for key, value in effective.items() if bland_fills((key,)) or _nests(key)
    }


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
