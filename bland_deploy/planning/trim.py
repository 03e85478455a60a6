"""A finished request made smaller: people drop out of it, and nothing else changes.

The calls that stay keep their bytes. Only the stamp follows: its number of calls, and the lineage where the plan was
made before there was a state.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

from bland_deploy.model.plan import NO_ATTEMPT, Content, Request, finish
from bland_deploy.model.stamp import Stamp
from bland_deploy.planning.assemble import encode

_DECODER = json.JSONDecoder()


def trim(request: Request, kept: Sequence[bool], stamp: Stamp, lineage: str) -> Request | None:
    """The request with the calls for which `kept` (one for each of its numbers) is true; None where none rings.

    `stamp` is the one that the request has, with the attempt as zeros; `lineage` is to stand there. A test of v1 rings
    its first call only: without that one nothing is left, since another would be rung in its place.
    """
    rings = sum(kept[: request.calls])
    if not rings:
        return None
    if all(kept) and stamp.lineage == lineage:
        return request
    smaller = finish(request.route, lambda: _trimmed(request, kept, stamp, lineage))
    return replace(smaller, moments=request.moments)


def _trimmed(request: Request, kept: Sequence[bool], stamp: Stamp, lineage: str) -> Content:
    content, rings = request.read(), sum(kept[: request.calls])
    mark = _mark(content.body)
    text = content.with_attempt(mark).decode()
    if not all(kept):
        calls = _calls(text, request.route.calls_key)
        texts = [text[start:end] for start, end in compress(calls, kept)]
        text = text[: calls[0][0]] + ",".join(texts) + text[calls[-1][1] :]
    marked = stamp._replace(attempt=mark)
    body = text.replace(_text(marked), _text(marked._replace(lineage=lineage, calls=rings))).encode()
    return Content(
        body=body.replace(mark.encode(), NO_ATTEMPT.encode()),
        slots=tuple(found.start() for found in re.finditer(mark.encode(), body)),
        keys=tuple(compress(content.keys, kept)),
        numbers=tuple(compress(content.numbers, kept)),
    )


def _mark(body: bytes) -> str:
    """Sixteen characters that stand for the attempt meanwhile, and nowhere else in the body."""
    mark = secrets.token_hex(len(NO_ATTEMPT) // 2)
    return mark if mark.encode() not in body else _mark(body)


def _text(stamp: Stamp) -> str:
    return encode(stamp.to_json()).decode()


def _calls(text: str, calls_key: str) -> list[tuple[int, int]]:
    """Where each call of a body begins and ends. The body is compact JSON, as `assemble` writes it."""
    position = 1
    while True:
        name, position = _DECODER.raw_decode(text, position)
        position += 1
        if name == calls_key:
            return _items(text, position)
        position = _DECODER.raw_decode(text, position)[1] + 1


def _items(text: str, position: int) -> list[tuple[int, int]]:
    found = []
    while text[position] != "]":
        start = position + 1
        position = _DECODER.raw_decode(text, start)[1]
        found.append((start, position))
    return found
