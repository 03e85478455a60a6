"""The provider's envelopes: what an answer says about failure, in each of the families that are documented.

v2 and newer v1   {"data": null, "errors": [{"error": "CODE", "message": "…"}]}
v1 calls          {"status": "error", "message": "…", "errors": ["…"]}
agents            {"status": "error", "code": "CODE", "message": "…"}
objectives        {"error": "CODE", "details": …}
v1 batches        {"message": "…"}, where anything but `success` is a failure
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from bland_deploy.diagnostics import mask_number

_NUMBER = re.compile(r"\+\d[\d ().-]{5,}\d|\b\d{7,15}\b|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")
_CODE = re.compile(r"[A-Z][A-Z0-9_]+")
_LONGEST = 500


class Failure(NamedTuple):
    """What the provider says went wrong."""

    code: str | None
    message: str


def read_answer(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object of an answer, or None where it is anything else."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def content_of(answer: Mapping[str, Any], key: str) -> object:
    """The value of a key in an answer's `data`, or beside it (both are met)."""
    content = answer.get("data")
    return content[key] if isinstance(content, Mapping) and key in content else answer.get(key)


def items_of(answer: Mapping[str, Any], key: str) -> list[Any] | None:
    """The items of a list in an answer: `data` itself, or what `content_of` finds. None where that is no list."""
    content = answer.get("data")
    items = content if isinstance(content, list) else content_of(answer, key)
    return items if isinstance(items, list) else None


def whole(value: object) -> int | None:
    """A count, or None where the answer has something else in its place."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def failure_in(answer: Mapping[str, Any]) -> Failure | None:
    """The failure that an answer reports in one of the families that mark it; `message` alone does not."""
    code, errors, status = answer.get("code"), answer.get("errors"), answer.get("status")
    if isinstance(errors, list) and errors:
        found = [_failure(error) for error in errors]
        first = next((failure.code for failure in found if failure.code), code if isinstance(code, str) else None)
        return Failure(first, plain("; ".join(failure.message for failure in found)))
    if isinstance(status, str) and status.lower() != "success" and "message" in answer:
        return Failure(
            _text(code) or (status if status != "error" else None), plain(_text(answer["message"]) or status)
        )
    error = answer.get("error")
    if isinstance(error, str) and _CODE.fullmatch(error):
        return Failure(error, plain(_text(answer.get("message")) or _text(answer.get("details")) or error))
    return None


def denies_success(answer: Mapping[str, Any]) -> bool:
    """Whether an answer bears any sign of failure, also in a shape that no document has."""
    status = answer.get("status")
    return bool(answer.get("errors") or answer.get("error")) or str(status or "success").lower() != "success"


def _failure(error: object) -> Failure:
    if not isinstance(error, Mapping):
        return Failure(None, str(error))
    code = _text(error.get("error")) or _text(error.get("code"))
    return Failure(code, _text(error.get("message")) or code or "no reason given")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def plain(text: str) -> str:
    """A provider's text made fit to show: one line, not endless, numbers masked."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * _LONGEST]).split())
    masked = _NUMBER.sub(lambda match: mask_number(re.sub(r"[^\d+]", "", match[0])), line)
    return masked if len(masked) <= _LONGEST else masked[: _LONGEST - 1] + "…"
