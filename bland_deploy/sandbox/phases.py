"""The log of a batch in the books: written ahead, and written anew from now on when something is stopped."""

import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox import lifecycle
from bland_deploy.sandbox.lifecycle import Dial, Event
from bland_deploy.sandbox.outcomes import ENDINGS
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.visit import Visit
from bland_deploy.sandbox.webhooks import expect_status_webhook


def record(visit: Visit, batch: int, events: Iterable[Event]) -> None:
    """Write events into the log, and what the batch's webhook will be told of them."""
    found = visit.books.execute("SELECT * FROM batches WHERE id = ?", (batch,)).fetchone()
    created, speed = found["created"], found["speed"]
    timed = [(created + (event.at - created) / speed, event) for event in events]
    visit.books.executemany(
        "INSERT INTO events (batch, at, stamp, kind, payload) VALUES (?, ?, ?, ?, ?)",
        [(batch, at, event.at, event.kind, orjson.dumps(event.payload)) for at, event in timed],
    )
    for at, event in timed if found["webhook"] else ():
        if (hook := _hook(found, event)) is not None:
            expect_status_webhook(visit, batch, found["webhook"], at, hook)


def _hook(batch: sqlite3.Row, event: Event) -> JsonObject | None:
    if event.hook is None:
        return None
    if batch["api"] == "v1":
        # v1 tells the end only: the id and the status (reference, 8.2)
        return {"batch_id": batch["batch_id"], "status": event.hook["status"]} if "calls_total" in event.hook else None
    return {"batch_id": batch["batch_id"], **event.hook, "timestamp": iso(event.at)}


def sandbox_now(visit: Visit, row: sqlite3.Row) -> float:
    """The sandbox time of a batch: its speed times the real time since it was created."""
    return float(row["created"] + (visit.now - row["created"]) * row["speed"])


def rewrite(visit: Visit, batch: int, ending: lifecycle.Ending) -> None:
    """Write the rest of the log anew, after calls of a running batch were stopped."""
    found = visit.books.execute("SELECT * FROM batches WHERE id = ?", (batch,)).fetchone()
    dials = _dials(visit, batch)
    now = sandbox_now(visit, found)
    visit.books.execute("DELETE FROM events WHERE batch = ? AND at > ?", (batch, visit.now))
    visit.books.execute("DELETE FROM webhooks WHERE batch = ? AND call IS NULL AND due > ?", (batch, visit.now))
    going_on = [dial for dial in dials if dial.status != "canceled"]
    over = max([now, *(dial.ended for dial in dials)])
    ahead = lifecycle.lifecycle(found["created"], found["requested"], going_on)
    record(visit, batch, (event for event in ahead if now < event.at < over))
    record(visit, batch, lifecycle.end(over, ending, dials))


def _dials(visit: Visit, batch: int) -> Sequence[Dial]:
    found = visit.books.execute("SELECT dialled, ended, kind, scheduled FROM calls WHERE batch = ?", (batch,))
    return [Dial(row[0], row[1], ENDINGS[row[2]].status, bool(row[3])) for row in found]


def is_over(visit: Visit, batch: int) -> bool:
    """Whether the batch has reached its last phase."""
    last = visit.books.execute("SELECT max(at) FROM events WHERE batch = ?", (batch,)).fetchone()[0]
    return last is None or float(last) <= visit.now
