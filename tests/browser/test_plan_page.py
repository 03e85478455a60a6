"""The page of a plan, in a browser: what it shows, that it asks nobody for anything, and that it can be searched."""

import json
import re

import pytest
from playwright.sync_api import expect

from bland_deploy.model.plan import Counts
from bland_deploy.views.mask import Privacy
from bland_deploy.views.plan import html
from tests.views.hostile import TEXTS
from tests.views.plan.making import campaign_of, number_of, plan_of, request_of

LUMINANCE = "getComputedStyle(document.body).getPropertyValue('{}')"


def page_of(*campaigns, privacy=None, **changes):
    return html.render(plan_of(*campaigns, **changes), privacy or Privacy(), payloads=False)


@pytest.fixture(scope="module")
def large():
    """A plan of 10,000 people in 20 batches, 300 seconds apart."""
    requests = [request_of(range(first, first + 500), "large") for first in range(0, 10_000, 500)]
    counts = Counts(create=10_000, suppressed=40, invalid=2)
    return page_of(campaign_of("large", requests=requests, counts=counts, pause=300.0, before="Hello {{name}}."))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_it_is_readable_on_any_device_and_asks_nobody_for_anything(opened, large, scheme, width):
    there = opened(large, scheme, width)
    page = there.page
    assert there.quiet()
    assert page.title() == "Plan for production"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    paper, ink = (page.evaluate(LUMINANCE.format(name)) for name in ("background-color", "color"))
    brightness = [sum(map(int, re.findall(r"\d+", color)[:3])) for color in (paper, ink)]
    assert (brightness[0] > brightness[1]) == (scheme == "light")
    assert abs(brightness[0] - brightness[1]) > 500


def test_ten_thousand_people_are_there_and_are_searched(opened, large):
    page = opened(large).page
    assert page.locator("#rows tr").count() == 50
    assert page.locator("#shown").inner_text() == "1 to 50 of 10,000"
    page.fill("#search", "person 9876")
    assert page.locator("#shown").inner_text() == "1 to 1 of 1"
    cells = page.locator("#rows td").all_inner_texts()
    number = number_of(9876)
    assert cells == [f"{number[:5]}•••{number[-4:]}", "large", "20", "name: Person 9876"]
    page.fill("#search", "LARGE 0199")
    assert page.locator("#shown").inner_text() == "1 to 50 of 100"
    page.click("#on")
    assert page.locator("#shown").inner_text() == "51 to 100 of 100"
    assert page.locator("#on").is_disabled()
    page.click("#back")
    assert page.locator("#shown").inner_text() == "1 to 50 of 100"
    page.fill("#search", "nobody of this name")
    assert page.locator("#shown").inner_text() == "0"


def test_the_charts_are_drawn_and_their_numbers_are_in_tables(opened, large):
    page = opened(large).page
    for chart in ("calls-over-time", "left-out"):
        drawn = "id => document.getElementById(id).getContext('2d').getImageData(0, 0, 300, 150).data.some(Boolean)"
        assert page.evaluate(drawn, chart)
    page.locator("figure details").first.evaluate("element => element.open = true")
    rows = page.locator("figure").first.locator("tbody tr").all_inner_texts()
    assert len(rows) == 20
    assert rows[:2] == ["at once\t500", "+ 5m\t500"]
    second = page.locator("figure").nth(1).locator("tbody tr")
    assert second.all_text_contents() == ["suppressed40", "no valid number2"]


def body_in(page):
    """Where the body of the request that was opened is shown, as soon as it is."""
    body = page.locator("details.request > pre").first
    expect(body).to_have_text(re.compile(r"\S"), timeout=30_000)
    return body


def test_it_is_drawn_again_when_light_turns_to_dark(opened, large):
    page = opened(large).page
    picture = "document.getElementById('calls-over-time').toDataURL()"
    light = page.evaluate(picture)
    page.emulate_media(color_scheme="dark")
    # not wait_for_function: it evaluates text in the page when it looks again, which the page's policy forbids
    changed = f"""before => new Promise(done => {{
        const look = left => {{
            if ({picture} !== before || !left) done(left > 0)
            else requestAnimationFrame(() => look(left - 1))
        }}
        look(1000)
    }})"""
    assert page.evaluate(changed, light)


def test_a_request_is_shown_as_it_would_be_sent(opened):
    odd = request_of(
        range(2), text="<b>&amp; ## ::error:: \\u003c [x](y)", big=lambda person: 12345678901234567890 + person
    )
    there = opened(page_of(campaign_of(requests=[odd]), privacy=Privacy(numbers=True)))
    there.page.locator("details.request summary").click()
    shown = body_in(there.page).inner_text()
    assert json.loads(shown) == json.loads(odd.read().body)
    assert "12345678901234567891" in shown
    assert "<b>&amp; ## ::error::" in shown


def test_what_has_changed_and_what_is_said_is_shown(opened, large):
    page = opened(large).page
    assert page.locator(".diff span").all_inner_texts() == ["@@ -1 +1 @@", "-Hello {{name}}.", "+Greet {{name}}."]
    assert page.locator("main pre").nth(1).inner_text() == "Greet {{name}}."
    assert page.locator("main pre").nth(2).inner_text() == "Greet Person 0."


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_that_a_user_wrote_runs_or_shows_as_more_than_text(opened, name):
    text = TEXTS[name]
    campaign = campaign_of(
        text=text, before="x", requests=[request_of(range(2), text=text, first_sentence=lambda _: text)]
    )
    there = opened(page_of(campaign))
    assert there.quiet()
    page = there.page
    assert page.locator("body img, body a, body b:not(li b):not(.found b)").count() == 0
    assert page.locator("script").count() == 5
    assert page.locator("#rows tr").count() == 2
    page.locator("details.request summary").click()
    assert body_in(page).inner_text().startswith("{")
    assert there.quiet()


def test_without_scripts_everything_but_the_list_is_there(chromium, tmp_path, large):
    path = tmp_path / "page.html"
    path.write_text(large)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "Plan: 1 to launch (10,000 calls)" in page.locator("header").inner_text()
    assert "need JavaScript" in page.locator("noscript").inner_text()
    context.close()
