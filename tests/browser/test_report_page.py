"""The page of a report, in a browser: the numbers of the document, on any device, and nobody is asked for anything."""

import random
import re

import pytest

from bland_deploy.api.outcomes import OUTCOMES
from bland_deploy.reports.report import make_report
from bland_deploy.views.report import html
from bland_deploy.views.report.document import document
from tests.reports.test_report import CALL, LEDGER
from tests.views.hostile import TEXTS

SEVERAL = 100_000


def calls(amount):
    chance = random.Random(1)
    for number in range(amount):
        outcome = chance.choice(OUTCOMES[2:])
        day, hour = divmod(number * 100 // amount, 24)
        yield CALL._replace(
            call_id=f"c-{number}",
            round=chance.choice("12"),
            number=chance.choice(["+14155550100", "+12125550100", "+442079460000"]),
            outcome=outcome,
            started_at=f"2026-03-{day + 1:02}T{hour:02}:10:00Z",
            minutes=chance.random() * 12 if outcome == "answered" else None,
            price=round(chance.random(), 4),
            error="Call failed. Busy." if outcome == "busy" else None,
            variables={"group": chance.choice("AB")},
        )


@pytest.fixture(scope="module")
def report():
    zones = {"+1415": "America/Los_Angeles", "+1212": "America/New_York"}
    return make_report(calls(SEVERAL), LEDGER._replace(sent=SEVERAL), lambda number: zones.get(number[:5]), ("group",))


@pytest.fixture(scope="module")
def page_of_many(report):
    return html.render(report)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_it_is_readable_on_any_device_and_asks_nobody_for_anything(opened, page_of_many, scheme, width):
    there = opened(page_of_many, scheme, width)
    assert there.quiet()
    assert there.page.evaluate("document.documentElement.scrollWidth") == width
    assert there.page.locator("canvas").count() == 4


def rows(page, key):
    return [row.locator("th, td").all_inner_texts() for row in page.locator(f"section#{key} > .scroll tbody tr").all()]


def whole(text):
    return int(text.replace(",", ""))


def test_a_hundred_thousand_calls_are_shown_with_the_numbers_of_the_document(opened, report, page_of_many):
    page, told = opened(page_of_many).page, document(report)
    assert len(page_of_many) < 1_000_000
    assert {row[0]: whole(row[1]) for row in rows(page, "outcomes")} == told["calls"]["outcomes"]
    assert [(row[0], whole(row[1])) for row in rows(page, "funnel")][:4] == [
        (step["step"], step["calls"]) for step in told["funnel"]
    ]
    zones = {row[0]: sum(map(whole, row[1:])) for row in rows(page, "zones")}
    assert zones == {zone["zone"]: sum(zone["outcomes"].values()) for zone in told["by_zone"]}
    assert sum(sum(map(whole, row[1:])) for row in rows(page, "time")) == SEVERAL
    assert {row[0]: whole(row[1]) for row in rows(page, "lengths")} == {
        length["length"]: length["calls"] for length in told["lengths"]
    }
    groups = next(comparison for comparison in told["comparisons"] if comparison["by"] == "group")["groups"]
    for row, group in zip(rows(page, "by-group"), groups, strict=True):
        assert (row[0], whole(row[1]), whole(row[3])) == (group["name"], group["listed"], group["answered"])
        rate = group["answer_rate"]
        assert [float(number) for number in re.findall(r"[\d.]+", row[4])] == [
            round(100 * rate[name], 1) for name in ("share", "low", "high")
        ]
    assert rows(page, "cost")[0][1] == f"${told['cost']['actual']:,.2f}"
    shown = page.evaluate("PAGE.charts.find((chart) => chart.id === 'chart-outcomes').series[0].values")
    assert shown == list(told["calls"]["outcomes"].values())


def test_what_users_and_phones_said_does_nothing(opened):
    hostile = [CALL._replace(campaign=f"c{at}", error=text, variables={"group": text}) for at, text in enumerate(TEXTS)]
    there = opened(html.render(make_report(hostile, LEDGER, lambda _number: None, ("group",))))
    assert there.quiet()
    assert there.page.locator("img, a, iframe, form").count() == 0


def test_on_a_phone_names_stand_on_lines_that_can_be_read(opened, page_of_many):
    page = opened(page_of_many, width=375).page
    names = page.locator("section > .scroll tbody th").all()
    assert len(names) > 20
    assert max(name.bounding_box()["height"] for name in names) < 80
