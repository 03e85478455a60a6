"""Requests as they may be shown: recipients' numbers masked, and in CI every value of a row.

Digests are always of the unmasked bodies.
"""

import json
import re
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from bland_deploy.diagnostics import mask_number
from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.plan import Request

HIDDEN = "•••"
_NUMBERLIKE = re.compile(r"\+?\d(?:[\d ().\-/]*\d)?")
_TAIL = 7


class Privacy(NamedTuple):
    """How much may be shown: numbers at all, and values of rows (never in CI)."""

    numbers: bool = False
    row_values: bool = True


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(character for character in text if character.isdigit())


def mask_text(text: str, tails: AbstractSet[str]) -> str:
    """A text with every number masked whose last digits are those of a recipient."""

    def mask(found: re.Match[str]) -> str:
        number = digits(found.group())
        return mask_number(found.group()) if len(number) >= _TAIL and number[-_TAIL:] in tails else found.group()

    return _NUMBERLIKE.sub(mask, text)


def _mask_numbers(value: Json, tails: AbstractSet[str]) -> Json:
    match value:
        case str():
            return mask_text(value, tails)
        case bool() | float() | None:
            return value
        case int():
            masked = mask_text(str(value), tails)
            return value if masked == str(value) else masked
        case list():
            return [_mask_numbers(item, tails) for item in value]
        case dict():
            return {mask_text(key, tails): _mask_numbers(item, tails) for key, item in value.items()}


def _hide(value: Json, privacy: Privacy, key: str = "") -> Json:
    """A call without its recipient's number, and in CI without any value but the stamp's."""
    match value:
        case dict():
            return {
                name: item if name == "bland_deploy" else _hide(item, privacy, name) for name, item in value.items()
            }
        case list():
            return [_hide(item, privacy) for item in value]
        case str() if key == "phone_number":
            return mask_number(value)
        case None:
            return None
        case _:
            return value if privacy.row_values else HIDDEN


def shown_body(request: Request, privacy: Privacy) -> JsonObject:
    """The body of a request as it may be shown."""
    content, calls_key = request.read(), request.route.calls_key
    body: JsonObject = json.loads(content.body)
    if privacy.numbers:
        return body
    tails = {digits(number)[-_TAIL:] for number in content.numbers}
    calls = body.pop(calls_key)
    assert isinstance(calls, list)
    shown = [_mask_numbers(_hide(call, privacy), tails) for call in calls]
    return {**{key: _mask_numbers(value, tails) for key, value in body.items()}, calls_key: shown}


def request_document(request: Request, privacy: Privacy) -> JsonObject:
    """One request in the shape of the contract: names of headers only."""
    return {
        "campaign": request.campaign,
        "environment": request.route.environment,
        "method": request.route.method,
        "path": request.route.path,
        "headers": list(request.route.headers),
        "body": shown_body(request, privacy),
    }


def shown_texts(texts: JsonObject, request: Request, privacy: Privacy) -> JsonObject:
    """Texts of one call, filled with its variables, as they may be shown."""
    if privacy.numbers:
        return texts
    if not privacy.row_values:
        return dict.fromkeys(texts, HIDDEN)
    tails = {digits(number)[-_TAIL:] for number in request.read().numbers}
    return {key: _mask_numbers(value, tails) for key, value in texts.items()}
