"""Reports against plain sums over the same calls, and intervals against published values."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.api.outcomes import OUTCOMES
from bland_deploy.model.results import CallResult
from bland_deploy.reports.figures import share_of
from bland_deploy.reports.report import MOST_GROUPS, OTHERS, Ledger, make_report, without_values
from bland_deploy.views.report import markdown, text
from bland_deploy.views.report.document import document

LEDGER = Ledger(sent=10, held=2, waiting=5, left_out={"suppressed": 1}, estimated=2.8, at_most=7.0)
CALL = CallResult(
    campaign="hello",
    round="1",
    batch_id="b-1",
    call_id="c-1",
    row=2,
    number="+14155550100",
    outcome="answered",
    completed=True,
    dialled=True,
    created_at="2026-03-15T09:00:00Z",
    started_at="2026-03-15T09:30:00+01:00",
    ended_at=None,
    minutes=1.5,
    price=0.21,
    disposition="INTERESTED",
    answered_by="human",
    error=None,
    variables={"group": "A"},
    summary=None,
    transcript=None,
    columns={},
)


def zone_of(number):
    return "America/Los_Angeles" if number.startswith("+1415") else None


def report(*calls, compare=()):
    return make_report(calls, LEDGER, zone_of, compare)


calls = st.builds(
    CALL._replace,
    round=st.sampled_from("12"),
    number=st.sampled_from(["+14155550100", "+442079460000"]),
    outcome=st.sampled_from(OUTCOMES),
    dialled=st.booleans(),
    started_at=st.sampled_from([None, "2026-03-15T09:30:00Z", "2026-03-15T10:10:00Z", "yesterday"]),
    minutes=st.none() | st.floats(0, 700),
    price=st.none() | st.floats(0, 9),
    error=st.sampled_from([None, "Call failed. Busy."]),
    disposition=st.sampled_from([None, "INTERESTED", "DO_NOT_CONTACT"]),
    variables=st.sampled_from([None, {"group": "A"}, {"group": "B"}, {"group": ["x"]}]),
)


@settings(deadline=None)
@given(st.lists(calls))
def test_figures_are_plain_sums(made):
    found = report(*made, compare=("group",))
    figures = found.figures
    assert figures.calls == len(made)
    assert figures.outcomes == Counter(call.outcome for call in made)
    assert figures.dispositions == Counter(call.disposition for call in made if call.disposition)
    assert list(figures.by_outcome) == [outcome for outcome in OUTCOMES if figures.outcomes[outcome]]
    assert figures.by_disposition == figures.dispositions
    assert figures.cost == pytest.approx(sum(call.price or 0 for call in made))
    assert figures.minutes == pytest.approx(sum(call.minutes or 0 for call in made))
    assert sum(found.lengths.values()) == sum(1 for call in made if call.minutes)
    assert sum(sum(tally.values()) for tally in found.by_zone.values()) == len(made)
    assert found.errors.get("Call failed. Busy.", 0) == sum(1 for call in made if call.error)
    for comparison in found.comparisons:
        assert sum(group.figures.calls for group in comparison.groups) == len(made)
        assert sum(group.figures.cost for group in comparison.groups) == pytest.approx(figures.cost)


def test_calls_are_put_into_the_hour_in_which_they_were_dialled_or_made():
    found = report(CALL, CALL._replace(started_at=None), CALL._replace(started_at="yesterday"))
    assert found.over_time == {"2026-03-15T08:00Z": {"answered": 1}, "2026-03-15T09:00Z": {"answered": 1}}


def test_more_than_three_days_are_shown_by_day():
    hours = [f"2026-03-{day:02}T{hour:02}:00:00Z" for day in range(1, 5) for hour in range(24)]
    found = report(*(CALL._replace(started_at=hour) for hour in hours))
    assert found.over_time == {f"2026-03-{day:02}": {"answered": 24} for day in range(1, 5)}


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_the_literature(part, whole, low, high):
    share = share_of(part, whole)
    assert (share.low, share.high) == (pytest.approx(low, abs=0.0001), pytest.approx(high, abs=0.0001))


def test_of_nothing_there_is_no_share_and_no_certainty():
    assert (share_of(0, 0).share, share_of(0, 0).low, share_of(0, 0).high) == (None, 0.0, 1.0)


def test_rounds_are_compared_where_there_are_several():
    assert report(CALL, CALL).comparisons == ()
    (rounds,) = report(CALL, CALL._replace(round="2", outcome="busy")).comparisons
    assert [(group.name, group.figures.answered) for group in rounds.groups] == [("1", 1), ("2", 0)]


def test_a_column_of_the_list_goes_before_a_variable_and_few_groups_are_named():
    many = [CALL._replace(columns={"plan": f"p{number:03}"}) for number in range(MOST_GROUPS + 5)]
    (plans,) = report(*many, compare=("plan",)).comparisons
    assert [group.figures.calls for group in plans.groups if group.name == OTHERS] == [5]
    assert len(plans.groups) == MOST_GROUPS + 1
    (groups,) = report(CALL, CALL._replace(columns={"group": "C"}), compare=("group",)).comparisons
    assert [group.name for group in groups.groups] == ["A", "C"]


def test_values_of_rows_can_be_taken_out():
    shown = without_values(report(CALL, CALL._replace(round="2"), compare=("group",)))
    assert [[group.name for group in comparison.groups] for comparison in shown.comparisons] == [
        ["1", "2"],
        ["group 1"],
    ]


def test_numbers_in_errors_and_groups_are_masked():
    call = CALL._replace(error="Entry +14155550100 failed", variables={"group": "+14155550100"})
    shown = text.render(report(call, compare=("group",)), short=False)
    assert "4155550100" not in shown
    assert "Entry" in shown


def test_text_shows_the_funnel_first_and_short_stops_after_the_cost():
    shown = text.render(report(CALL, CALL._replace(outcome="busy", price=0.015, minutes=0.0)), short=True)
    assert shown.splitlines()[:8] == [
        "Report of hello",
        "",
        "From the list to the answer",
        "  step                   calls  of eligible",
        "  eligible                  17      100.0 %",
        "  sent                      10       58.8 %",
        "  dialled                    2       11.8 %",
        "  answered                   1        5.9 %",
    ]
    assert "Cost" in shown
    assert "time zone" not in shown


def test_nothing_sent_is_one_line():
    empty = make_report((), LEDGER._replace(sent=0), zone_of)
    assert text.render(empty, short=False) == "Nothing was sent yet.\n"


def test_markdown_rings_nobody():
    shown = markdown.render(report(CALL._replace(campaign="x", error="@octocat <b> | `"), compare=()))
    assert "@octocat" not in shown
    assert "<b>" not in shown


def test_the_document_holds_the_same_figures():
    told = document(report(CALL, CALL._replace(outcome="busy")))
    assert told["calls"]["answer_rate"]["share"] == 0.5
    assert told["cost"] == {"actual": 0.42, "estimated": 2.8, "at_most": 7.0}
    assert [step["calls"] for step in told["funnel"]] == [17, 10, 2, 1]
