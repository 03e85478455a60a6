from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.api.start_times import form_of, parse_start_time

EST = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2021-01-01 12:00:00 -05:00", datetime(2021, 1, 1, 12, tzinfo=EST)),
        ("2026-01-01 12:00:00-05:00", datetime(2026, 1, 1, 12, tzinfo=EST)),
        ("2026-01-01 9:00:00-0500", datetime(2026, 1, 1, 9, tzinfo=EST)),
        ("2026-03-15T09:00:00+05:30", datetime(2026, 3, 15, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("2026-03-15T09:00:00.1234Z", datetime(2026, 3, 15, 9, 0, 0, 123400, tzinfo=UTC)),
        ("2026-03-15 09:00", datetime(2026, 3, 15, 9)),  # noqa: DTZ001 - naive is the case
        ("2026-01-01 12:00:00", datetime(2026, 1, 1, 12)),  # noqa: DTZ001 - the same
    ],
)
def test_every_documented_form_is_read(text, time):
    found = parse_start_time(text)
    assert (found, found.tzinfo) == (time, time.tzinfo)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01 12:00:00",
        "2026-01-01",
        "01/02/2026 12:00",
        "2026-01-01 24:00:00",
        "2026-01-01 12:00 EST",
        "2026-01-01 12:00:00 +99:00",
        "٢٠٢٦-01-01 12:00:00",
    ],
)
def test_other_forms_are_not(text):
    assert parse_start_time(text) is None


OLDEST = datetime(1000, 1, 1)  # noqa: DTZ001 - hypothesis wants it naive


@given(st.datetimes(min_value=OLDEST, timezones=st.none() | st.just(UTC) | st.just(EST)))
def test_what_python_writes_is_read_back(time):
    assert parse_start_time(time.isoformat()) == time
    assert parse_start_time(time.isoformat(" ")) == time


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2021-01-01 12:00:00 -05:00", "offset-apart"),
        ("2021-01-01 9:00 -0500", "offset-apart"),
        ("2026-01-01 12:00:00-05:00", "offset"),
        ("2026-03-15T09:00:00.123+05:30", "iso-offset"),
        ("2026-03-15T09:00:00Z", "iso-utc"),
        ("2026-03-15 09:00", "no-offset"),
        ("2026-03-15T09:00:00", "no-offset"),
        ("2026-03-15 09:00:00Z", None),
        ("tomorrow", None),
    ],
)
def test_forms_are_told_apart(text, form):
    assert form_of(text) == form


@given(st.datetimes(min_value=OLDEST, timezones=st.none() | st.just(UTC) | st.just(EST)))
def test_what_python_writes_has_a_form(time):
    assert form_of(time.isoformat()) == ("iso-offset" if time.tzinfo else "no-offset")
    assert form_of(time.isoformat(" ")) == ("offset" if time.tzinfo else "no-offset")
