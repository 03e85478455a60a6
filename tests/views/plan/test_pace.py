"""Calls over time, as a chart."""

from datetime import UTC, datetime, timedelta

from bland_deploy.views.plan.pace import calls_over_time
from tests.views.plan.making import campaign_of, plan_of, request_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def batches(number):
    return tuple(request_of([person, person + 1]) for person in range(number))


def test_batches_are_due_one_pause_after_the_other():
    slow, once = campaign_of("slow", requests=batches(3), pause=90.0), campaign_of("once")
    chart = calls_over_time(plan_of(slow, once))
    assert chart.rows == (("at once", (2, 2)), ("+ 1m 30s", (2, 0)), ("+ 3m", (2, 0)))
    assert [series.name for series in chart.series] == ["slow", "once"]


def test_where_every_campaign_has_a_first_time_the_clock_is_shown():
    early = campaign_of("early", requests=batches(3), first_dial=NOON, last_dial=NOON + timedelta(hours=2))
    late = campaign_of("late", first_dial=NOON + timedelta(hours=1))
    chart = calls_over_time(plan_of(early, late))
    assert chart.rows == (
        ("2026-03-02 12:00 UTC", (2, 0)),
        ("2026-03-02 13:00 UTC", (2, 2)),
        ("2026-03-02 14:00 UTC", (2, 0)),
    )


def test_very_many_batches_are_put_together_and_none_is_lost():
    chart = calls_over_time(plan_of(campaign_of(requests=batches(1000), pause=7.0)))
    assert len(chart.labels) <= 48
    assert sum(chart.series[0].values) == 2000
