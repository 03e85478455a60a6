import pickle
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers.timezone import time_zones_for_geographical_number, time_zones_for_number

from bland_deploy.windows.places import area_code_zones, area_codes, postal_codes, states
from bland_deploy.windows.zones import Columns, evidence, place_reader

read = place_reader()


def test_the_zones_of_an_area_code_are_those_of_all_its_exchanges():
    place = read("+12195550100", "US")
    assert place.zones == ("America/Chicago", "America/New_York")
    assert place.jurisdictions == ("US-IN",)


def test_columns_add_and_take_nothing_away():
    place = read("+12125550100", "US", Columns("America/Los_Angeles", "tx", "96801"))
    assert place.zones == (
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/New_York",
        "Pacific/Honolulu",
    )
    assert place.jurisdictions == ("US-HI", "US-NY", "US-TX")
    assert place.unread == ()


def test_columns_that_mean_nothing_are_named():
    assert read("+12125550100", "US", Columns("EST5", "Texass", "1234")).unread == ("timezone", "state", "zip")
    assert read("+447700900123", "GB", Columns("", "Kent", "10115")).unread == ()


def test_states_are_read_by_name_abbreviation_and_code():
    wanted = read("+12125550100", "US", Columns(state="New Mexico"))
    assert read("+12125550100", "US", Columns(state=" nm ")) is wanted
    assert read("+12125550100", "US", Columns(state="US-NM")) is wanted


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("10001", ["US-NY"]),
        ("10001-1234", ["US-NY"]),
        ("06390", ["US-NY"]),
        ("06301", ["US-CT"]),
        ("96799", ["US-AS"]),
        ("96931", ["US-GU", "US-MP"]),
        ("k1a 0b1", ["CA-ON"]),
    ],
)
def test_postal_codes_name_their_states(code, names):
    found = evidence("+12125550100", "US", Columns(zip=code))[-1]
    assert (found.source, sorted(found.jurisdictions)) == ("column zip", names)


def test_a_number_that_is_nowhere_has_a_zone_only_by_its_column():
    assert read("+18005550199", "US").zones == ()
    assert read("+18005550199", "US", Columns("America/Denver")).zones == ("America/Denver",)
    assert read("0199", None).zones == ()
    assert read("+447700900123", "GB").zones == ("Europe/Guernsey", "Europe/Isle_of_Man", "Europe/London")


def test_territories_and_islands_are_not_taken_for_states():
    assert read("+13455550100", "KY").jurisdictions == ("KY",)
    assert read("+16645550100", "MS").jurisdictions == ("MS",)
    assert read("+17875550100", "PR").jurisdictions == ("US-PR",)


def test_equal_places_are_one():
    assert read("+12125550100", "US") is read("+16465550100", "US")


def test_a_place_reaches_another_process_as_it_is():
    place = read("+12125550100", "US", Columns("EST5", "tx", ""))
    there = pickle.loads(pickle.dumps(place))
    assert (there.zones, there.jurisdictions) == (place.zones, ("US-NY", "US-TX"))
    assert there.unread == place.unread == ("timezone",)


def test_the_reasons_can_be_read():
    found = evidence("+1219755", "US", Columns("Europe/Paris", "IN", "46301"))
    assert [item.source for item in found] == [
        "area code 219",
        "exchange 219755",
        "column state",
        "column zip",
        "column timezone",
    ]


# the digits are made up; nothing is dialled, and most are no number at all
@settings(deadline=None)
@given(st.integers(0, 10**9 - 1), st.sampled_from(["US", "CA", "DE", "AU", "BR", "RU", "JP", "ID", None]))
def test_zones_hold_those_that_the_library_gives(rest, country):
    code = phonenumbers.country_code_for_region(country) if country else 999
    number = phonenumbers.PhoneNumber(code, rest)
    identity = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    zones = set(read(identity, country).zones)
    theirs = set(time_zones_for_geographical_number(number)) - {"Etc/Unknown"}
    if code == 1:
        assert theirs <= zones or len(theirs) > 10  # no area code: the library names all zones, and we none
    else:
        assert theirs == zones


def test_every_area_code_with_zones_has_a_jurisdiction():
    assert set(area_code_zones()) == set(area_codes())
    spans = {code: zones for code, zones in area_code_zones().items() if any(j[:2] == "US" for j in area_codes()[code])}
    assert sum(len(zones) > 1 for zones in spans.values()) >= 15


# where the library names zones that nobody in the area code keeps
COARSE = {"474", "867", "879", "907"}


def test_a_state_keeps_every_zone_of_its_area_codes():
    for code, jurisdictions in area_codes().items():
        if code in COARSE:
            continue
        known = {zone for name in jurisdictions if "-" in name for zone in states()[name].zones}
        if known:
            assert offsets(area_code_zones()[code]) <= offsets(known), code


def offsets(zones):
    return {tuple(datetime(2027, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)) for zone in zones}


def test_every_state_has_postal_codes():
    assert {state.jurisdiction for found in postal_codes().values() for state in found} == {
        state.jurisdiction for state in states().values()
    }


def test_the_library_agrees_on_a_whole_number():
    number = phonenumbers.parse("+12125550100")
    assert set(time_zones_for_number(number)) <= set(read("+12125550100", "US").zones)
