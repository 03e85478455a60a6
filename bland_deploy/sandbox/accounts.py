"""Accounts: who a key is, `/v1/me`, and the account's do-not-call list (API reference, 1, 6.2 and 9.4)."""

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.exchange import Answer, Refusal, data, reply
from bland_deploy.sandbox.numbers import as_listed, digits, is_dialable
from bland_deploy.sandbox.outcomes import identifier
from bland_deploy.sandbox.stopping import stop_calls
from bland_deploy.sandbox.times import iso
from bland_deploy.sandbox.visit import Visit
from bland_deploy.sandbox.webhooks import signing_secret

STARTING_BALANCE = 10_000.0
"""USD that each account starts with. The sandbox lets it go below zero, as the real one may."""
_MOST_NUMBERS = 5_000


class Account(NamedTuple):
    """The account of a key: its organisation's id, which is all that the books keep of the key, and its secret."""

    org: str
    secret: str


def account_of(headers: Mapping[str, str]) -> Account:
    """The account of the `authorization` header, with or without `Bearer`; `x-api-key` is not read.

    Raises Refusal 401 for a key that does not begin with `sk-`.
    """
    key = headers.get("authorization", "").strip()
    if key[:7].lower() == "bearer ":
        key = key[7:].strip()
    if not key.startswith("sk-"):
        raise Refusal(401, "Unauthorized", "AUTH_FAILURE")
    return _of_key(key)


@lru_cache
def _of_key(key: str) -> Account:
    return Account(org_of(key), signing_secret(key))


def org_of(key: str) -> str:
    """The organisation of a key."""
    return str(UUID(bytes=sha256(f"bland sandbox account|{key}".encode()).digest()[:16], version=4))


def enter(books: sqlite3.Connection, account: Account) -> int:
    """The row of the account, made if there is none."""
    row = find(books, account)
    return row or int(books.execute("INSERT INTO accounts (org, secret) VALUES (?, ?)", account).lastrowid or 0)


def find(books: sqlite3.Connection, account: Account) -> int:
    """The row of the account; 0 where it has done nothing yet."""
    row = books.execute("SELECT id FROM accounts WHERE org = ?", (account.org,)).fetchone()
    return int(row[0]) if row else 0


def me(visit: Visit) -> Answer:
    """`GET /v1/me`. The organisation's id is an addition of ours, stable for each key."""
    spent, total = visit.books.execute(
        "SELECT coalesce(sum(CASE WHEN ends <= ? THEN price ELSE 0 END), 0), count(*) FROM calls WHERE account = ?",
        (visit.now, visit.account),
    ).fetchone()
    return reply(
        {
            "status": "active",
            "billing": {"current_balance": round(STARTING_BALANCE - spent, 4), "refill_to": None},
            "total_calls": total,
            "org_id": visit.org,
            "user_id": visit.org,
        }
    )


def list_do_not_call(visit: Visit) -> Answer:
    """`GET /v1/org_dnc`."""
    total = visit.books.execute("SELECT count(*) FROM do_not_call WHERE account = ?", (visit.account,)).fetchone()[0]
    found = visit.books.execute(
        "SELECT * FROM do_not_call WHERE account = ? ORDER BY id LIMIT ? OFFSET ?",
        (visit.account, visit.integer("limit", 100, 1_000), visit.integer("offset", 0)),
    )
    return data({"entries": [_describe(row) for row in found], "total_count": total})


def _describe(row: sqlite3.Row) -> JsonObject:
    at = iso(row["created"])
    return {
        "id": row["entry_id"],
        "phone_number": row["number"],
        "reason": row["reason"],
        "created_at": at,
        "updated_at": at,
    }


def add_do_not_call(visit: Visit) -> Answer:
    """`POST /v1/org_dnc`. The real one may want a dashboard session; the sandbox takes any key."""
    body = visit.json()
    numbers = body.get("numbers")
    if not isinstance(numbers, list) or not 0 < len(numbers) <= _MOST_NUMBERS:
        raise Refusal(400, f"numbers must be an array of 1 to {_MOST_NUMBERS} phone numbers", "VALIDATION_ERROR")
    added = invalid = 0
    for number in map(str, numbers):
        found = digits(number)
        if not is_dialable(found):
            invalid += 1
            continue
        added += _list_number(visit, number, found, body.get("reason"))
        stop_calls(visit, _queued(visit, found))
    present = len(numbers) - added - invalid
    return data({"added_count": added, "already_present_count": present, "invalid_numbers": invalid})


def _queued(visit: Visit, found: str) -> list[sqlite3.Row]:
    """Calls to a number that are not dialled yet: who is listed meanwhile is dropped at dial time (reference, 3.4)."""
    queued: list[sqlite3.Row] = visit.books.execute(
        "SELECT * FROM calls WHERE account = ? AND digits = ? AND starts > ?", (visit.account, found, visit.now)
    ).fetchall()
    return queued


def _list_number(visit: Visit, number: str, found: str, reason: Json) -> int:
    made = visit.books.execute(
        "INSERT OR IGNORE INTO do_not_call (account, entry_id, digits, number, reason, created)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(visit.account, identifier(visit.org, "do not call", found), found, as_listed(number, found)),
            *(reason if isinstance(reason, str) else None, visit.now),
        ),
    )
    return made.rowcount


def search_do_not_call(visit: Visit) -> Answer:
    """`POST /v1/org_dnc/search`."""
    row = visit.books.execute(
        "SELECT * FROM do_not_call WHERE account = ? AND digits = ?",
        (visit.account, digits(str(visit.json().get("phone_number")))),
    ).fetchone()
    return data({"entry": _describe(row) if row else None})


def remove_do_not_call(visit: Visit) -> Answer:
    """`DELETE /v1/org_dnc/{id}`: it succeeds also when there is no such entry."""
    visit.books.execute("DELETE FROM do_not_call WHERE account = ? AND entry_id = ?", (visit.account, visit.ident))
    return data({"id": visit.ident})
