"""The parameters and variables of one call, from what its entry says and what all calls of its batch share.

What an entry says replaces what is shared, by top-level key: merging of nested objects is not documented (reference,
3.1). In v1 every key of a row is a variable, and only those that user code sees working are parameters too (2.1).
"""

from collections.abc import Mapping

from bland_deploy.model.json import Json, JsonObject

POOL_NUMBER = "+14155550190"
"""Caller id of calls without `from`, out of a fictional range."""

_V1_ROW_PARAMETERS = frozenset(
    (
        *("analysis_schema", "external_id", "from", "language", "max_duration", "metadata", "persona_id"),
        *("record", "request_data", "webhook"),
    )
)
_LONGEST_MINUTES = 720
USUAL_MINUTES = 30
"""The longest call where `max_duration` says nothing (reference, 4.3)."""


def effective(api: str | None, shared: JsonObject, entry: JsonObject) -> JsonObject:
    """The parameters of one call; `api` is None for a single call."""
    if api == "v1":
        return {**shared, **{key: value for key, value in entry.items() if key in _V1_ROW_PARAMETERS}}
    return {**shared, **entry}


def own_variables(api: str | None, params: JsonObject, entry: JsonObject) -> JsonObject:
    """What fills the placeholders of a call, by name."""
    under = params.get("request_data")
    row = entry if api == "v1" else {}
    return {**row, **(under if isinstance(under, dict) else {})}


def minutes(params: Mapping[str, Json]) -> float:
    """The longest talk that `max_duration` allows; 30 minutes unless it says otherwise (reference, 4.3)."""
    value = params.get("max_duration")
    try:
        wanted = float(value) if isinstance(value, (int, float, str)) else USUAL_MINUTES
    except ValueError:
        wanted = USUAL_MINUTES
    return min(wanted, _LONGEST_MINUTES) if wanted > 0 else USUAL_MINUTES


def text(params: Mapping[str, Json], name: str) -> str | None:
    """A parameter where it is a text with something in it, else None."""
    value = params.get(name)
    return value if isinstance(value, str) and value else None


def prompt(params: Mapping[str, Json]) -> str:
    """The prompt, unexpanded; empty for a pathway."""
    return text(params, "task") or text(params, "base_prompt") or ""
