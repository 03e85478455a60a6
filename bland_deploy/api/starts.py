"""When the calls of a finished create request start: what is in its bytes, whoever put it there."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from bland_deploy.api import v1, v2
from bland_deploy.api.start_times import form_of, parse_start_time
from bland_deploy.model.start_forms import StartForm

_FIELD = "start_time"
MARK = b'"start_time"'
"""What the JSON of a call holds that has a time of its own; others may hold it too."""


def start_times(body: bytes, calls_key: str, calls: int) -> Counter[datetime]:
    """How many of the first `calls` calls start when (aware); those that start at once are left out.

    A call's own `start_time` replaces the shared one. v1 does not document that, so the earlier one counts there.
    Without an offset it is UTC, as Bland takes it; in a form that nobody documents it is none. Nearly all requests
    have no such field, which is seen without parsing them.
    """
    if MARK not in body:
        return Counter()
    request = orjson.loads(body)
    shared = request["global"] if calls_key == v2.calls_key else request
    return Counter(
        moment
        for moment in (start_of(call, shared, calls_key) for call in request[calls_key][:calls])
        if moment is not None
    )


def start_forms(body: bytes, calls_key: str, calls: int) -> frozenset[StartForm]:
    """The forms in which the times stand of the first `calls` calls, their own and the shared one."""
    if MARK not in body:
        return frozenset()
    request = orjson.loads(body)
    shared = request["global"] if calls_key == v2.calls_key else request
    written = {str(part[_FIELD]) for part in (shared, *request[calls_key][:calls]) if _FIELD in part}
    return frozenset(form for form in map(form_of, written) if form is not None)


def start_of(call: Mapping[str, Any], shared: Mapping[str, Any], calls_key: str) -> datetime | None:
    """When one call starts (aware), given what all calls share; None for at once. As `start_times` says."""
    if _FIELD not in call:
        return _earliest((shared.get(_FIELD),))
    if calls_key == v1.calls_key:
        return _earliest((call[_FIELD], shared.get(_FIELD)))
    return _earliest((call[_FIELD],))


def _earliest(written: tuple[Any, ...]) -> datetime | None:
    moments = (_moment(value) for value in written if isinstance(value, str))
    return min((moment for moment in moments if moment is not None), default=None)


@lru_cache(maxsize=10_000)
def _moment(text: str) -> datetime | None:
    moment = parse_start_time(text)
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
