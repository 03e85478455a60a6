"""What was said: the agent's words with the placeholders filled, and plausible answers (API reference, 5 and 7)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.numbers import digits
from bland_deploy.sandbox.parameters import prompt, text
from bland_deploy.sandbox.times import iso

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_ANSWERS = {
    "INTERESTED": "Yes, that sounds good to me.",
    "NOT_INTERESTED": "No, thank you.",
    "COMPLETED_ACTION": "All right, let us do that.",
    "FOLLOW_UP_REQUIRED": "I need to think about it first.",
    "CALL_BACK_SCHEDULED": "Could you call me back tomorrow?",
    "NEEDS_MORE_INFO": "Can you tell me more about it?",
    "OBJECTION_RAISED": "That is more than I expected.",
    "DO_NOT_CONTACT": "Please do not call me again.",
}


class Said(NamedTuple):
    """One phrase and who said it: `assistant` or `user`."""

    user: str
    text: str


def fill(words: str, known: Mapping[str, Json]) -> str:
    """The text with its `{{names}}` filled: case and outer spaces do not matter (reference, 5).

    What becomes of an unknown name is not documented: here it stays as it is.
    """
    by_name = {name.strip().lower(): value for name, value in known.items()}

    def value(match: re.Match[str]) -> str:
        name = match[1].strip().lower()
        return _spoken(by_name[name]) if name in by_name else match[0]

    return _PLACEHOLDER.sub(value, words)


def _spoken(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def built_in(to: str, sender: str, call_id: str, at: float, params: Mapping[str, Json]) -> JsonObject:
    """The variables that every call has (reference, 5). The sandbox knows nobody's place: those are empty."""
    place: JsonObject = dict.fromkeys(("city", "state", "zip"), "")
    return {
        "phone_number": to,
        "to": to,
        "from": sender,
        "short_to": digits(to)[-10:],
        "short_from": digits(sender)[-10:],
        "call_id": call_id,
        "now": iso(at),
        "now_utc": iso(at),
        "timestamp": iso(at),
        "timezone": text(params, "timezone") or "America/Los_Angeles",
        "language": text(params, "language") or "babel-en",
        "country": "US" if digits(to).startswith("1") else "",
        **place,
    }


def converse(kind: str, tag: str, params: Mapping[str, Json], known: Mapping[str, Json]) -> list[Said]:
    """The phrases of a call that was taken, in order; none of one that was not."""
    first = fill(text(params, "first_sentence") or "Hello, do you have a moment?", known)
    words = fill(prompt(params), known)
    if kind == "voicemail":
        message = _voicemail_message(params)
        said = [Said("user", "Please leave a message after the tone.")]
        return [*said, Said("assistant", fill(message, known))] if message else said
    if kind != "human":
        return []
    said = [Said("user", "Hello?"), Said("assistant", first)]
    if words:
        said += [Said("user", "Yes?"), Said("assistant", words)]
    return [*said, Said("user", _ANSWERS[tag]), Said("assistant", "Thank you. Goodbye.")]


def _voicemail_message(params: Mapping[str, Json]) -> str | None:
    voicemail = params.get("voicemail")
    inner = text(voicemail, "message") if isinstance(voicemail, dict) else None
    return inner or text(params, "voicemail_message")
