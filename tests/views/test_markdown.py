"""Markdown that users' text cannot break out of; judged by a renderer of CommonMark."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bland_deploy.views.markdown import Blocks, code, details, escape, escape_html, fence, fit, render, table
from tests.views.hostile import TEXTS

PLAIN = ("paragraph_open", "inline", "paragraph_close")
REFERENCE = re.compile(r"@[\w]|(?<![\w&])[#!$%~^][\w\"]|&\w|\bGH-\d|://|www\.", re.ASCII)


def tokens(text):
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def shown(text):
    """What a reader sees of a line of Markdown that is text alone."""
    (_, inline, _) = tokens(text)
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    return "".join(child.content for child in inline.children)


@given(st.text() | st.sampled_from(["a*b", "1. x", "- x", "12) y", "# z", "x\\", "[a](b)", "<b>", "&amp;", "a|b"]))
@example("=")
@example("\\`")
def test_a_line_is_text_and_nothing_else(text):
    escaped = escape(text)
    assert "\n" not in escaped
    if escaped.strip():
        assert not REFERENCE.search(shown(escaped))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_line_is_read_as_it_was_written(text):
    if len(text) < 10_000:
        read = shown(escape(text)).replace("\u200b", "")
        assert re.sub(r"\W+", "", read) == re.sub(r"\W+", "", text.replace("\ufffd", ""))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_ends_a_block_of_code_but_its_end(text):
    (only,) = tokens(fence(text, "diff"))
    assert (only.type, only.info) == ("fence", "diff")


@given(st.text(alphabet="`ab \n|~"))
def test_nothing_ends_code_within_a_line(text):
    (_, inline, _) = tokens(f"before {code(text)} after")
    assert [child.type for child in inline.children] == ["text", "code_inline", "text"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_section_ends_where_it_ends(text):
    section = details(escape_html(text), fence(text))
    assert [token.type for token in tokens(section)] == ["html_block", "fence", "html_block"]
    assert tokens(section)[0].content.count("<") == 3


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_cell_of_a_table_stays_one(text):
    rows = [token.type for token in tokens(table(("a", "b"), [(escape(text), "end")]))]
    assert rows.count("td_open") == 2


def test_where_the_limit_is_short_the_middle_is_left_out_and_counted():
    blocks = Blocks("title", tuple(f"section {number} {'é' * 50}" for number in range(10)), "footer")
    whole = render(blocks)
    assert fit(blocks, len(whole.encode())) == (blocks, 0)
    smaller, left_out = fit(blocks, 700)
    text = render(smaller)
    assert len(text.encode()) <= 700
    assert text.startswith("title\n\nsection 0")
    assert text.endswith("footer\n")
    assert "section 9" in text
    assert f"{left_out} sections are left out here" in text
    assert left_out + text.count("\nsection ") == 10


def test_title_and_footer_stay_whatever_the_limit():
    smaller, left_out = fit(Blocks("title", ("one",), "footer"), 0)
    assert left_out == 1
    assert render(smaller).startswith("title\n\n*1 section is left out here")
