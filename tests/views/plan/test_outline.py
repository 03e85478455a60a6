"""What every view of a plan says of a campaign."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bland_deploy.diagnostics import Place, error, warning
from bland_deploy.model.plan import Cost, Counts
from bland_deploy.views.plan import outline
from tests.views.plan.making import campaign_of, plan_of, request_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VERBS = {
    "+ call": {},
    "= done": {"requests": (), "counts": Counts(sent=2)},
    "~ changed": {"requests": (), "counts": Counts(sent=2), "earlier_text": 2},
    "? held": {"requests": (), "counts": Counts(sent=2, held=1)},
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_campaign_has_a_symbol_and_a_verb(verb):
    campaign = campaign_of(**VERBS[verb])
    assert str(outline.verb(plan_of(campaign), campaign)) == verb


def test_an_error_blocks_its_own_campaign_or_where_it_has_no_place_all_that_would_call():
    one, other, done = campaign_of("one"), campaign_of("other"), campaign_of("done", **VERBS["= done"])
    own = plan_of(one, other, done, diagnostics=[error("x", "no", Place(one.file, 3)), warning("y", "hm")])
    assert [str(outline.verb(own, campaign)) for campaign in own.campaigns] == ["! blocked", "+ call", "= done"]
    assert outline.summary(own).startswith("Plan: 1 to launch (2 calls), 1 unchanged, 1 blocked (2 calls).")
    whole = plan_of(one, other, done, diagnostics=[error("limit-calls", "too many")])
    assert outline.summary(whole).startswith("Plan: 0 to launch (0 calls), 1 unchanged, 2 blocked (4 calls).")


def test_times_are_told_as_far_as_they_are_known():
    several = tuple(request_of([person]) for person in range(3))
    london = NOON.astimezone(ZoneInfo("Europe/London"))
    later = london + timedelta(days=30)
    assert outline.times(campaign_of()) == "calls begin at once"
    assert outline.times(campaign_of(first_dial=NOON)) == "calls begin 2026-03-02 12:00 UTC"
    assert outline.times(campaign_of(requests=several, pause=2700.0)) == "first call at once, last batch 1h 30m later"
    spread = campaign_of(first_dial=london, last_dial=later)
    assert outline.times(spread) == "first call 2026-03-02 12:00 UTC, last 2026-04-01 12:00 BST"


def test_the_cost_is_told_with_what_it_rests_on():
    own = campaign_of(cost=Cost(1.0, 2.0, 0.2, 0.01, 1.5, 3.0))
    assert outline.facts(own)[1] == (
        "estimated cost $1.00, at most $2.00: 1.5 min a call expected, 3 min at most; $0.2 a minute, "
        "at least $0.01 a call (the environment's own prices); transfers and texts come on top"
    )
