"""The text of a campaign's calls, as the log remembers it: to show what has changed since it was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from bland_deploy.diagnostics import mask_text
from bland_deploy.model.json import Json, JsonObject

_EXACT = "sha256"


@dataclass(frozen=True, slots=True)
class SharedText:
    """What is said in every call, whatever the run: JSON of its parts by name, such as `prompt` and `first_sentence`.

    It holds no phone number, since the log holds none: numbers are masked, and a digest tells whether they changed.
    Nothing in it comes from a row: of what each call has for itself it holds the template.
    """

    encoded: bytes

    @classmethod
    def of(cls, parts: Mapping[str, Json]) -> "SharedText":
        """The text with these parts, as they are said."""
        exact = sha256(_encode(dict(parts))).hexdigest()
        return cls(_encode({_EXACT: exact, **{name: _masked(value) for name, value in parts.items()}}))

    @property
    def sha256(self) -> str:
        """What identifies it."""
        return sha256(self.encoded).hexdigest()

    @property
    def parts(self) -> JsonObject:
        """Its parts by name, numbers masked; null where a campaign does not have one."""
        parts: JsonObject = json.loads(self.encoded)
        return {name: value for name, value in parts.items() if name != _EXACT}


def _encode(parts: JsonObject) -> bytes:
    return json.dumps(parts, sort_keys=True).encode("ascii")


def _masked(value: Json) -> Json:
    match value:
        case str():
            return mask_text(value)
        case list():
            return [_masked(item) for item in value]
        case dict():
            return {mask_text(name): _masked(item) for name, item in value.items()}
        case bool() | float() | None:
            return value
        case _:
            masked = mask_text(str(value))
            return value if masked == str(value) else masked
