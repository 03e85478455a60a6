"""The form of all models of files."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Frozen, no unknown keys, no coercion: `"5"` is not 5 and 1 is not true.

    A model is built when it is first used, and what is only a part of others never by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def made(make: Callable[[], Any], description: str) -> Any:
    """A field whose default is made anew each time: pydantic would copy one deeply, which takes much longer."""
    return Field(default_factory=make, description=description, json_schema_extra={"default": make()})
