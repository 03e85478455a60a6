"""Times in every documented and observed form."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.sandbox.times import epoch, iso


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-01-01 12:00:00 -05:00", "2021-01-01T17:00:00.000Z"),
        ("2026-01-01 12:00:00-05:00", "2026-01-01T17:00:00.000Z"),
        ("2026-01-01 9:00:00-05:00", "2026-01-01T14:00:00.000Z"),
        ("2026-01-01 12:00", "2026-01-01T12:00:00.000Z"),
        ("2026-03-15T09:00:00-0500", "2026-03-15T14:00:00.000Z"),
        ("2026-03-15T09:00:00.125000Z", "2026-03-15T09:00:00.125Z"),
        (" 2026-03-15 09:00:00 +05:30 ", "2026-03-15T03:30:00.000Z"),
    ],
)
def test_start_times_are_read(text, expected):
    assert iso(epoch(text)) == expected


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01 00:00:00", "2026-01-01", "2026-01-01 25:00:00", 5, None, []])
def test_anything_else_is_no_time(text):
    with pytest.raises(ValueError):
        epoch(text)


@given(
    st.integers(0, 4_000_000_000_000_000),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_iso_times_with_an_offset_are_read_exactly(microseconds, zone):
    moment = datetime(1970, 1, 1, tzinfo=UTC).astimezone(zone) + timedelta(microseconds=microseconds)
    assert epoch(moment.isoformat()) == pytest.approx(microseconds / 1e6, abs=1e-6)
    assert datetime.fromisoformat(iso(moment.timestamp())) - moment < timedelta(milliseconds=1)
