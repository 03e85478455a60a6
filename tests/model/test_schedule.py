from datetime import date, datetime

import pytest
from pydantic import ValidationError

from bland_deploy.model.schedule import Schedule, parse_moment


def test_a_schedule_takes_one_or_several():
    schedule = Schedule.model_validate(
        {
            "start": "2027-03-01",
            "end": "2027-03-05T17:00:00-05:00",
            "hours": ["9:00-12:00", "13:00-17:30"],
            "days": "mon-fri",
            "holidays": ["public", "2026-12-24"],
            "profile": "us-strict",
            "pace": {"per_hour": 1000, "at_once": 50},
        }
    )
    assert (schedule.timezone, schedule.pace.per_day) == ("recipient", None)
    assert parse_moment(schedule.start) == date(2027, 3, 1)
    assert parse_moment(schedule.end) == datetime.fromisoformat("2027-03-05T17:00:00-05:00")


@pytest.mark.parametrize(
    "keys",
    [
        {"start": "tomorrow"},
        {"start": "2027-02-30"},
        {"start": "20270301"},
        {"end": "2027-03-01T25:00"},
        {"hours": "9-17"},
        {"days": ["Monday"]},
        {"holidays": "none"},
        {"holidays": ["2026-13-01"]},
        {"profile": "relaxed"},
        {"pace": {"per_hour": 0}},
        {"pace": {"a_minute": 5}},
        {"dispatch_hours": {}},
    ],
)
def test_what_a_schedule_cannot_mean_is_refused(keys):
    with pytest.raises(ValidationError):
        Schedule.model_validate(keys)
