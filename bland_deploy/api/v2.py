"""The current generation: `POST /v2/batches/create` and its reads (docs.bland.ai, Batches)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bland_deploy.api.calls import make_call
from bland_deploy.api.envelopes import items_of, plain, whole
from bland_deploy.api.outcomes import FINAL, BatchStatus, Listed
from bland_deploy.api.stamps import Stamped, stamp_of, with_metadata, with_suffix
from bland_deploy.model.json import JsonObject
from bland_deploy.model.stamp import attempt_in

name = "v2"
method = "POST"
path = "/v2/batches/create"
headers = ("authorization", "content-type")
variables_under = "request_data"
calls_key = "call_objects"
description_key = "description"

_REQUESTED = re.compile(r"Requested: (\d+)")


def call_object(
    number: str, variables: JsonObject, under: str | None, each: JsonObject, override: JsonObject | None
) -> JsonObject:
    """One of `call_objects`; `under` None means `request_data`, "" flat."""
    return make_call(number, variables, variables_under if under is None else under, each, override)


def envelope(prompt: str | None, call: JsonObject, batch: JsonObject, description: str | None) -> JsonObject:
    """The request's body with None in the place of its calls."""
    shared: JsonObject = {} if prompt is None else {"task": prompt}
    body: JsonObject = {"global": {**shared, **call}, calls_key: None}
    if description is not None:
        body[description_key] = description
    return {**body, **batch, "global": body["global"], calls_key: None}


def stamp_into(envelope: JsonObject, stamp: JsonObject | None, suffix: str | None) -> Stamped:
    """The envelope with the stamp in `global.metadata` and the suffix on `description`; None leaves either out."""
    shared = envelope["global"]
    assert isinstance(shared, dict)
    stamped = shared if stamp is None else with_metadata(shared, stamp)
    body = envelope if stamped is None else {**envelope, "global": stamped}
    labelled = body if suffix is None else with_suffix(body, description_key, suffix)
    return Stamped(body if labelled is None else labelled, stamped is None, labelled is None)


def stamp_call(call: JsonObject, stamp: JsonObject) -> JsonObject:
    """A call with the stamp in metadata of its own, since how Bland merges it with the shared one is undocumented."""
    stamped = with_metadata(call, stamp) if "metadata" in call else None
    return call if stamped is None else stamped


def list_path(skip: int, take: int) -> str:
    """Where batches are listed."""
    return f"/v2/batches/list?take={take}&skip={skip}"


def batch_path(batch_id: str) -> str:
    """Where one batch is read."""
    return f"/v2/batches/{quote(batch_id, safe='')}"


def status_path(batch_id: str) -> str:
    """Where the status of a batch is read: its log, newest entry first."""
    return f"{batch_path(batch_id)}/logs?take=100&direction=desc"


def stop_path(batch_id: str) -> str:
    """Where a stop is posted."""
    return f"{batch_path(batch_id)}/stop"


def listed_in(answer: Mapping[str, Any]) -> list[Any] | None:
    """The items of a list of batches."""
    return items_of(answer, "batches")


def listed(item: Mapping[str, Any]) -> Listed | None:
    """One listed batch; `base_prompt` is the JSON of its `global`. None where it has no id."""
    batch_id, description = item.get("id"), item.get("description")
    if not isinstance(batch_id, str):
        return None
    preview = item.get("call_objects")
    stamp = stamp_of(item.get("base_prompt"))
    for call in preview if isinstance(preview, list) else ():
        stamp = stamp or stamp_of(call)
    attempt = stamp.attempt if stamp else attempt_in(description)
    return Listed(batch_id, item.get("created_at"), description, attempt, stamp)


def status_in(answer: Mapping[str, Any]) -> BatchStatus | None:
    """Where the batch stands by its log, in whatever order that is; None where the answer is no log."""
    events = items_of(answer, "logs")
    if events is None:
        return None
    known = [event for event in events if isinstance(event, Mapping)]
    latest = sorted(known, key=lambda event: str(event.get("timestamp", "")), reverse=True)
    states = [state for event in latest if (state := _state(event))]
    counts = next((_payload(event) for event in latest if "calls_total" in _payload(event)), {})
    status = next((state for state in states if state in FINAL), None) or ("completed" if counts else None)
    reason = next((_reason(event) for event in latest if "reason" in _payload(event)), None)
    return BatchStatus(
        status or next(iter(states), "initializing"),
        whole(counts["calls_total"]) if counts else _requested(latest),
        whole(counts.get("calls_successful")),
        whole(counts.get("calls_failed")),
        reason,
    )


def _payload(event: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = event.get("payload")
    return payload if isinstance(payload, Mapping) else {}


def _state(event: Mapping[str, Any]) -> str | None:
    state = _payload(event).get("state_change")
    kind = event.get("event_type")
    return state if isinstance(state, str) else kind if kind in FINAL else None


def _reason(event: Mapping[str, Any]) -> str:
    return plain(str(_payload(event)["reason"]))


def _requested(latest: list[Mapping[str, Any]]) -> int | None:
    messages = (str(_payload(event).get("message", "")) for event in latest)
    return next((int(match[1]) for message in messages if (match := _REQUESTED.search(message))), None)
