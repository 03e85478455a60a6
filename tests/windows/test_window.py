from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.place import Place
from bland_deploy.model.schedule import Schedule
from bland_deploy.rules.pack import load_pack
from bland_deploy.windows.clocks import is_shown_twice, is_skipped, readings, write_start_time
from bland_deploy.windows.compile import window_reader
from bland_deploy.windows.holidays import holiday
from bland_deploy.windows.places import area_codes
from bland_deploy.windows.window import Why
from bland_deploy.windows.zones import place_reader
from tests.windows.plainly import verdicts

PACK = load_pack()
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAY = 24 * 60 * 60
YEAR = int(NEW_YEAR.timestamp()), int(NEW_YEAR.timestamp()) + 365 * DAY
US = sorted(code for code, places in area_codes().items() if places[0].startswith("US-"))
CHANGES = [datetime(2027, 3, 14, tzinfo=UTC), datetime(2027, 11, 7, tzinfo=UTC)]
NO_SCHEDULE = Schedule.model_validate({})


def window(profile="none", zones=("America/New_York",), jurisdictions=("US-NY",), **schedule):
    read = window_reader(PACK, PACK.profiles[profile], Schedule.model_validate(schedule))
    return read(Place(tuple(zones), tuple(jurisdictions)))


def at(text, zone="America/New_York", fold=0):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def on_the_wall(text):
    return datetime.fromisoformat(text)


def refused(found, instant):
    return [(refusal.cause, refusal.why) for refusal in found.refusals(instant)]


def instants(random, zones):
    """Instants of a year: anywhere, beside the hours on a clock, and around the changes of the clocks."""
    for _ in range(30):
        yield NEW_YEAR + timedelta(seconds=random.randrange(365 * DAY))
    for _ in range(24):
        day = date(2027, 1, 2) + timedelta(days=random.randrange(360))
        clock = time(random.choice([8, 9, 10, 12, 17, 18, 20, 21]), tzinfo=ZoneInfo(random.choice(zones)))
        yield datetime.combine(day, clock).astimezone(UTC) + timedelta(seconds=random.choice([-60, -1, 0, 1]))
    for change in CHANGES:
        for _ in range(4):
            yield change + timedelta(seconds=random.randrange(-DAY, 2 * DAY))


def test_a_year_in_every_area_code_by_every_profile_agrees_with_the_plain_text():
    random, read, compared = Random(2027), place_reader(), 0
    for profile in PACK.profiles.values():
        windows = window_reader(PACK, profile, NO_SCHEDULE)
        starts = {}
        for code in US:
            place = read(f"+1{code}5550100", "US")
            found = windows(place)
            if found not in starts:
                open_hours = found.intervals(*YEAR)
                starts[found] = open_hours, [hours.start for hours in open_hours]
            for instant in instants(random, place.zones):
                compared += agree(profile.rule.id, found, starts[found], instant)
    assert compared >= 100_000


def agree(profile, found, open_hours, instant):
    seconds = int(instant.timestamp())
    expected = verdicts(profile, found.place.zones, found.place.jurisdictions, instant)
    assert set(found.rules) == set(expected)
    assert {refusal.cause for refusal in found.refusals(seconds)} == {
        name for name, good in expected.items() if not good
    }
    hours, starts = open_hours
    index = bisect_right(starts, seconds) - 1
    assert (index >= 0 and seconds < hours[index].end) == all(expected.values())
    return max(1, len(expected))


def test_hours_hold_by_every_clock():
    found = window("us-standard", ["America/New_York", "America/Chicago"], ["US-TN"])
    assert refused(found, at("2027-06-01T09:30")) == [("us-standard", Why.HOURS)]
    assert refused(found, at("2027-06-01T10:00")) == []
    assert refused(found, at("2027-06-01T20:00")) == [("us-standard", Why.HOURS)]


def test_states_bar_sundays_and_holidays():
    found = window("us-standard", ["America/Chicago"], ["US-AL"])
    sunday, holidays_eve, day = "2027-06-06T12:00", "2027-04-25T12:00", "2027-04-26T12:00"
    assert refused(found, at(sunday, "America/Chicago")) == [("us-al-hours", Why.DAY)]
    assert refused(found, at(holidays_eve, "America/Chicago")) == [("us-al-hours", Why.DAY)]
    assert refused(found, at(day, "America/Chicago")) == [("us-al-hours", Why.HOLIDAY)]


def test_the_stricter_of_two_states_holds():
    found = window("us-standard", ["America/New_York"], ["US-NY", "US-RI"])
    assert refused(found, at("2027-06-01T18:30")) == [("us-ri-hours", Why.HOURS)]


def test_federal_holidays_are_the_eleven_of_the_statute():
    """5 U.S.C. 6103, and the days on which they are observed."""
    days = ["01-01", "01-18", "02-15", "05-31", "06-19", "07-04", "09-06", "10-11", "11-11", "11-25", "12-25"]
    observed = ["06-18", "07-05", "12-24", "12-31"]
    found = [date(2027, 1, 1) + timedelta(days=day) for day in range(365)]
    assert [f"{day:%m-%d}" for day in found if holiday("US", day)] == sorted([*days, *observed])


def test_holidays_of_countries_and_their_parts_are_known_and_others_have_none():
    assert holiday("FR", date(2027, 7, 14))
    assert holiday("CA-QC", date(2027, 6, 24))
    assert holiday("US-LA", date(2027, 2, 9)) == "Mardi Gras"
    assert holiday("US-ZZ", date(2027, 7, 4)) == "Independence Day"
    assert holiday("ZZ", date(2027, 1, 1)) is None


def test_a_place_without_a_zone_is_never_rung_where_a_clock_is_needed():
    nowhere = {"zones": [], "jurisdictions": ["US"]}
    for found in (window("us-standard", **nowhere), window("none", hours="9:00-17:00", **nowhere)):
        assert found.intervals(*YEAR) == ()
        assert found.next_interval(YEAR[0], 7) is None
        assert Why.NOWHERE in [refusal.why for refusal in found.refusals(YEAR[0])]
    assert window("none", start="2027-03-01", **nowhere).intervals(*YEAR) == ()
    assert window("none", start="2027-03-01T09:00:00Z", **nowhere).intervals(*YEAR) == (
        (at("2027-03-01T09:00", "UTC"), YEAR[1]),
    )
    assert window("none", **nowhere).intervals(*YEAR) == (YEAR,)
    assert window("none", hours="9:00-17:00", timezone="UTC", **nowhere).next_interval(YEAR[0]) == (
        at("2027-01-01T09:00", "UTC"),
        at("2027-01-01T17:00", "UTC"),
    )


def test_the_schedule_restricts_further_by_the_recipients_clock_or_by_one():
    theirs = window("us-standard", ["America/Denver"], ["US-CO"], hours=["13:00-14:00", "9:00-12:00"], days="mon-tue")
    assert refused(theirs, at("2027-06-01T12:30", "America/Denver")) == [("schedule", Why.HOURS)]
    assert refused(theirs, at("2027-06-02T10:00", "America/Denver")) == [("schedule", Why.DAY)]
    ours = window("us-standard", ["America/Denver"], ["US-CO"], hours="9:00-12:00", timezone="America/New_York")
    assert ours.intervals(at("2027-06-01T00:00"), at("2027-06-02T00:00")) == (
        (at("2027-06-01T11:00"), at("2027-06-01T12:00")),
    )


def test_holidays_of_the_schedule_are_public_ones_and_dates():
    found = window(holidays=["public", "2027-08-02"])
    assert refused(found, at("2027-07-05T12:00")) == [("schedule", Why.HOLIDAY)]
    assert refused(found, at("2027-08-02T12:00")) == [("schedule", Why.HOLIDAY)]
    assert refused(found, at("2027-08-03T12:00")) == []


def test_start_and_end_hold_in_every_zone():
    zones = ["America/Los_Angeles", "America/New_York"]
    found = window("none", zones, start="2027-03-01", end="2027-03-02")
    assert found.intervals(*YEAR) == ((at("2027-03-01T00:00", zones[0]), at("2027-03-03T00:00", zones[1])),)
    assert refused(found, at("2027-03-01T01:00")) == [("schedule", Why.TOO_EARLY)]
    assert refused(found, at("2027-03-03T00:00")) == [("schedule", Why.TOO_LATE)]
    exact = window("none", zones, start="2027-03-01T09:00:00-05:00", end="2027-03-01T17:00:00-05:00")
    assert exact.intervals(*YEAR) == ((at("2027-03-01T09:00"), at("2027-03-01T17:00")),)
    assert window("none", zones, timezone="Europe/Paris", end="2027-03-01T12:00").end == at(
        "2027-03-01T12:00", "Europe/Paris"
    )


def test_what_begins_or_ends_in_a_skipped_hour_leaves_it_out():
    found = window(hours=["0:00-2:30"])
    assert found.intervals(at("2027-03-14T00:00"), at("2027-03-15T00:00")) == (
        (at("2027-03-14T00:00"), at("2027-03-14T01:30")),
    )
    found = window(hours=["2:30-5:00"])
    assert found.intervals(at("2027-03-14T00:00"), at("2027-03-15T00:00")) == (
        (at("2027-03-14T03:30"), at("2027-03-14T05:00")),
    )


def test_what_begins_or_ends_in_a_doubled_hour_takes_the_stricter_reading():
    found = window(hours=["0:00-1:30"])
    assert found.intervals(at("2027-11-07T00:00"), at("2027-11-08T00:00")) == (
        (at("2027-11-07T00:00"), at("2027-11-07T01:30", fold=0)),
    )
    found = window(hours=["1:30-5:00"])
    assert found.intervals(at("2027-11-07T00:00"), at("2027-11-08T00:00")) == (
        (at("2027-11-07T01:30", fold=1), at("2027-11-07T05:00")),
    )


def test_a_schedules_moment_that_no_clock_shows_can_be_told():
    assert is_skipped("America/New_York", on_the_wall("2027-03-14T02:30"))
    assert not is_shown_twice("America/New_York", on_the_wall("2027-03-14T02:30"))
    assert is_shown_twice("America/New_York", on_the_wall("2027-11-07T01:30"))
    assert not is_skipped("America/New_York", on_the_wall("2027-11-07T01:30"))
    assert not is_skipped("America/Phoenix", on_the_wall("2027-03-14T02:30"))
    earliest, latest = readings("America/New_York", on_the_wall("2027-11-07T01:30"))
    assert latest - earliest == 3600


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("America/New_York", "2027-07-01 08:00:00 -04:00"),
        ("Asia/Kolkata", "2027-07-01 17:30:00 +05:30"),
        ("UTC", "2027-07-01 12:00:00 +00:00"),
    ],
)
def test_a_start_time_bears_the_offset_of_its_zone(zone, written):
    assert write_start_time(at("2027-07-01T12:00", "UTC"), zone) == written


ZONES = ["America/New_York", "America/Denver", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana"]
CLOCK = st.integers(0, 95).map(lambda quarter: quarter * 15)


@st.composite
def schedules(draw):
    spans = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(CLOCK)
        end = draw(st.integers(start // 15 + 1, 96)) * 15
        spans.append(f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}")
    days = draw(st.lists(st.sampled_from(["mon", "wed-fri", "sat-sun"]), max_size=2))
    dates = draw(st.lists(st.sampled_from(["public", "2027-03-14", "2027-11-07"]), max_size=2))
    zone = draw(st.sampled_from(["recipient", *ZONES]))
    return {"hours": spans, "days": days, "holidays": dates, "timezone": zone}


@settings(deadline=None)
@given(
    schedules(),
    st.sampled_from(sorted(PACK.profiles)),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True),
    st.sampled_from([*CHANGES, NEW_YEAR, datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 4, 4, tzinfo=UTC)]),
    st.data(),
)
def test_an_instant_is_refused_exactly_where_no_interval_holds_it(schedule, profile, zones, around, data):
    found = window(profile, sorted(zones), ["GB", "US-TX"], **schedule)
    start = int(around.timestamp()) - DAY
    intervals = found.intervals(start, start + 3 * DAY)
    assert all(one.end < other.start for one, other in pairwise(intervals))
    beside = [edge + move for hours in intervals for edge in hours for move in (-1, 0)]
    for instant in [*beside, data.draw(st.integers(start, start + 3 * DAY - 1))]:
        if start <= instant < start + 3 * DAY:
            assert bool(found.refusals(instant)) != any(hours.start <= instant < hours.end for hours in intervals)
    following = found.next_interval(start, 2)
    assert (following is None) or found.refusals(following.start) == ()
    if intervals:
        assert following.start == intervals[0].start


@settings(deadline=None)
@given(schedules(), st.sampled_from(US), st.integers(*YEAR))
def test_profiles_are_ever_stricter_in_every_place(schedule, code, instant):
    place = place_reader()(f"+1{code}5550100", "US")
    allowed = [
        not window_reader(PACK, profile, Schedule.model_validate(schedule))(place).refusals(instant)
        for profile in map(PACK.profiles.__getitem__, ("us-strict", "us-standard", "federal-floor", "none"))
    ]
    assert allowed == sorted(allowed)
