"""What the API refuses at once, in its own words where they are known (API reference, 2.1, 3.1, 4 and 6.4).

Batches are held to what the reference says of the create; single calls to the error list of `POST /v1/calls` as well.
Unknown keys pass, and null passes everywhere.
"""

from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Refusal
from bland_deploy.sandbox.times import epoch
from bland_deploy.sandbox.webhooks import is_acceptable

CREATE_V2 = "BATCH_V2_CREATE_VALIDATION_ERROR"
_LONGEST_DESCRIPTION = 60
_FALLBACKS = ("task", "pathway_id", "persona_id", "agent_id")
_BOOLEANS = (
    *("amd", "answered_by_enabled", "block_interruptions", "ignore_button_press", "ivr_mode", "local_dialing"),
    *("noise_cancellation", "record", "reduce_latency", "sensitive_voicemail_detection"),
    *("stream_post_transfer_transcript", "test_mode", "wait_for_greeting"),
)
_OBJECTS = ("request_data", "metadata")
_RANGES = (("temperature", 0, 1), ("max_duration", 1, 720), ("interruptibility", 0, 3))
_LONGEST_TEXTS = (("summary_prompt", 2_000), ("external_id", 256))
_MOST_KEYWORDS = 20


def check_global(shared: Json) -> JsonObject:
    """The `global` of a v2 create. Raises Refusal."""
    if not isinstance(shared, dict):
        shared = {}
    if not any(shared.get(name) for name in _FALLBACKS):
        raise Refusal(
            400,
            "Either one of a `task`, `pathway_id`, or `persona_id` property must be provided in the global object as"
            " a fallback",
            CREATE_V2,
        )
    if "phone_number" in shared:
        raise Refusal(400, "`phone_number` is not allowed in the global object", CREATE_V2)
    check_parameters(shared, CREATE_V2)
    return shared


def check_entries(entries: Json, name: str, code: str) -> list[JsonObject]:
    """The calls of a create: a list of objects, not empty; `name` is its key. Raises Refusal."""
    if not isinstance(entries, list):
        raise Refusal(400, f"`{name}` must be an array", code)
    if not entries:
        raise Refusal(400, f"`{name}` must contain at least one call", code)
    checked: list[JsonObject] = []
    for position, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise Refusal(400, f"`{name}[{position}]` must be an object", code)
        if entry.get("webhook") is not None and not is_acceptable(entry["webhook"]):
            raise Refusal(400, f"`{name}[{position}].webhook` must start with https://", code)
        checked.append(entry)
    return checked


def find_bad_entry(entries: list[JsonObject]) -> str | None:
    """Why a v2 batch will fail after it was accepted, by its first bad entry (counted from 1), or None."""
    for number, entry in enumerate(entries, 1):
        if not has_number(entry):
            return f"Entry #{number} did not have a phone number."
        if not _is_time(entry.get("start_time")):
            return f"Entry #{number} did not have a valid start_time."
    return None


def has_number(entry: JsonObject) -> bool:
    """Whether the entry has a phone number that is not blank."""
    number = entry.get("phone_number")
    return bool(number.strip()) if isinstance(number, str) else type(number) is int


def check_description(text: Json) -> str | None:
    """The `description` of a v2 create. Whether 61 characters are refused or cut is not documented: refused."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise Refusal(400, "`description` must be a string", CREATE_V2)
    if len(text) > _LONGEST_DESCRIPTION:
        raise Refusal(400, "`description` must be at most 60 characters", CREATE_V2)
    return text


def check_webhook(url: Json, name: str, code: str) -> str | None:
    """A webhook of a batch."""
    if url is None:
        return None
    if not is_acceptable(url):
        raise Refusal(400, f"`{name}` must start with https://", code)
    return str(url)


def check_parameters(params: JsonObject, code: str) -> None:
    """Call parameters that hold for every call. Raises Refusal for the first that the API would not take."""
    for name in _BOOLEANS:
        if params.get(name) not in (None, True, False, "true", "false") or _is_number(params.get(name)):
            raise Refusal(400, f"{name} must be a boolean", code)
    if params.get("webhook") is not None and not is_acceptable(params["webhook"]):
        raise Refusal(400, "webhook must start with https://", code)
    if not _is_time(params.get("start_time")):
        raise Refusal(400, "Invalid start_time: must be a date in the format YYYY-MM-DD HH:MM:SS -HH:MM", code)
    for name in _OBJECTS:
        if not isinstance(params.get(name), (dict, type(None))):
            raise Refusal(400, f"{name} must be an object", code)
    _check_agent(params)


def _check_agent(params: JsonObject) -> None:
    agent = params.get("agent_id")
    if agent is None:
        return
    try:
        UUID(str(agent))
    except ValueError:
        raise Refusal(400, "agent_id must be a UUID", "AGENT_ID_INVALID") from None
    for other in ("pathway_id", "persona_id", "tools"):
        if params.get(other) is not None:
            raise Refusal(400, f"agent_id cannot be combined with {other}", "AGENT_PARAM_CONFLICT")


def check_single(params: JsonObject) -> None:
    """The body of `POST /v1/calls`. Raises Refusal."""
    if not has_number(params):
        raise Refusal(400, "Missing required parameter: phone_number")
    if not any(params.get(name) for name in _FALLBACKS):
        raise Refusal(400, "Missing required parameter: task, pathway_id, persona_id or agent_id")
    check_parameters(params, "BAD_REQUEST")
    for problem in _single_problems(params):
        raise Refusal(400, problem)


def _single_problems(params: JsonObject) -> Iterator[str]:
    for name, least, most in _RANGES:
        value = params.get(name)
        if value is not None and not (_is_number(value) and least <= float(str(value)) <= most):
            yield f"{name} must be a number between {least} and {most}"
    for name, longest in _LONGEST_TEXTS:
        value = params.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= longest):
            yield f"{name} must be a string of at most {longest} characters"
    keywords = params.get("keywords")
    if keywords is not None and not (isinstance(keywords, list) and len(keywords) <= _MOST_KEYWORDS):
        yield f"keywords must be an array of at most {_MOST_KEYWORDS} strings"
    if params.get("transfer_phone_number") == params["phone_number"]:
        yield "transfer_phone_number cannot be the same as phone_number"
    if not _is_zone(params.get("timezone")):
        yield "Invalid timezone"


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_time(value: Json) -> bool:
    if value is None or value == "":
        return True
    try:
        epoch(value)
    except ValueError:
        return False
    return True


def _is_zone(value: Json) -> bool:
    if value is None:
        return True
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
