"""The forms in which a `start_time` is written, by name."""

from typing import Literal, TypeAlias

StartForm: TypeAlias = Literal["offset-apart", "offset", "iso-offset", "iso-utc", "no-offset"]
"""How a `start_time` is written: `2026-01-01 12:00:00 -05:00`, the same without the blank before the offset, ISO 8601
with an offset, ISO 8601 with a Z, and without an offset."""
WRITTEN: StartForm = "offset-apart"
"""The form in which calls of a schedule get their times."""
