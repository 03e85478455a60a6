"""Times as the API writes and reads them (API reference, 3.1 and 4.3)."""

import re
from datetime import UTC, datetime, timedelta, timezone

_START_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"
    r"\s*(?:([Zz])|([+-])(\d{2}):?(\d{2}))?"
)


def epoch(text: object) -> float:
    """A `start_time` in any documented or observed form, in seconds since the epoch; UTC without an offset.

    Raises ValueError for anything else.
    """
    match = _START_TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("not a date and time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction, _zulu, sign, hours, minutes = match.groups()[6:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    moment = datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    return moment + float(f"0.{fraction or 0}")


def iso(seconds: float) -> str:
    """`2026-02-20T15:00:05.123Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
