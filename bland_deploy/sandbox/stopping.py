"""Stops: calls not yet placed are cancelled, those already talking go on (API reference, 3.4 and 7)."""

import sqlite3
from collections.abc import Iterable

from bland_deploy.sandbox.lifecycle import COMPLETED, STOPPED
from bland_deploy.sandbox.outcomes import ENDINGS, price
from bland_deploy.sandbox.phases import is_over, rewrite, sandbox_now
from bland_deploy.sandbox.visit import Visit
from bland_deploy.sandbox.webhooks import AFTER_THE_CALL

_CANCEL = (
    "UPDATE calls SET kind = 'canceled', tag = 'CANCELED', talk = 0, price = 0, starts = :now, ends = :now,"
    " dialled = :sandbox_now, ended = :sandbox_now WHERE id = :call"
)


def stop_batch(visit: Visit, batch: sqlite3.Row) -> int:
    """Cancel what is still queued of a batch; how many calls that were."""
    if is_over(visit, batch["id"]):
        return 0
    found = visit.books.execute(
        "SELECT id FROM calls WHERE batch = ? AND starts > ? AND kind != 'malformed'", (batch["id"], visit.now)
    ).fetchall()
    if not found:
        return 0
    _cancel(visit, [row[0] for row in found], sandbox_now(visit, batch))
    visit.books.execute("UPDATE batches SET stopped = ? WHERE id = ?", (visit.now, batch["id"]))
    rewrite(visit, batch["id"], STOPPED)
    return len(found)


def _cancel(visit: Visit, calls: list[int], at: float) -> None:
    visit.books.executemany(_CANCEL, ({"now": visit.now, "sandbox_now": at, "call": call} for call in calls))
    visit.books.executemany("DELETE FROM webhooks WHERE call = ?", ((call,) for call in calls))


def stop_calls(visit: Visit, calls: Iterable[sqlite3.Row]) -> None:
    """Cancel the calls that are queued, and hang up those that are running."""
    batches: set[int] = set()
    for call in calls:
        at = sandbox_now(visit, call)
        if visit.now < call["starts"]:
            _cancel(visit, [call["id"]], at)
        else:
            _hang_up(visit, call, at)
        if call["batch"] is not None:
            batches.add(call["batch"])
    for batch in sorted(batches):
        stopped = visit.books.execute("SELECT stopped FROM batches WHERE id = ?", (batch,)).fetchone()[0]
        rewrite(visit, batch, COMPLETED if stopped is None else STOPPED)


def _hang_up(visit: Visit, call: sqlite3.Row, at: float) -> None:
    talk = min(call["talk"], int(at - call["dialled"])) if ENDINGS[call["kind"]].status == "completed" else 0
    visit.books.execute(
        "UPDATE calls SET talk = ?, price = ?, ends = ?, ended = ? WHERE id = ?",
        (talk, price(call["kind"], talk), visit.now, at, call["id"]),
    )
    due = visit.now + AFTER_THE_CALL / call["speed"]
    visit.books.execute("UPDATE webhooks SET due = ? WHERE call = ?", (due, call["id"]))
