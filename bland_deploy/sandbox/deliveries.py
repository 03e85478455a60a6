"""Webhooks in the books: which are due, with what body, and what became of each attempt."""

import sqlite3

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox.details import SELECT_CALLS, Teller
from bland_deploy.sandbox.webhooks import Attempt, Delivery, sign

RETRY_AFTER = (1.0, 5.0, 15.0)
"""Seconds before each further attempt of a post-call webhook. The real schedule is not documented."""
_LEASE = 30.0
_CALL_ONLY: JsonObject = {
    **dict.fromkeys(("pathway_tags", "recording_expiration", "pre_transfer_duration", "post_transfer_duration")),
    "citation_schema_ids": [],
}


def take_due(books: sqlite3.Connection, now: float, most: int) -> list[Delivery]:
    """Webhooks that are due, at most `most`, taken so that nobody else sends them meanwhile.

    A status webhook counts as sent from here on, since it is tried once; a post-call webhook whose sender dies is due
    again after half a minute.
    """
    found = books.execute(
        "SELECT webhooks.*, accounts.secret FROM webhooks JOIN accounts ON accounts.id = webhooks.account"
        " WHERE state = 'waiting' AND due <= ? ORDER BY due, webhooks.id LIMIT ?",
        (now, most),
    ).fetchall()
    taken = [_delivery(books, row, now) for row in found]
    books.executemany(
        "UPDATE webhooks SET body = ?, attempts = attempts + 1, due = CASE kind WHEN 'call' THEN ? ELSE due END,"
        " state = CASE kind WHEN 'call' THEN state ELSE 'sent' END WHERE id = ?",
        ((delivery.body, now + _LEASE, delivery.row) for delivery in taken),
    )
    return taken


def _delivery(books: sqlite3.Connection, row: sqlite3.Row, now: float) -> Delivery:
    if row["kind"] == "status":
        return Delivery(row["id"], row["url"], row["body"])
    body = row["body"]
    if body is None:
        call = books.execute(f"{SELECT_CALLS} WHERE calls.id = ?", (row["call"],)).fetchone()
        body = orjson.dumps(Teller(books, now).detail(call) | _CALL_ONLY)
    return Delivery(row["id"], row["url"], body, sign(body, row["secret"]))


def settle(books: sqlite3.Connection, delivery: Delivery, attempt: Attempt, now: float) -> None:
    """Write down an attempt, and when the next one is due if there is one."""
    books.execute("INSERT INTO attempts VALUES (?, ?, ?, ?)", (delivery.row, now, attempt.status, attempt.error))
    row = books.execute("SELECT kind, attempts FROM webhooks WHERE id = ?", (delivery.row,)).fetchone()
    again = row is not None and row["kind"] == "call" and not attempt.final and row["attempts"] <= len(RETRY_AFTER)
    if again:
        due = now + RETRY_AFTER[row["attempts"] - 1]
        books.execute("UPDATE webhooks SET due = ? WHERE id = ?", (due, delivery.row))
    else:
        state = "delivered" if attempt.good else "recorded" if attempt.final else "failed"
        books.execute("UPDATE webhooks SET state = ? WHERE id = ?", (state, delivery.row))
