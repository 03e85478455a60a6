"""What will become of calls: drawn, paced and put on the clock when their create is answered."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from bland_deploy.model.json import Json, JsonObject
from bland_deploy.sandbox.lifecycle import FIRST_DIAL, Dial
from bland_deploy.sandbox.numbers import is_dialable
from bland_deploy.sandbox.outcomes import CANCELED, ENDINGS, MALFORMED, Outcome, draw
from bland_deploy.sandbox.pacing import LONGEST_WAIT, pace
from bland_deploy.sandbox.parameters import minutes
from bland_deploy.sandbox.times import epoch
from bland_deploy.sandbox.visit import Visit


class Accepted(NamedTuple):
    """An entry that will be rung: its place in the request, its number as sent and to compare, its parameters."""

    position: int
    number: str
    digits: str
    entry: JsonObject
    params: JsonObject


class Future(NamedTuple):
    """How a call ends; when the books show its start and end, and when both are in sandbox time."""

    outcome: Outcome
    starts: float
    ends: float
    dial: Dial


def foresee(visit: Visit, calls: Sequence[Accepted], concurrent: int) -> list[Future]:
    """The future of each call of one create."""
    outcomes = [
        draw(visit.seed, call.digits, nth, minutes(call.params)) if is_dialable(call.digits) else MALFORMED
        for call, nth in zip(calls, _nth(visit, calls), strict=True)
    ]
    due = [_due(call.params.get("start_time"), visit.now) for call in calls]
    placed = pace(due, [outcome.held for outcome in outcomes], concurrent)
    return [_future(visit, *one) for one in zip(outcomes, due, placed, strict=True)]


def _nth(visit: Visit, calls: Sequence[Accepted]) -> list[int]:
    found = visit.books.execute(
        "SELECT digits, count(*) FROM json_each(?) JOIN calls ON digits = value WHERE account = ? GROUP BY digits",
        (orjson.dumps([call.digits for call in calls]), visit.account),
    )
    earlier = {row[0]: row[1] for row in found}
    return [earlier.get(call.digits, 0) for call in calls]


def _due(start_time: Json, now: float) -> float:
    if start_time is None or start_time == "":
        return FIRST_DIAL
    return max(FIRST_DIAL, epoch(start_time) - now)


def _future(visit: Visit, outcome: Outcome, due: float, placed: float | None) -> Future:
    scheduled = due > FIRST_DIAL
    if placed is None:
        outcome, placed = CANCELED, due + LONGEST_WAIT
    ended = placed + outcome.held
    dial = Dial(visit.now + placed, visit.now + ended, ENDINGS[outcome.kind].status, scheduled)
    return Future(outcome, visit.now + placed / visit.speed, visit.now + ended / visit.speed, dial)
