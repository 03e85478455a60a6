"""Durations as people write them in YAML: `0s`, `500ms`, `20s`, `5m`, `24h`, `31d`, `1h30m`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_WHOLE = re.compile(r"(?:\d+(?:ms|[smhd]))+")
_PART = re.compile(r"(\d+)(ms|[smhd])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: object) -> float:
    """The duration in seconds. Raises ValueError for anything but the written form."""
    if isinstance(text, float):
        return text
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        raise ValueError('must be a duration such as "20s", "5m" or "24h"')
    return sum(int(amount) * _SECONDS[unit] for amount, unit in _PART.findall(text))


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]+(ms|s|m|h|d))+$", "examples": ["0s", "20s", "24h"]}),
]
