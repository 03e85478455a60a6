"""What became of calls, one by one."""

from typing import NamedTuple

from bland_deploy.model.json import JsonObject


class CallResult(NamedTuple):
    """One call as the provider told of it, and whom it was meant for.

    `row` is the line of the person in the campaign's list as it is now, None where they stand there no more; `columns`
    are cells of that row, as asked for. `wave` is the one of a rollout that it belongs to, from 1. `number` is as the
    provider lists it. Times are the provider's, ISO 8601; `minutes` of talk; `price` in USD; `dialled` is whether a
    phone may have rung. `variables`, `summary` and `transcript` are there where details were asked for.
    """

    campaign: str
    round: str
    batch_id: str
    call_id: str
    row: int | None
    number: str
    outcome: str
    completed: bool
    dialled: bool
    created_at: str | None
    started_at: str | None
    ended_at: str | None
    minutes: float | None
    price: float | None
    disposition: str | None
    answered_by: str | None
    error: str | None
    variables: JsonObject | None
    summary: str | None
    transcript: str | None
    columns: JsonObject
    wave: int | None = None
