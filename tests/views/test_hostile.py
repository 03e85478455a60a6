"""A hostile campaign is harmless in every format of a plan: its words are shown, and nothing of them acts."""

import json
import re

import pytest

from bland_deploy.diagnostics import Place, warning
from bland_deploy.views.mask import Privacy
from bland_deploy.views.plan import FORMATS
from tests.views.hostile import TEXTS
from tests.views.plan.making import campaign_of, plan_of, request_of
from tests.views.test_markdown import tokens

ACTS_IN_A_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ACTS_IN_A_LOG = re.compile(r"^[^\S\n]*::|##\w*\[", re.MULTILINE)


def plan_with(text):
    """A plan in which a user's text stands wherever it can."""
    found = warning("some-rule", f"the key {text} is odd", Place(f"campaigns/{text[:20]}.yaml", 1, 1), text)
    requests = [request_of(range(2), text=text, first_sentence=lambda _: text)]
    return plan_of(campaign_of(text=text, before="x\n" + text[:1000], requests=requests), diagnostics=[found])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_acts_in_a_terminal_or_in_the_log_of_a_job(name, form):
    shown = FORMATS[form](plan_with(TEXTS[name]), Privacy(), True)
    if form == "html":  # its scripts are ours; a browser judges the rest in tests/browser
        shown = shown[: shown.rindex('<script id="data"')]
    assert not ACTS_IN_A_TERMINAL.search(shown)
    assert not ACTS_IN_A_LOG.search(shown)
    assert shown.encode()


@pytest.mark.parametrize("name", TEXTS)
def test_json_gives_the_text_back_to_the_letter(name):
    document = json.loads(FORMATS["json"](plan_with(TEXTS[name]), Privacy(), True))
    assert document["campaigns"][0]["batches"][0]["request"]["body"]["global"]["task"] == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_a_comment_links_to_nothing_and_keeps_its_shape(name):
    short = len(TEXTS[name]) < 10_000
    document = tokens(FORMATS["markdown"](plan_with(TEXTS[name]), Privacy(), short))
    inline = {child.type for token in document for child in token.children or ()}
    assert inline <= {"text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close"}
    html = "".join(token.content for token in document if token.type == "html_block")
    assert {found[1] for found in re.finditer(r"<(/?\w+)", html)} == {
        *("details", "/details", "summary", "/summary", "code", "/code", "b", "/b"),
    }  # of the campaign, and of its one request
    assert html.count("<details") == html.count("</details>") == (2 if short else 1)


@pytest.mark.parametrize("name", ["long line", "many lines", "blank lines"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_megabyte_of_text_makes_no_long_document(form, name):
    assert len(FORMATS[form](plan_with(TEXTS[name]), Privacy(), False)) < 65_000
