"""A create, once it is found valid: who is accepted, and the rows of the books. One transaction.

Duplicates within a batch are judged by the digits of the number, and the first entry stays; numbers on the account's
do-not-call list are skipped at enqueue (reference, 3.4 and 9.4).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox import lifecycle
from bland_deploy.sandbox.futures import Accepted, Future, foresee
from bland_deploy.sandbox.numbers import digits
from bland_deploy.sandbox.outcomes import CANCELED, identifier, price
from bland_deploy.sandbox.pacing import CONCURRENT_CALLS
from bland_deploy.sandbox.parameters import POOL_NUMBER, effective, text
from bland_deploy.sandbox.phases import record
from bland_deploy.sandbox.visit import Visit
from bland_deploy.sandbox.webhooks import expect_call_webhooks

_PREVIEW = 5

_INSERT_CALL = f"INSERT INTO calls VALUES ({', '.join('?' * 20)})"  # noqa: S608 - only question marks


class Order(NamedTuple):
    """What a create asks for: `shared` is what all calls have."""

    api: str
    batch_id: str
    shared: JsonObject
    entries: Sequence[JsonObject]
    label: str | None = None
    campaign_id: str | None = None
    webhook: str | None = None
    concurrent: int = CONCURRENT_CALLS


def place(visit: Visit, order: Order) -> None:
    """Enter a batch with its calls and its whole future."""
    batch = _enter_batch(visit, order)
    accepted, dropped = _sift(visit, order)
    visit.books.executemany(
        "INSERT INTO dropped VALUES (?, ?, ?, ?)", ((batch, position, number, why) for position, number, why in dropped)
    )
    dials = enter_calls(visit, batch, order, accepted)
    last = max((dial.ended for dial in dials), default=visit.now + lifecycle.FIRST_DIAL)
    early = any(dial.status == "canceled" for dial in dials)
    life = lifecycle.lifecycle(visit.now, len(order.entries), dials)
    record(visit, batch, [*life, *lifecycle.end(last, lifecycle.EARLY_EXIT if early else lifecycle.COMPLETED, dials)])


def place_failed(visit: Visit, order: Order, reason: str) -> None:
    """Enter a batch that is accepted now and fails later; nobody is rung."""
    batch = _enter_batch(visit, order)
    record(visit, batch, lifecycle.failure(visit.now, len(order.entries), reason))


def _enter_batch(visit: Visit, order: Order) -> int:
    preview = orjson.dumps(order.entries[:_PREVIEW])
    columns = (visit.account, order.batch_id, order.api, visit.now, visit.speed, order.label, order.campaign_id)
    made = visit.books.execute(
        "INSERT INTO batches (account, batch_id, api, created, speed, label, campaign_id, shared, preview, webhook,"
        " requested) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*columns, orjson.dumps(order.shared), preview, order.webhook, len(order.entries)),
    )
    return int(made.lastrowid or 0)


def _sift(visit: Visit, order: Order) -> tuple[list[Accepted], list[tuple[int, str, str]]]:
    found = visit.books.execute("SELECT digits FROM do_not_call WHERE account = ?", (visit.account,))
    listed = {row[0] for row in found}
    accepted: list[Accepted] = []
    dropped: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for position, entry in enumerate(order.entries):
        number = str(entry["phone_number"])
        key = digits(number) or number
        if key in seen or key in listed:
            dropped.append((position, number, "duplicate" if key in seen else "do_not_call"))
        else:
            params = effective(order.api, order.shared, entry)
            accepted.append(Accepted(position, number, key, entry, params))
        seen.add(key)
    return accepted, dropped


def enter_calls(visit: Visit, batch: int | None, order: Order, accepted: Sequence[Accepted]) -> list[lifecycle.Dial]:
    """Enter calls with their futures; when each is dialled and how it ends."""
    futures = foresee(visit, accepted, order.concurrent)
    first = visit.books.execute("SELECT coalesce(max(id), 0) + 1 FROM calls").fetchone()[0]
    calls = list(zip(range(first, first + len(accepted)), accepted, futures, strict=True))
    visit.books.executemany(_INSERT_CALL, _rows(visit, batch, order.batch_id, calls))
    told = ((row, text(call.params, "webhook"), future) for row, call, future in calls)
    expect_call_webhooks(
        visit, batch, ((row, url, future.ends) for row, url, future in told if url and future.outcome is not CANCELED)
    )
    return [future.dial for future in futures]


def call_identifier(visit: Visit, batch_id: str, position: int) -> str:
    """The id of the call at a position of a batch; a single call is the first of its own."""
    return identifier(visit.seed, visit.org, batch_id, position)


def _rows(
    visit: Visit, batch: int | None, batch_id: str, calls: Sequence[tuple[int, Accepted, Future]]
) -> Iterator[tuple[object, ...]]:
    for row, call, (outcome, starts, ends, dial) in calls:
        call_id = call_identifier(visit, batch_id, call.position)
        sender = text(call.params, "from") or POOL_NUMBER
        yield (
            *(row, visit.account, batch, call.position, call_id, call.number, call.digits, sender),
            *(visit.now, visit.speed, starts, ends, dial.dialled, dial.ended, dial.scheduled),
            *(outcome.kind, outcome.talk, outcome.tag, price(outcome.kind, outcome.talk), orjson.dumps(call.entry)),
        )
