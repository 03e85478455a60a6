"""Numbers as the provider lists them, matched to people."""

import pytest

from bland_deploy.api.outcomes import ListedCall
from bland_deploy.operations.provider.dialled import dialled_keys, identities
from tests.cli.workspace import ADA, GRACE


@pytest.mark.parametrize(
    ("listed", "default_country", "meant"),
    [
        (ADA, None, ADA),
        ("4155550100", None, ADA),
        ("14155550100", None, ADA),
        ("(415) 555-0100", "US", ADA),
        ("4155550100", "GB", ADA),
        ("+447700900123", None, "+447700900123"),
        ("447700900123", None, "+447700900123"),
        ("07700900123", "GB", "+447700900123"),
    ],
)
def test_a_listed_number_means_the_person_first_of_all(listed, default_country, meant):
    assert identities(listed, default_country)[0] == meant


def test_a_number_that_is_none_may_still_be_the_person_of_its_digits():
    assert "123" in identities("123")


@pytest.mark.parametrize("listed", ["", "anonymous"])
def test_what_holds_no_digits_means_nobody(listed):
    assert identities(listed) == ()


def call(to, **facts):
    return ListedCall("c", to, **facts)


UNDIALLED = {
    "cancelled in the queue": ({"completed": True, "status": "canceled"}, True),
    "never taken into the queue": ({"completed": True, "queue_status": "pre_queue_error"}, True),
    "cancelled after it was started": (
        {"completed": True, "status": "canceled", "started_at": "2026-03-02T15:00:00Z"},
        False,
    ),
    "cancelled while it was talked": ({"completed": True, "status": "canceled", "minutes": 0.5}, False),
    "answered all the same": ({"completed": True, "status": "canceled", "answered_by": "human"}, False),
    "not ended yet": ({"status": "canceled"}, False),
    "failed": ({"completed": True, "status": "failed", "queue_status": "call_error"}, False),
    "no answer": ({"completed": True, "status": "no-answer"}, False),
    "nothing known": ({}, False),
}


@pytest.mark.parametrize(("facts", "undialled"), UNDIALLED.values(), ids=UNDIALLED)
def test_a_call_counts_as_a_dial_unless_it_plainly_was_none(facts, undialled):
    found = dialled_keys([call(ADA, **facts)], {ADA.encode()}, str.encode)
    assert found == (frozenset() if undialled else {ADA.encode()})


def test_only_wanted_people_are_found():
    assert dialled_keys([call(ADA), call(GRACE)], {GRACE.encode()}, str.encode) == {GRACE.encode()}
