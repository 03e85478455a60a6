from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.place import Place
from bland_deploy.model.schedule import Begun, Pace, Schedule
from bland_deploy.rules.pack import load_pack
from bland_deploy.windows.allowance import Allowance, Limit, limits_of
from bland_deploy.windows.compile import window_reader
from bland_deploy.windows.spread import Terms, spread

PACK = load_pack()
HOUR, DAY = 3600, 24 * 3600
NOW = int(datetime(2027, 6, 1, 12, 0, 30, tzinfo=ZoneInfo("America/New_York")).timestamp())


def window(zone="America/New_York", state="US-NY", profile="us-standard", **schedule):
    read = window_reader(PACK, PACK.profiles[profile], Schedule.model_validate(schedule))
    return read(Place((zone,) if isinstance(zone, str) else zone, (state,)))


def terms(per_hour=None, per_day=None, at_once=None, **others):
    return Terms(**{"now": NOW, "pace": Pace(per_hour=per_hour, per_day=per_day, at_once=at_once)} | others)


def shown(instant, zone="America/New_York"):
    return f"{datetime.fromtimestamp(instant, ZoneInfo(zone)):%d %H:%M}"


def test_without_limits_everybody_is_rung_as_soon_as_it_is_allowed():
    found = spread([window(), window("Pacific/Honolulu", "US-HI")], [0, 1, 0], Terms(NOW))
    assert [shown(time) for time in found.times] == ["01 12:11", "01 15:00", "01 12:11"]
    assert (found.deferred, found.shut) == (0, ())
    assert (shown(found.first), shown(found.last), shown(found.finish)) == ("01 12:11", "01 15:00", "01 15:00")


def test_what_is_too_much_for_a_window_goes_on_the_next_day_and_is_deferred_beyond_23_hours():
    found = spread([window()], [0] * 1000, terms(per_hour=60))
    times = [time for time in found.times if time is not None]
    assert shown(times[0]) == "01 12:11"
    assert shown(times[468]) == "01 19:59"
    assert shown(times[469]) == "02 09:00"
    assert (shown(times[-1]), shown(found.last)) == ("02 11:00", "02 11:00")
    assert (found.deferred, shown(found.finish)) == (1000 - len(times), "02 17:50")


def test_whose_window_closes_first_is_rung_first():
    found = spread([window("Pacific/Honolulu", "US-HI", "federal-floor"), window()], [0, 0, 1, 1], terms(per_hour=60))
    assert [shown(time) for time in found.times] == ["01 14:00", "01 14:01", "01 12:11", "01 12:12"]


def test_a_retry_after_voicemail_lies_in_the_window_too():
    late = NOW + 8 * HOUR - 12 * 60
    found = spread([window()], [0, 0], Terms(late, lead=0, tail=15 * 60))
    assert [shown(time) for time in found.times] == ["02 09:00", "02 09:00"]
    assert spread([window()], [0], Terms(late, tail=12 * HOUR)).shut != ()


def test_a_window_that_never_opens_is_named_and_one_that_only_has_to_wait_is_not():
    closed, busy = window(end="2027-05-01"), window()
    found = spread([closed, busy], [0, 1, 1], terms(per_day=1, begun=(Begun(NOW - HOUR, 1),), farthest=HOUR))
    assert (found.shut, found.deferred, found.finish) == ((closed,), 3, None)
    assert (found.first, found.last) == (None, None)


def test_what_would_take_longer_than_two_months_has_no_end():
    found = spread([window()], [0] * 100, terms(per_day=1))
    assert (found.finish, found.shut) == (None, ())


def test_nothing_to_call_is_no_trouble():
    found = spread([], [], Terms(NOW))
    assert (found.times, found.deferred, found.finish) == ((), 0, None)


def test_calls_that_were_made_count():
    found = spread([window()], [0] * 3, terms(per_day=2, begun=(Begun(NOW - 23 * HOUR, 1),)))
    assert [time and shown(time) for time in found.times] == ["01 12:11", "01 13:01", None]


def test_lines_are_free_again_when_calls_have_ended():
    found = spread([window()], [0] * 5, terms(at_once=2, seconds_a_call=180))
    assert [shown(time) for time in found.times] == ["01 12:11", "01 12:11", "01 12:14", "01 12:14", "01 12:17"]


def test_limits_of_a_pace():
    assert limits_of(None, 120) == ()
    assert limits_of(Pace(per_hour=100, per_day=2000, at_once=10), 30) == (
        Limit(2, 60),
        Limit(100, HOUR),
        Limit(2000, DAY),
        Limit(10, 60),
    )
    assert Allowance(()).left(0) is None


WINDOWS = [
    window(),
    window("America/Los_Angeles", "US-CA", "us-strict"),
    window(("America/Chicago", "America/New_York"), "US-KY"),
    window("America/Chicago", "US-TX", hours=["9:00-9:30", "13:00-13:45"]),
    window("Asia/Kolkata", "IN", profile="none"),
    window("Europe/Paris", "FR"),
]
RATES = st.one_of(st.none(), st.integers(1, 90))


@settings(deadline=None)
@given(
    st.lists(st.integers(0, len(WINDOWS) - 1), max_size=60),
    st.builds(
        terms,
        per_hour=RATES,
        per_day=RATES,
        at_once=st.one_of(st.none(), st.integers(1, 5)),
        now=st.integers(NOW, NOW + 7 * DAY),
        tail=st.sampled_from([0, 600, 5000]),
        seconds_a_call=st.sampled_from([30, 120, 400]),
        begun=st.lists(st.tuples(st.integers(-DAY, 2 * DAY), st.integers(1, 3)), max_size=8).map(
            lambda others: tuple(Begun(NOW + seconds, calls) for seconds, calls in sorted(others))
        ),
    ),
)
def test_times_are_those_of_the_plain_way(members, given_terms):
    found = spread(WINDOWS, members, given_terms)
    assert list(found.times) == plainly(members, given_terms)
    for window_index, time in zip(members, found.times, strict=True):
        if time is not None:
            assert WINDOWS[window_index].refusals(time) == ()
            assert WINDOWS[window_index].refusals(time + given_terms.tail) == ()
            assert given_terms.now + given_terms.lead <= time <= given_terms.now + given_terms.farthest
    assert found.begun == tuple(sorted(Counter(time for time in found.times if time is not None).items()))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4 * HOUR), st.integers(1, 9)), max_size=12),
    st.builds(terms, per_hour=RATES, at_once=st.one_of(st.none(), st.integers(1, 5)), now=st.just(NOW)),
)
def test_with_the_calls_of_others_no_stretch_of_time_holds_more_than_the_account_may_make(others, given_terms):
    begun = tuple(Begun(NOW + seconds, calls) for seconds, calls in sorted(others))
    found = spread([window()], [0] * 40, given_terms._replace(begun=begun))
    both = [*begun, *found.begun]
    for most, span in limits_of(given_terms.pace, given_terms.seconds_a_call):
        for start in {instant for instant, _ in both}:
            inside = [calls for instant, calls in both if start <= instant < start + span]
            ours = any(start <= instant < start + span for instant, _ in found.begun)
            assert not ours or sum(inside) <= most


def plainly(members, how):
    """Minute by minute, call by call: whoever's window closes first and who has waited longest, if limits allow it."""
    limits, begun = limits_of(how.pace, how.seconds_a_call), list[int]()
    times, waiting = [None] * len(members), list(range(len(members)))
    closings = [
        [(start, end - how.tail) for start, end in found.intervals(how.now + how.lead, how.now + 3 * DAY)]
        for found in WINDOWS
    ]
    first = -(-(how.now + how.lead) // 60) * 60
    for minute in range(first, how.now + how.farthest + 1, 60):
        able = [
            (end, members[call], call)
            for call in waiting
            for start, end in closings[members[call]]
            if start <= minute < end
        ]
        for _, _, call in sorted(able):
            if all(_near(minute, span, begun, how.begun) < calls for calls, span in limits):
                begun.append(minute)
                times[call] = minute
                waiting.remove(call)
    return times


def _near(minute, span, ours, others):
    """How many calls count against a limit in a minute: ours until then, and others before and after."""
    return sum(minute - span < past for past in ours) + sum(
        calls for instant, calls in others if minute - span < instant < minute + span
    )
