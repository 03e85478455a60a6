"""`GET /v1/calls`: the filters, the order and the paging (API reference, 7)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bland_deploy.model.json import Json
from bland_deploy.sandbox.details import SELECT_CALLS, Teller
from bland_deploy.sandbox.exchange import Answer, Refusal, reply
from bland_deploy.sandbox.numbers import digits
from bland_deploy.sandbox.outcomes import ENDINGS
from bland_deploy.sandbox.times import epoch
from bland_deploy.sandbox.visit import Visit

LONGEST_PAGE = 1_000
_UPDATED = (
    "CASE WHEN calls.ends <= :now THEN calls.ends WHEN calls.starts <= :now THEN calls.starts ELSE calls.created END"
)
_DATES = (
    ("start_date", "calls.created", ">="),
    ("end_date", "calls.created", "<"),
    ("update_start_date", _UPDATED, ">="),
    ("update_end_date", _UPDATED, "<"),
)
_DATE_LENGTH = len("2026-01-01")
_Condition = tuple[str, Mapping[str, Json]]


def list_all(visit: Visit) -> Answer:
    """The calls of an account, newest first; `total_count` counts all that match, `count` those on this page."""
    conditions = list(_conditions(visit))
    where = " AND ".join(["calls.account = :account", *(condition for condition, _ in conditions)])
    values: dict[str, Json] = {"account": visit.account, "now": visit.now}
    for _, more in conditions:
        values |= more
    total = visit.books.execute(f"SELECT count(*) FROM calls WHERE {where}", values).fetchone()[0]  # noqa: S608 - values are bound
    first, count = page(visit)
    found = visit.books.execute(
        f"{SELECT_CALLS} WHERE {where} ORDER BY {_order(visit)} LIMIT :count OFFSET :first",
        values | {"first": first, "count": count},
    )
    teller = Teller(visit.books, visit.now)
    calls: list[Json] = [teller.summary(call) for call in found]
    return reply({"status": "success", "total_count": total, "count": len(calls), "calls": calls})


def page(visit: Visit) -> tuple[int, int]:
    """First index and number of rows: `from` inclusive, `to` exclusive (reference, 11), at most `limit` and 1,000."""
    first = visit.integer("from", 0)
    limit = visit.integer("limit", LONGEST_PAGE, LONGEST_PAGE)
    until = visit.integer("to", first + limit)
    return first, max(0, min(limit, until - first))


def _order(visit: Visit) -> str:
    way = "ASC" if visit.flag("ascending", default=False) else "DESC"
    by = visit.query.get("sort_by") or "created_at"
    if by not in {"created_at", "updated_at"}:
        raise Refusal(400, "sort_by must be created_at or updated_at")
    first = f"{_UPDATED} {way}, " if by == "updated_at" else f"calls.created {way}, "
    return f"{first}calls.id {way}"


def _conditions(visit: Visit) -> Iterator[_Condition]:
    query = visit.query
    if query.get("to_number"):
        yield "calls.digits = :to_number", {"to_number": digits(query["to_number"])}
    if query.get("from_number"):
        yield "calls.sender = :from_number", {"from_number": f"+{digits(query['from_number'])}"}
    for name in ("batch_id", "campaign_id"):
        if query.get(name):
            batches = f"SELECT id FROM batches WHERE account = :account AND {name} = :{name}"  # noqa: S608 - one of two
            yield f"calls.batch IN ({batches})", {name: query[name]}
    yield from _by_outcome(visit)
    yield from _by_time(visit)


def _by_outcome(visit: Visit) -> Iterator[_Condition]:
    completed = visit.flag("completed", default=None)
    if completed is not None:
        yield f"calls.ends {'<=' if completed else '>'} :now", {}
    if visit.flag("inbound", default=False):
        yield "FALSE", {}
    answered_by = visit.query.get("answered_by")
    if answered_by:
        kinds = [kind for kind, ending in ENDINGS.items() if ending.answered_by == answered_by]
        names = {f"kind{number}": kind for number, kind in enumerate(kinds)}
        yield f"calls.ends <= :now AND calls.kind IN ({', '.join(f':{name}' for name in names)})", names
    for name, sign in (("duration_gt", ">"), ("duration_lt", "<")):
        if visit.query.get(name):
            yield f"calls.ends <= :now AND calls.talk / 60.0 {sign} :{name}", {name: _number(visit, name)}


def _number(visit: Visit, name: str) -> float:
    try:
        return float(visit.query[name])
    except ValueError:
        raise Refusal(400, f"{name} must be a number") from None


def _by_time(visit: Visit) -> Iterator[_Condition]:
    day = visit.query.get("created_at")
    if day:
        start, end = _span(visit, "created_at", day)
        yield "calls.created >= :day AND calls.created < :day_after", {"day": start, "day_after": end}
    for name, column, sign in _DATES:
        if visit.query.get(name):
            start, end = _span(visit, name, visit.query[name])
            yield f"{column} {sign} :{name}", {name: start if sign == ">=" else end}


def _span(visit: Visit, name: str, text: str) -> tuple[float, float]:
    """From when to when a date or a time lasts; both ends of a range are inclusive, by the documentation."""
    try:
        if len(text) > _DATE_LENGTH:
            # a plus that was not quoted in the address arrives as a space
            at = epoch(text.replace(" ", "+") if "T" in text else text)
            return at, at + 0.001
        midnight = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(visit.query.get("timezone") or "UTC"))
    except (ValueError, ZoneInfoNotFoundError):
        raise Refusal(400, f"{name} must be a date") from None
    return midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()
