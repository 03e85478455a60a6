import pytest

from bland_deploy.model.plan import NO_ATTEMPT
from bland_deploy.model.stamp import Stamp, attempt_in, suffix

STAMP = Stamp("0" * 32, "renewals", "1", NO_ATTEMPT, 2)


def test_a_stamp_survives_json_and_unknown_keys():
    assert list(STAMP.to_json()) == ["lineage", "campaign", "round", "attempt", "calls"]
    assert Stamp.from_json({**STAMP.to_json(), "later": 1}) == STAMP


@pytest.mark.parametrize("change", [{"calls": True}, {"calls": -1}, {"calls": "2"}, {"campaign": 7}, {"attempt": None}])
def test_what_is_no_stamp_is_none(change):
    assert Stamp.from_json({**STAMP.to_json(), **change}) is None
    assert Stamp.from_json("stamp") is None


def test_an_attempt_is_read_from_the_end_of_a_description_and_zeros_are_none():
    assert attempt_in("Label" + suffix("abcdefghij234567")) == "abcdefghij234567"
    assert attempt_in("Label" + suffix(NO_ATTEMPT)) is None
    assert attempt_in("Label [abcdefghij234567] and more") is None
    assert attempt_in("Label [abcdefghij234567]\n") is None
    assert attempt_in(None) is None
