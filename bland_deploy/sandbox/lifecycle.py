"""The phases of a batch as its log and its status webhook tell them (API reference, 3.2, 3.3 and 8.2)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bland_deploy.model.json import JsonObject

CHUNK = 1_000
_VALIDATING, _DISPATCHING, FIRST_DIAL = 1.0, 2.0, 3.0
"""Seconds after the create at which the phases begin, in sandbox time."""


class Dial(NamedTuple):
    """One call of a batch: dialled and ended (sandbox time), its final status, whether it waits for its time."""

    dialled: float
    ended: float
    status: str
    scheduled: bool


class Event(NamedTuple):
    """An entry of the batch's log at a sandbox time; `hook` is what the status webhook gets, None for nothing."""

    at: float
    kind: str
    payload: JsonObject
    hook: JsonObject | None = None


class Ending(NamedTuple):
    """How a batch ended, and why if it ended early."""

    status: str
    message: str
    code: str | None = None


COMPLETED = Ending("completed", "Batch completed.")
STOPPED = Ending("completed_partial", "Batch stopped.")
EARLY_EXIT = Ending("completed_partial", "Condition not met within 86400 seconds", "batch_early_exit")


def _phase(at: float, state: str, message: str, *, hook: bool = True) -> Event:
    payload: JsonObject = {"message": message, "state_change": state}
    return Event(at, "lifecycle", payload, {"status": state, "message": message} if hook else None)


def _progress(calls: Sequence[Dial], counts: str, state: str) -> Iterator[Event]:
    dials = sorted(call.dialled for call in calls)
    span = dials[-1] - dials[0]
    rate = f"CPS: {(len(dials) - 1) / span if span else 1.12:.2f}."
    for start in range(0, len(dials), CHUNK):
        dispatched = min(start + CHUNK, len(dials))
        yield _phase(dials[start], state, f"{counts} Dispatched: {dispatched}. {rate}", hook=start == 0)


def lifecycle(created: float, requested: int, calls: Sequence[Dial]) -> Iterator[Event]:
    """Every phase but the end, in order."""
    counts = f"Requested: {requested}. Validated: {len(calls)}."
    state = "in_progress_chunked" if len(calls) > CHUNK else "in_progress"
    yield _phase(created + _VALIDATING, "validating", f"Requested: {requested}.")
    yield _phase(created + _DISPATCHING, "dispatching", counts)
    at_once = [call for call in calls if not call.scheduled]
    waiting = [call for call in calls if call.scheduled]
    if at_once:
        yield from _progress(at_once, counts, state)
    if waiting:
        since = max((call.ended for call in at_once), default=created + FIRST_DIAL)
        if since < min(call.dialled for call in waiting):
            yield _phase(since, "waiting_for_scheduled_calls", f"{counts} Waiting: {len(waiting)}.")
        yield from _progress(waiting, counts, state)


def end(at: float, ending: Ending, calls: Sequence[Dial]) -> Iterator[Event]:
    """The final phase and the counts. A call is successful when somebody or a voicemail took it."""
    successful = sum(call.status == "completed" for call in calls)
    counts: JsonObject = {
        "calls_total": len(calls),
        "calls_failed": len(calls) - successful,
        "calls_successful": successful,
    }
    why: JsonObject = {"code": ending.code, "reason": ending.message} if ending.code else {}
    payload: JsonObject = {"message": ending.message, "state_change": ending.status, **why}
    yield Event(at, "lifecycle", payload, {"status": ending.status, **why, **counts})
    yield Event(at, "complete", counts)


def failure(created: float, requested: int, reason: str) -> Iterator[Event]:
    """The two phases of a batch that fails after it was accepted: nothing is dialled."""
    why: JsonObject = {"code": "source_invalid", "reason": reason}
    yield _phase(created + _VALIDATING, "validating", f"Requested: {requested}.")
    payload: JsonObject = {"message": reason, "state_change": "failed", **why}
    yield Event(created + _DISPATCHING, "lifecycle", payload, {"status": "failed", **why})
