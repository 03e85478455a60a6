"""Outcomes follow from the seed, the number and the count of earlier calls, and from nothing else."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.sandbox.numbers import as_listed, digits, forced, is_dialable
from bland_deploy.sandbox.outcomes import ENDINGS, draw, identifier, price
from bland_deploy.sandbox.pacing import CALLS_PER_SECOND, LONGEST_WAIT, pace
from bland_deploy.sandbox.parameters import minutes

NUMBERS = [f"+1415{1_000_000 + number}" for number in range(40)]


def results(api, clock, *batches):
    ids = [api.create(*numbers) for numbers in batches]
    clock.forward(days=1)
    calls = [call for batch_id in ids for call in api.calls(batch_id)]
    return {call["to"]: (call["status"], call["price"], call["disposition_tag"]) for call in calls}


def test_the_same_seed_gives_the_same_outcomes_however_people_are_batched(make_world, another_api, clock):
    whole = results(another_api(make_world(seed=7)), clock, NUMBERS)
    halves = results(another_api(make_world(seed=7)), clock, NUMBERS[20:], NUMBERS[:20])
    assert whole == halves
    assert len(set(whole.values())) > 10


def test_the_same_requests_give_the_same_ids(make_world, another_api):
    assert len({another_api(make_world(seed=7)).create(*NUMBERS) for _ in range(2)}) == 1


def test_ids_do_not_depend_on_who_shares_the_books(make_world, another_api, tmp_path):
    alone = another_api(make_world(seed=7))
    expected = [alone.create(NUMBERS[0]) for _ in range(6)]
    processes = [make_world(tmp_path / "books.sqlite", seed=7) for _ in range(2)]
    found = []
    for number in range(6):
        another_api(processes[number % 2], key="sk-another").create(NUMBERS[1])
        found.append(another_api(processes[number // 2 % 2]).create(NUMBERS[0]))
    assert found == expected
    assert len(set(found)) == len(found)


def test_another_seed_gives_other_outcomes(make_world, another_api, clock):
    by_seed = [results(another_api(make_world(seed=seed)), clock, NUMBERS) for seed in (1, 2)]
    assert by_seed[0] != by_seed[1]


def test_the_next_call_to_a_person_may_end_otherwise(api, clock):
    tries = [tuple(results(api, clock, [NUMBERS[0]]).values()) for _ in range(8)]
    assert len(set(tries)) > 1


def test_outcomes_are_spread_plausibly():
    kinds = Counter(draw(0, str(number), 0, 30).kind for number in range(20_000))
    assert set(kinds) == set(ENDINGS) - {"malformed", "canceled"}
    assert 0.54 < kinds["human"] / 20_000 < 0.58
    assert 0.20 < kinds["voicemail"] / 20_000 < 0.24


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+14155550195", "human"),
        ("+12125550196", "no-answer"),
        ("+447700900197", "voicemail"),
        ("4155550198", "busy"),
        ("+14155550199", "failed"),
        ("+14155550194", None),
        ("14151110199", None),
        ("+447700900299", None),
    ],
)
def test_some_fictional_numbers_force_their_outcome(number, kind):
    assert forced(digits(number)) == kind


@given(st.integers(0, 9), st.from_regex(r"[0-9]{7,15}", fullmatch=True), st.floats(0.5, 720))
def test_an_outcome_never_exceeds_the_longest_call(seed, number, most):
    outcome = draw(seed, number, 0, most)
    assert 0 <= outcome.talk <= most * 60
    assert (outcome.talk > 0) == (ENDINGS[outcome.kind].status == "completed")
    assert price(outcome.kind, outcome.talk) == pytest.approx(max(0.015, outcome.talk / 60 * 0.14), abs=1e-4)


@pytest.mark.parametrize(
    ("value", "expected"), [(None, 30), (10, 10), ("12", 12), (0, 30), (-1, 30), ("long", 30), ({}, 30), (9999, 720)]
)
def test_the_longest_call_is_what_max_duration_says(value, expected):
    assert minutes({"max_duration": value}) == expected


def test_numbers_are_compared_by_digits_and_listed_in_e164():
    assert digits(" (415) 555-0100 ") == digits("+14155550100") == "14155550100"
    assert digits("+4155550100") == "4155550100"
    assert as_listed("(415) 555-0100", "14155550100") == "+14155550100"
    assert as_listed("12", "12") == "12"
    assert [is_dialable("1" * length) for length in (6, 7, 15, 16)] == [False, True, True, False]


def test_identifiers_are_uuids_that_follow_from_their_parts():
    assert identifier(1, "a") == identifier(1, "a") != identifier(1, "b")
    assert identifier(1, "a")[14] == "4"


def plain_pace(due, held, concurrent):
    """The same, call by call over the list of all lines."""
    lines, earliest, placed = [], 0.0, [None] * len(due)
    for call in sorted(range(len(due)), key=lambda call: (due[call], call)):
        at = max(due[call], earliest)
        while sum(end > at for end in lines) >= concurrent:
            at = min(end for end in lines if end > at)
        if at - due[call] <= LONGEST_WAIT:
            placed[call] = at
            lines.append(at + held[call])
            earliest = at + 1 / CALLS_PER_SECOND
    return placed


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from([3.0, 50.0, 100_000.0]), st.integers(0, 60_000)), max_size=30), st.integers(1, 5)
)
def test_pacing_equals_its_plain_counterpart(calls, concurrent):
    due, held = [due for due, _ in calls], [held for _, held in calls]
    assert pace(due, held, concurrent) == pytest.approx(plain_pace(due, held, concurrent))
