import pytest

from bland_deploy.model.hours import ALWAYS, NEVER, Span, in_both, joined, parse_days, parse_span, week_of, write_week


def test_hours_are_minutes_after_midnight():
    assert parse_span("9:00-17:30") == Span(540, 1050)
    assert parse_span("0:00-24:00") == Span(0, 1440)
    assert str(parse_span("09:05-24:00")) == "9:05-24:00"


@pytest.mark.parametrize(
    "text", ["", "9-17", "9:00", "9:60-10:00", "9:00-24:01", "17:00-9:00", "9:00-9:00", "٩:00-10:00"]
)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(ValueError, match="must "):
        parse_span(text)


def test_days_are_numbers_from_monday():
    assert parse_days("sat") == (5,)
    assert parse_days("mon-fri") == (0, 1, 2, 3, 4)


@pytest.mark.parametrize("text", ["", "Mon", "monday", "mon-", "mon-xyz", "fri-mon", "mon-tue-wed"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match="must "):
        parse_days(text)


def test_a_week_names_each_day_once():
    week = week_of({"mon-fri": ["13:00-18:00", "9:00-12:00", "11:00-13:00"], "sun": ["10:00-17:00"]})
    assert week[0] == (Span(540, 1080),)
    assert week[5] == ()
    assert write_week(week) == "mon-fri 9:00-18:00, sun 10:00-17:00"
    assert (write_week(ALWAYS), write_week(NEVER)) == ("mon-sun 0:00-24:00", "never")
    with pytest.raises(ValueError, match="fri is named twice"):
        week_of({"mon-fri": ["9:00-18:00"], "fri": []})


def test_spans_join_and_meet():
    assert joined([Span(5, 9), Span(1, 3), Span(3, 4), Span(6, 7)]) == (Span(1, 4), Span(5, 9))
    assert in_both((Span(1, 4), Span(5, 9)), (Span(2, 6), Span(8, 12))) == (Span(2, 4), Span(5, 6), Span(8, 9))
