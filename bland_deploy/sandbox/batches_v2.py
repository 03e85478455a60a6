"""`/v2/batches`: create, list, read, logs, stop (API reference, 3)."""

import sqlite3

import orjson

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Answer, Refusal, data
from bland_deploy.sandbox.intake import Order, place, place_failed
from bland_deploy.sandbox.outcomes import identifier
from bland_deploy.sandbox.pacing import CONCURRENT_CALLS
from bland_deploy.sandbox.stopping import stop_batch
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.validation import (
    CREATE_V2,
    check_description,
    check_entries,
    check_global,
    check_webhook,
    find_bad_entry,
)
from bland_deploy.sandbox.visit import Visit

_USUAL_PAGE = 100
_LONGEST_PAGE = 1_000


def create(visit: Visit) -> Answer:
    """`POST /v2/batches/create`."""
    body = visit.json()
    shared = check_global(body.get("global"))
    entries = check_entries(body.get("call_objects"), "call_objects", CREATE_V2)
    order = Order(
        api="v2",
        batch_id=_fresh_id(visit),
        shared=shared,
        entries=entries,
        label=check_description(body.get("description")),
        webhook=check_webhook(body.get("status_webhook"), "status_webhook", CREATE_V2),
        concurrent=_concurrent(body.get("max_concurrent")),
    )
    reason = find_bad_entry(entries)
    if reason:
        place_failed(visit, order, reason)
    else:
        place(visit, order)
    return data({"batch_id": order.batch_id})


def _fresh_id(visit: Visit) -> str:
    return identifier(visit.seed, visit.org, "batch", visit.count_batches(), visit.fingerprint)


def _concurrent(value: Json) -> int:
    return value if type(value) is int and value > 0 else CONCURRENT_CALLS


def _find(visit: Visit) -> sqlite3.Row:
    row: sqlite3.Row | None = visit.books.execute(
        "SELECT * FROM batches WHERE account = ? AND batch_id = ? AND api = 'v2'", (visit.account, visit.ident)
    ).fetchone()
    if row is None:
        raise Refusal(404, "Batch not found", "BATCH_NOT_FOUND")
    return row


def _describe(visit: Visit, row: sqlite3.Row) -> JsonObject:
    return {
        "id": row["batch_id"],
        "user_id": visit.org,
        "base_prompt": row["shared"].decode(),
        "created_at": iso(row["created"]),
        "call_objects": orjson.loads(row["preview"]),
        "description": row["label"] if row["label"] is not None else "Untitled Batch",
    }


def list_all(visit: Visit) -> Answer:
    """`GET /v2/batches/list`: newest first. Defaults and maximum of `take` are not documented: 100 and 1,000."""
    take = visit.integer("take", _USUAL_PAGE, _LONGEST_PAGE)
    found = visit.books.execute(
        "SELECT * FROM batches WHERE account = ? AND api = 'v2' ORDER BY created DESC, id DESC LIMIT ? OFFSET ?",
        (visit.account, take, visit.integer("skip", 0)),
    )
    return data([_describe(visit, row) for row in found])


def read(visit: Visit) -> Answer:
    """`GET /v2/batches/{id}`: no status, no counts."""
    return data(_describe(visit, _find(visit)))


def logs(visit: Visit) -> Answer:
    """`GET /v2/batches/{id}/logs`: what has happened so far, newest first unless `direction=asc`."""
    batch = _find(visit)
    direction = visit.query.get("direction", "desc").lower()
    if direction not in {"asc", "desc"}:
        raise Refusal(400, "direction must be asc or desc", "BATCH_V2_LOGS_VALIDATION_ERROR")
    order = "at ASC, id ASC" if direction == "asc" else "at DESC, id DESC"
    found = visit.books.execute(
        f"SELECT * FROM events WHERE batch = ? AND at <= ? ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - one of two
        (batch["id"], visit.now, visit.integer("take", _USUAL_PAGE, _LONGEST_PAGE), visit.integer("skip", 0)),
    )
    return data([_event(visit, batch["batch_id"], row) for row in found])


def _event(visit: Visit, batch_id: str, row: sqlite3.Row) -> JsonObject:
    return {
        "id": identifier(visit.seed, batch_id, "event", row["id"]),
        "batch_id": batch_id,
        "org_id": visit.org,
        "event_type": row["kind"],
        "timestamp": iso(row["stamp"]),
        "payload": orjson.loads(row["payload"]),
    }


def stop(visit: Visit) -> Answer:
    """`POST /v2/batches/{id}/stop`. Stopping what has ended is not documented: it changes nothing and succeeds."""
    stop_batch(visit, _find(visit))
    return data(None)
