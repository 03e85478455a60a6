"""The process's environment variables that are read, and what they are called."""

from collections.abc import Mapping
from typing import TypeAlias

Variables: TypeAlias = Mapping[str, str]

API_KEY = "BLAND_API_KEY"
BASE_URL = "BLAND_BASE_URL"
STATE_KEY = "BLAND_DEPLOY_STATE_KEY"


def in_ci(variables: Variables) -> bool:
    """Whether `CI` is set: to anything but nothing, `false` or `0`."""
    return variables.get("CI", "").strip().casefold() not in {"", "false", "0"}
