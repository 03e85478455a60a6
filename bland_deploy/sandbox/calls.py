"""`/v1/calls`: send, list, read, stop, and the active ones (API reference, 4, 6 and 7)."""

import sqlite3

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox.details import SELECT_CALLS, Teller
from bland_deploy.sandbox.exchange import Answer, Refusal, data, reply, success
from bland_deploy.sandbox.futures import Accepted
from bland_deploy.sandbox.intake import Order, call_identifier, enter_calls
from bland_deploy.sandbox.numbers import as_listed, digits, is_dialable
from bland_deploy.sandbox.outcomes import identifier
from bland_deploy.sandbox.parameters import prompt, text
from bland_deploy.sandbox.stopping import stop_calls
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.validation import check_single
from bland_deploy.sandbox.visit import Visit

SAME_NUMBER_WAIT = 10.0
"""Seconds before a single call to a number that was just called is taken (reference, 6.3)."""


def send(visit: Visit) -> Answer:
    """`POST /v1/calls`."""
    params = visit.json()
    check_single(params)
    number = str(params["phone_number"])
    found = digits(number)
    _check_number(visit, found)
    count = visit.books.execute("SELECT count(*) FROM calls WHERE account = ?", (visit.account,)).fetchone()[0]
    key = identifier(visit.seed, "single", count, visit.fingerprint)
    enter_calls(visit, None, Order("v1", key, {}, [params]), [Accepted(0, number, found, params, params)])
    call_id = call_identifier(visit, key, 0)
    return success("Call successfully queued.", call_id=call_id, batch_id=None)


def _check_number(visit: Visit, found: str) -> None:
    if not is_dialable(found):
        raise Refusal(400, "Invalid phone number: 7 to 15 digits are needed.")
    listed = visit.books.execute(
        "SELECT 1 FROM do_not_call WHERE account = ? AND digits = ?", (visit.account, found)
    ).fetchone()
    if listed:
        raise Refusal(400, "This number is on the do not call list.", word="DNC Error")
    recent = visit.books.execute(
        "SELECT 1 FROM calls WHERE account = ? AND digits = ? AND created > ?",
        (visit.account, found, visit.now - SAME_NUMBER_WAIT),
    ).fetchone()
    if recent:
        raise Refusal(429, "Rate limit exceeded: one call per number every 10 seconds.")


def _find(visit: Visit) -> sqlite3.Row:
    row: sqlite3.Row | None = visit.books.execute(
        f"{SELECT_CALLS} WHERE calls.account = ? AND calls.call_id = ?", (visit.account, visit.ident)
    ).fetchone()
    if row is None:
        raise Refusal(404, "Call not found")
    return row


def read(visit: Visit) -> Answer:
    """`GET /v1/calls/{id}`."""
    return reply(Teller(visit.books, visit.now).detail(_find(visit)))


def stop(visit: Visit) -> Answer:
    """`POST /v1/calls/{id}/stop`: also cancels what is queued or scheduled."""
    call = _find(visit)
    if call["ends"] <= visit.now:
        return reply({"status": "error", "message": "SID not found for the given c_id."})
    stop_calls(visit, [call])
    return success("Call ended successfully.")


def _active(visit: Visit) -> list[sqlite3.Row]:
    found: list[sqlite3.Row] = visit.books.execute(
        f"{SELECT_CALLS} WHERE calls.account = ? AND calls.ends > ? ORDER BY calls.id", (visit.account, visit.now)
    ).fetchall()
    return found


def list_active(visit: Visit) -> Answer:
    """`GET /v1/calls/active`: queued and running ones."""
    teller = Teller(visit.books, visit.now)
    return data([_describe_active(visit, call, teller.params(call)) for call in _active(visit)])


def _describe_active(visit: Visit, call: sqlite3.Row, params: JsonObject) -> JsonObject:
    started = call["starts"] <= visit.now
    return {
        "call_id": call["call_id"],
        "user_id": visit.org,
        "from": call["sender"],
        "to": as_listed(call["number"], call["digits"]),
        "objective": prompt(params),
        "pathway_id": text(params, "pathway_id") or "",
        "start_time": iso(call["dialled"]) if started else "",
        "international": "false" if call["digits"].startswith("1") else "true",
        "status": "IN_PROGRESS" if started else "QUEUED",
        "timestamp": str(int(call["created"] * 1000)),
    }


def stop_active(visit: Visit) -> Answer:
    """`POST /v1/calls/active/stop`: everything of the account."""
    active = _active(visit)
    stop_calls(visit, active)
    return success("Stopping active calls. This may take some time...", num_calls=len(active))
