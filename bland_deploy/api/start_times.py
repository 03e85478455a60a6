"""The forms of time that Bland takes for `start_time`."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from bland_deploy.model.start_forms import StartForm

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?: ?(?:(Z)|([+-])(\d\d):?(\d\d)))?", re.ASCII
)
_TIME = r"\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_OFFSET = r"[+-]\d\d:?\d\d"
_FORMS: Mapping[StartForm, re.Pattern[str]] = {
    "offset-apart": re.compile(rf"\S+[T ]{_TIME} {_OFFSET}", re.ASCII),
    "offset": re.compile(rf"\S+ {_TIME}{_OFFSET}", re.ASCII),
    "iso-offset": re.compile(rf"[^T]+T{_TIME}{_OFFSET}", re.ASCII),
    "iso-utc": re.compile(rf"[^T]+T{_TIME}Z", re.ASCII),
    "no-offset": re.compile(rf"\S+[T ]{_TIME}", re.ASCII),
}


def form_of(text: str) -> StartForm | None:
    """The form in which a start time is written; None for one that no probe has tried."""
    if _FORM.fullmatch(text) is None:
        return None
    return next((form for form, pattern in _FORMS.items() if pattern.fullmatch(text)), None)


def parse_start_time(text: str) -> datetime | None:
    """The time that Bland reads, naive where the text has no offset (Bland takes it as UTC); None for another form.

    Taken: `2026-01-01 12:00:00 -05:00` and `2026-01-01 12:00:00-05:00` (documented, also with an hour of one digit and
    without an offset), and ISO 8601 (met in public code).
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    *numbers, second, fraction, utc, sign, hours, minutes = match.groups()
    year, month, day, hour, minute = map(int, numbers)
    zone = None
    try:
        if utc or sign:
            offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            zone = timezone(-offset if sign == "-" else offset)
        return datetime(
            year, month, day, hour, minute, int(second or 0), int((fraction or "").ljust(6, "0")), tzinfo=zone
        )
    except ValueError:
        return None
