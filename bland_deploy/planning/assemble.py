"""The exact bytes of a request.

Calls are encoded once, one by one, long before it is known which batch they travel in. Where the stamp stands in
them, and in the envelope, they carry marks; assembling a batch puts the stamp there, with the attempt as zeros, and
remembers the places of the zeros (the slots), so that sending only has to write 16 characters.
"""

import json
import secrets
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import orjson

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.model.plan import NO_ATTEMPT
from bland_deploy.model.stamp import Stamp


class Marks(NamedTuple):
    """Strings that stand for what is filled in later; random, so that no user's text can hold them."""

    stamp: str
    attempt: str
    calls: str

    @classmethod
    def make(cls) -> "Marks":
        """Fresh marks; they never reach the wire, so plans stay reproducible."""
        return cls(f"stamp-{secrets.token_hex(12)}", secrets.token_hex(8), f"calls-{secrets.token_hex(12)}")


def encode(value: Json) -> bytes:
    """Compact JSON in UTF-8: keys in order, types exact, integers of any size."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def encode_each(texts: Sequence[str | None]) -> list[bytes]:
    """The JSON of each of many texts. A line end is never within one, so that they can be told apart again."""
    return orjson.dumps(texts, option=orjson.OPT_INDENT_2)[4:-2].split(b",\n  ") if texts else []


def assemble(envelope: JsonObject, calls: Sequence[bytes], stamp: Stamp, marks: Marks) -> tuple[bytes, tuple[int, ...]]:
    """The body of a request and the slots of the attempt in it (offsets in bytes).

    `envelope` holds `marks.calls` where the calls belong; it and the calls may hold `marks.stamp` and `marks.attempt`.
    """
    before, after = encode(envelope).split(b'"%b"' % marks.calls.encode(), 1)
    marked = b"".join((before, b"[", b",".join(calls), b"]", after))
    stamped = marked.replace(b'"%b"' % marks.stamp.encode(), encode(stamp._replace(attempt=marks.attempt).to_json()))
    pieces = stamped.split(marks.attempt.encode())
    ends = accumulate(len(piece) + len(NO_ATTEMPT) for piece in pieces[:-1])
    return NO_ATTEMPT.encode().join(pieces), tuple(end - len(NO_ATTEMPT) for end in ends)
