"""`/v1/batches`: create, list, read, stop (API reference, 2)."""

import sqlite3
from collections import Counter
from hashlib import blake2b
from statistics import fmean

import orjson

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.details import SELECT_CALLS, Teller
from bland_deploy.sandbox.exchange import Answer, Refusal, reply, success
from bland_deploy.sandbox.intake import Order, place
from bland_deploy.sandbox.listing import page
from bland_deploy.sandbox.parameters import text
from bland_deploy.sandbox.phases import is_over
from bland_deploy.sandbox.stopping import stop_batch
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.validation import check_entries, check_parameters, check_webhook, has_number
from bland_deploy.sandbox.visit import Visit

_NOT_SHARED = frozenset({"call_data", "label", "campaign_id", "batch_id"})
_PROMPTS = ("base_prompt", "task", "pathway_id", "persona_id", "agent_id")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$$"
_BANDS = (5, 10, 15, 20, 30, 45, 60, 90, 120)


def create(visit: Visit) -> Answer:
    """`POST /v1/batches`. Problems of rows are told at once: v1 has no status in which a batch could fail later."""
    body = visit.json()
    if all(body.get(name) is None for name in _PROMPTS):
        raise Refusal(400, "Missing required parameter: base_prompt")
    if "call_data" not in body:
        raise Refusal(400, "Missing required parameter: call_data")
    entries = check_entries(body["call_data"], "call_data", "BAD_REQUEST")
    for position, entry in enumerate(entries):
        if not has_number(entry):
            raise Refusal(400, f"Missing phone_number in call_data[{position}]")
    check_parameters(body, "BAD_REQUEST")
    order = Order(
        api="v1",
        batch_id=_batch_id(visit, body),
        shared={key: value for key, value in body.items() if key not in _NOT_SHARED},
        entries=entries[:1] if body.get("test_mode") in (True, "true") else entries,
        label=text(body, "label"),
        campaign_id=text(body, "campaign_id"),
        webhook=check_webhook(body.get("batch_webhook"), "batch_webhook", "BAD_REQUEST"),
    )
    place(visit, order)
    return reply({"message": "success", "batch_id": order.batch_id})


def _batch_id(visit: Visit, body: JsonObject) -> str:
    """The id set by hand, or a generated one. What a repeated id does is not documented: it is refused."""
    chosen = text(body, "batch_id")
    if chosen is None:
        count = visit.count_batches()
        luck = blake2b(f"{visit.seed}|{visit.org}|{count}|{visit.fingerprint}".encode(), digest_size=16).digest()
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in luck) + "-gen-batch"
    if _row(visit, chosen) is not None:
        raise Refusal(400, "batch_id already exists")
    return chosen


def _row(visit: Visit, batch_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = visit.books.execute(
        "SELECT * FROM batches WHERE account = ? AND batch_id = ? AND api = 'v1'", (visit.account, batch_id)
    ).fetchone()
    return row


def _find(visit: Visit) -> sqlite3.Row:
    row = _row(visit, visit.ident)
    if row is None:
        raise Refusal(404, "Batch not found")
    return row


def _describe(row: sqlite3.Row) -> JsonObject:
    shared = orjson.loads(row["shared"])
    return {
        "campaign_id": row["campaign_id"],
        "created_at": iso(row["created"]),
        "label": row["label"],
        "base_prompt": shared.pop("base_prompt", None),
        "endpoint_code": "api",
        "call_params": shared,
    }


def list_all(visit: Visit) -> Answer:
    """`GET /v1/batches`: newest first unless `ascending`."""
    first, count = page(visit)
    way = "ASC" if visit.flag("ascending", default=False) else "DESC"
    found = visit.books.execute(
        "SELECT * FROM batches WHERE account = :account AND api = 'v1'"  # noqa: S608 - the way is one of two
        " AND (:campaign IS NULL OR campaign_id = :campaign)"
        f" ORDER BY created {way}, id {way} LIMIT :count OFFSET :first",
        {"account": visit.account, "campaign": visit.query.get("campaign_id"), "count": count, "first": first},
    )
    return success(batches=[{"batch_id": row["batch_id"], **_describe(row)} for row in found])


def read(visit: Visit) -> Answer:
    """`GET /v1/batches/{id}`: status, parameters, and unless told otherwise calls, transcripts and analysis."""
    batch = _find(visit)
    told: JsonObject = {
        "status": "completed" if is_over(visit, batch["id"]) else "in-progress",
        "batch_params": {"id": batch["batch_id"], **_describe(batch)},
    }
    if not visit.flag("include_calls", default=True):
        return reply(told)
    found = visit.books.execute(f"{SELECT_CALLS} WHERE calls.batch = ? ORDER BY calls.id", (batch["id"],))
    teller = Teller(visit.books, visit.now)
    calls = [teller.detail(row) for row in found]
    if visit.flag("include_analysis", default=True):
        told["analysis"] = _analyse(calls)
    if not visit.flag("include_transcripts", default=True):
        for call in calls:
            del call["transcripts"], call["concatenated_transcript"]
    told["call_data"] = list(calls)
    return reply(told)


def _analyse(calls: list[JsonObject]) -> JsonObject:
    completed = [call for call in calls if call["completed"]]
    lengths = [int(str(call["corrected_duration"])) for call in completed]
    statuses: dict[str, Json] = dict(Counter(str(call["queue_status"]) for call in calls))
    return {
        "total_calls": len(calls),
        "completed_calls": len(completed),
        "in_progress_calls": len(calls) - len(completed),
        "queue_statuses": statuses,
        "call_lengths": {
            "average": _mean(lengths),
            "average_nonzero": _mean([length for length in lengths if length]),
            "summary": _bands(lengths),
            "all": list(lengths),
        },
        "call_ids": [call["call_id"] for call in calls],
        "error_messages": [
            {"call_id": call["call_id"], "error_message": call["error_message"]}
            for call in calls
            if call["error_message"]
        ],
        "endpoints": {"api.bland.ai": len(calls)},
    }


def _mean(lengths: list[int]) -> float:
    return round(fmean(lengths), 1) if lengths else 0


def _bands(lengths: list[int]) -> JsonObject:
    edges = (0, *_BANDS)
    bands: JsonObject = {
        f"{low}-{high}": sum(low <= length < high for length in lengths)
        for low, high in zip(edges, _BANDS, strict=False)
    }
    return {**bands, f"{_BANDS[-1]}+": sum(length >= _BANDS[-1] for length in lengths)}


def stop(visit: Visit) -> Answer:
    """`POST /v1/batches/{id}/stop`: how many calls were cancelled; not a success when there was nothing to stop."""
    batch = _find(visit)
    if is_over(visit, batch["id"]):
        told: JsonObject = {"status": "error", "message": "No calls to stop: the batch has ended.", "num_calls": 0}
        return reply({**told, "batch_id": batch["batch_id"]})
    stopped = stop_batch(visit, batch)
    return success(f"Stopped {stopped} calls.", num_calls=stopped, batch_id=batch["batch_id"])
