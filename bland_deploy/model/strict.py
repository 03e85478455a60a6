"""The form of all models of files."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen, no unknown keys, no coercion: `"5"` is not 5 and 1 is not true.

    A model is built when it is first used, and what is only a part of others never by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
