"""How calls end: drawn from the seed, the number, and how often this account called it before.

Nothing else enters, so that the outcome of a person does not depend on batching, on the order of racing requests or
on anything random in a request: the same seed and list give the same figures.
"""

from hashlib import blake2b
from math import log1p
from typing import NamedTuple

from bland_deploy.sandbox.numbers import forced

# share of calls, running total
_KINDS = ((0.56, "human"), (0.78, "voicemail"), (0.90, "no-answer"), (0.95, "busy"), (1.0, "failed"))


class Ending(NamedTuple):
    """What the API says of a call that ended (reference, 7 and 8.1)."""

    status: str
    queue_status: str
    answered_by: str | None = None
    error_message: str | None = None


ENDINGS = {
    "human": Ending("completed", "complete", "human"),
    "voicemail": Ending("completed", "complete", "voicemail"),
    "no-answer": Ending("no-answer", "complete", "no-answer"),
    "busy": Ending("busy", "call_error", None, "Call failed. The number is busy (SIP 486)."),
    "not-found": Ending("failed", "call_error", None, "Call failed. The number was not found (SIP 404)."),
    "unavailable": Ending("failed", "call_error", None, "Call failed. Temporarily unavailable (SIP 480)."),
    "blocked": Ending("failed", "call_error", None, "Call failed. Blocked by the provider (SIP 608)."),
    "malformed": Ending("failed", "pre_queue_error", None, "Call failed. Invalid phone number."),
    "canceled": Ending("canceled", "queue_error", None, "Call canceled."),
}
_FAILURES = ("not-found", "unavailable", "blocked")

_TAGS = {"voicemail": "NO_CONTACT_MADE", "no-answer": "NO_ANSWER", "busy": "BUSY"}
_CONVERSATIONS = (
    *("INTERESTED",) * 5,
    *("NOT_INTERESTED",) * 5,
    *("COMPLETED_ACTION",) * 4,
    *("FOLLOW_UP_REQUIRED",) * 2,
    *("CALL_BACK_SCHEDULED", "NEEDS_MORE_INFO", "OBJECTION_RAISED", "DO_NOT_CONTACT"),
)

# seconds that a line is held by calls that nobody talks on
_RINGING = {"no-answer": 28, "busy": 4}
_SETTING_UP = 6
_MINUTE_PRICE = 0.14
_LEAST_PRICE = 0.015
_UNIT = 2.0**-32


class Outcome(NamedTuple):
    """How a call ends: its kind (a key of ENDINGS), seconds of talk, seconds that the line is held, disposition."""

    kind: str
    talk: int
    held: int
    tag: str


MALFORMED = Outcome("malformed", 0, 0, "FAILED")
CANCELED = Outcome("canceled", 0, 0, "CANCELED")


def draw(seed: int, found: str, nth: int, most_minutes: float) -> Outcome:
    """The outcome of the `nth` call to a number, of at most `most_minutes` of talk."""
    luck = blake2b(f"{seed}|{found}|{nth}".encode(), digest_size=12).digest()
    first, second, third = (int.from_bytes(luck[at : at + 4]) * _UNIT for at in (0, 4, 8))
    kind = forced(found) or next(name for share, name in _KINDS if first < share)
    if kind == "failed":
        return Outcome(_FAILURES[int(third * len(_FAILURES))], 0, 2, "FAILED")
    if kind not in {"human", "voicemail"}:
        return Outcome(kind, 0, _RINGING[kind], _TAGS[kind])
    wanted = 12 + int(-75 * log1p(-second)) if kind == "human" else 6 + int(24 * second)
    talk = max(1, min(wanted, int(most_minutes * 60)))
    tag = _CONVERSATIONS[int(third * len(_CONVERSATIONS))] if kind == "human" else _TAGS[kind]
    return Outcome(kind, talk, talk + _SETTING_UP, tag)


def price(kind: str, talk: int) -> float:
    """USD: pro rata to the second, at least the minimum for each attempt (reference, 6.2); nothing if never dialled."""
    if kind == "canceled":
        return 0.0
    return round(max(_LEAST_PRICE, talk / 60 * _MINUTE_PRICE), 4)


def identifier(*parts: object) -> str:
    """A UUID (version 4 in form) that follows from its parts."""
    text = blake2b("|".join(map(str, parts)).encode(), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
