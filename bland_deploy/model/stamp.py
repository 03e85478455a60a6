"""The mark by which a request is recognised again among the provider's batches. It never holds a phone number."""

import re
from typing import NamedTuple

from bland_deploy.model.json import JsonObject

STAMP_KEY = "bland_deploy"
_SUFFIX = re.compile(r" \[([a-z2-7]{16})\]\Z")


class Stamp(NamedTuple):
    """Which state, campaign, round and attempt a request belongs to, and how many calls it holds."""

    lineage: str
    campaign: str
    round: str
    attempt: str
    calls: int

    def to_json(self) -> JsonObject:
        """The stamp as it stands in metadata."""
        return {
            "lineage": self.lineage,
            "campaign": self.campaign,
            "round": self.round,
            "attempt": self.attempt,
            "calls": self.calls,
        }

    @classmethod
    def from_json(cls, value: object) -> "Stamp | None":
        """The stamp in a value that came from the provider, or None where it is none. Unknown keys are let be."""
        if not isinstance(value, dict):
            return None
        texts = [value.get(key) for key in ("lineage", "campaign", "round", "attempt")]
        calls = value.get("calls")
        if not all(isinstance(text, str) for text in texts) or type(calls) is not int or calls < 0:
            return None
        lineage, campaign, round_, attempt = map(str, texts)
        return cls(lineage, campaign, round_, attempt, calls)


def suffix(attempt: str) -> str:
    """What a stamped description or label ends in."""
    return f" [{attempt}]"


def attempt_in(text: object) -> str | None:
    """The attempt that a description or label ends in, or None. The zeros of a plan are no attempt."""
    match = _SUFFIX.search(text) if isinstance(text, str) else None
    return match[1] if match else None
