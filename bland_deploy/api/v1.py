"""The older generation: `POST /v1/batches` and its reads, as documented until 2025-05-08."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bland_deploy.api.calls import make_call
from bland_deploy.api.envelopes import items_of, whole
from bland_deploy.api.outcomes import BatchStatus, Listed
from bland_deploy.api.stamps import Stamped, stamp_of, with_metadata, with_suffix
from bland_deploy.model.json import JsonObject
from bland_deploy.model.stamp import attempt_in

name = "v1"
method = "POST"
path = "/v1/batches"
headers = ("authorization", "content-type")
variables_under = ""
calls_key = "call_data"
description_key = "label"

_STATUSES = {"in-progress": "in_progress", "in_progress": "in_progress", "completed": "completed"}


def call_object(
    number: str, variables: JsonObject, under: str | None, each: JsonObject, override: JsonObject | None
) -> JsonObject:
    """One of `call_data`; `under` None means flat, as does ""."""
    return make_call(number, variables, under or "", each, override)


def envelope(prompt: str | None, call: JsonObject, batch: JsonObject, description: str | None) -> JsonObject:
    """The request's body with None in the place of its calls."""
    body: JsonObject = {} if prompt is None else {"base_prompt": prompt}
    body[calls_key] = None
    if description is not None:
        body[description_key] = description
    return {**body, **call, **batch, calls_key: None}


def stamp_into(envelope: JsonObject, stamp: JsonObject | None, suffix: str | None) -> Stamped:
    """The envelope with the stamp in `metadata` and the suffix on `label`; None leaves either out."""
    stamped = envelope if stamp is None else with_metadata(envelope, stamp)
    body = envelope if stamped is None else stamped
    labelled = body if suffix is None else with_suffix(body, description_key, suffix)
    return Stamped(body if labelled is None else labelled, stamped is None, labelled is None)


def stamp_call(call: JsonObject, stamp: JsonObject) -> JsonObject:  # noqa: ARG001 - the protocol's signature
    """The call as it is: a key of a v1 row is a variable of the prompt."""
    return call


def list_path(skip: int, take: int) -> str:
    """Where batches are listed, newest first."""
    return f"/v1/batches?from={skip}&limit={take}"


def batch_path(batch_id: str) -> str:
    """Where one batch is read."""
    return f"/v1/batches/{quote(batch_id, safe='')}"


def status_path(batch_id: str) -> str:
    """Where the status of a batch is read: the batch itself.

    Its calls are asked for too, since no document says whether there is an analysis without them.
    """
    return f"{batch_path(batch_id)}?include_transcripts=false"


def stop_path(batch_id: str) -> str:
    """Where a stop is posted."""
    return f"{batch_path(batch_id)}/stop"


def listed_in(answer: Mapping[str, Any]) -> list[Any] | None:
    """The items of a list of batches."""
    return items_of(answer, "batches")


def listed(item: Mapping[str, Any]) -> Listed | None:
    """One listed batch; what was sent beside its calls is in `call_params`. None where it has no id."""
    batch_id, label = item.get("batch_id"), item.get("label")
    if not isinstance(batch_id, str):
        return None
    stamp = stamp_of(item.get("call_params")) or stamp_of(item)
    attempt = stamp.attempt if stamp else attempt_in(label)
    return Listed(batch_id, item.get("created_at"), label, attempt, stamp)


def status_in(answer: Mapping[str, Any]) -> BatchStatus | None:
    """Where the batch stands by its analysis; None where the answer is no batch."""
    analysis = answer.get("analysis")
    counts: Mapping[str, Any] = analysis if isinstance(analysis, Mapping) else {}
    status = _STATUSES.get(str(answer.get("status")))
    if status is None and counts:
        status = "in_progress" if counts.get("in_progress_calls") else "completed"
    if status is None:
        return None
    errors = counts.get("error_messages")
    failed = len(errors) if isinstance(errors, list) else None
    return BatchStatus(status, whole(counts.get("total_calls")), _successful(counts, failed), failed)


def _successful(counts: Mapping[str, Any], failed: int | None) -> int | None:
    queue, done = counts.get("queue_statuses"), whole(counts.get("completed_calls"))
    if isinstance(queue, Mapping) and "complete" in queue:
        return whole(queue["complete"])
    return None if done is None or failed is None else max(0, done - failed)
