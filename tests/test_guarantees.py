"""The page of guarantees promises nothing that no test proves."""

import ast
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/guarantees.md"
LINK = re.compile(r"\s*<!-- test: (tests/[\w/]+\.py)::(test_\w+) -->")
CODE = re.compile(r"`[^`]*`")
SENTENCE = re.compile(r"[.!?](?=\s|$)")
ITEM = re.compile(r"^(\* |\d+\. )")


def sentences(text):
    return len(SENTENCE.findall(CODE.sub("code", ITEM.sub("", text))))


@cache
def names_in(file):
    """The names of the tests that pytest collects from a file, as far as a look at the code tells."""
    path = ROOT / file
    if not re.fullmatch(r"test_\w+\.py", path.name) or not path.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def claims(page):
    """Every piece of text of a page, and the tests behind it: a heading ends a piece, and so does a new item."""
    pieces = []
    for line in page.splitlines():
        link = LINK.fullmatch(line)
        if link and pieces:
            pieces[-1][1].append(link.groups())
        elif line.startswith("#") or not line.strip():
            pieces.append(("", []))
        elif ITEM.match(line) or not pieces or not pieces[-1][0] or pieces[-1][1]:
            pieces.append((line, []))
        else:
            pieces[-1] = (f"{pieces[-1][0]} {line.strip()}", [])
    return [piece for piece in pieces if piece[0]]


def unproven(page):
    """What is wrong with a page: sentences without a test of their own, and names of tests that do not exist."""
    for text, links in claims(page):
        if sentences(text) != 1 or not links:
            yield text
        yield from (f"{file}::{name}" for file, name in links if name not in names_in(file))


def test_every_sentence_of_the_page_names_tests_that_exist():
    assert list(unproven(PAGE.read_text())) == []


def test_the_page_is_of_some_length_and_no_sentence_stands_twice():
    texts = [text for text, _ in claims(PAGE.read_text())]
    assert len(texts) > 50
    assert [text for text, same in groupby(sorted(texts)) if len(list(same)) > 1] == []


THIS = "<!-- test: tests/test_guarantees.py::test_the_page_is_of_some_length_and_no_sentence_stands_twice -->"


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        (f"# Title\n\n* One `a. b`.\n  {THIS}\n", 0),
        (f"One that\ngoes on.\n{THIS}\n{THIS}\n", 0),
        ("* One.\n", 1),
        (f"* One.\n* Two.\n  {THIS}\n", 1),
        (f"* One. Two.\n  {THIS}\n", 1),
        (f"* No end\n  {THIS}\n", 1),
        ("* One.\n  <!-- test: tests/test_guarantees.py::test_that_is_not_there -->\n", 1),
        ("* One.\n  <!-- test: tests/test_nowhere.py::test_x -->\n", 1),
        ("* One.\n  <!-- test: tests/conftest.py::test_x -->\n", 1),
        (f"* One.\n  {THIS}\n  more.\n", 1),
    ],
)
def test_the_reading_of_the_page_sees_what_is_not_proven(page, wrong):
    assert len(list(unproven(page))) == wrong
