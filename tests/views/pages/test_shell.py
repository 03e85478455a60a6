"""What pages are made of: our own scripts and style, one library, and a policy that lets nothing else run."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest

from bland_deploy.views.mask import Privacy
from bland_deploy.views.pages.shell import embedded
from bland_deploy.views.plan import html
from tests.views.hostile import TEXTS
from tests.views.plan.making import plan_of

LIBRARY = {
    "chart.umd.min.js": "87364cc2b2a76a6684929e7d6b80b18a897794db38400caff1fcf1791c6925d2",
    "chart.LICENSE.md": "41a84aa2caba645f966a18d9c2056b73e6d3a81d80bc0046bc0011a2634d4cce",
}


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_is_chart_js_4_6_1_as_it_was_published(name):
    data = files("bland_deploy.views.pages").joinpath("assets", name).read_bytes()
    assert sha256(data).hexdigest() == LIBRARY[name]


def test_the_policy_allows_what_is_in_the_page_and_nothing_else():
    page = html.render(plan_of(), Privacy(), payloads=False)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    allowed = {part.split()[0]: set(part.split()[1:]) for part in policy.replace("&#39;", "'").split(";")}
    assert allowed.keys() == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == {"'none'"}
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        inline = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digests = {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline}
        assert allowed[directive] == digests


def test_a_page_names_no_place_to_go_to():
    page = html.render(plan_of(), Privacy(), payloads=False)
    assert set(re.findall(r"https?://[\w.]+", page)) <= {"https://www.chartjs.org", "https://github.com"}
    assert not re.search(r"<[^>]+ (?:src|href|action|srcset)=|sourceMappingURL|@import", page)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_data_in_a_page_is_the_same_data_and_ends_nothing(text):
    import json

    shown = str(embedded({"text": text}))
    assert json.loads(shown) == {"text": text}
    assert not re.search(r"[<>&]|::|##|[\x9b\u2028-\u202e\ud800]", shown)
