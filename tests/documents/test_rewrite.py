"""The canonical form of files: golden cases, and what holds for any file."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bland_deploy.documents.read import read_text
from bland_deploy.documents.rewrite import rewrite

ROOT = Path(__file__).parents[2]
CASES = sorted((Path(__file__).parent / "rewritten").glob("*.before.yaml"))
OWN = [ROOT / "bland-deploy.yaml", *ROOT.glob("campaigns/*.yaml"), *ROOT.glob("bland_deploy/scaffold/**/*.yaml")]


def once(text):
    written = rewrite(text, "x.yaml")
    assert written.diagnostics == ()
    return written.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.partition(".")[0])
def test_a_file_is_brought_into_its_canonical_form(case, golden):
    written = once(case.read_text())
    golden(case.with_name(case.name.replace("before", "after")), written)
    assert once(written) == written


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_our_own_files_are_canonical(path):
    assert once(path.read_text()) == path.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffa: 1\r\nb: |\r\n   x\r\n", "a: 1\nb: |\n  x\n"),
        ("a: 1", "a: 1\n"),
        ("a: |\n  no line break", "a: |-\n  no line break\n"),
        ("a: |+\n  no line break", "a: |-\n  no line break\n"),
        ("a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n"),
        ("a: 1\n\n\n\n# end\n\n\n", "a: 1\n\n# end\n"),
        ("a: 'one\\two'\n", "a: 'one\\two'\n"),
        ("? a\n: 1\n", "a: 1\n"),
        ("a: {? b : 1}\n", "a: {? b : 1}\n"),
        ('{"version": 1,\n "call": {"x": "y"}}', '{"version": 1,\n "call": {"x": "y"}}\n'),
        ("%YAML 1.2\n--- # c\na: 1\n", "# c\na: 1\n"),
        ("a: # b\n  # c\n  'd'\n", "# c\na: d  # b\n"),
        ("a:   # b\n  'd' # c\n", "# b\na: d  # c\n"),
        ("a: x\x85y\u2028z\n", "a: x\x85y\u2028z\n"),
    ],
)
def test_details(before, after):
    assert once(before) == after
    assert once(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c\n",
        "a: 1\na: 2\n",
        "a: +14155550100\n",
        "a: !odd 1\n",
        "- a\n",
        "",
        "a: *b\n",
        "<<: {a: 1}\n",
        "a: \0\n",
    ],
)
def test_a_file_with_errors_has_no_canonical_form(text):
    written = rewrite(text, "x.yaml")
    assert written.text is None
    assert written.diagnostics


def test_what_would_change_its_meaning_is_left_alone():
    # an escaped blank at the end of a line would lose its blank
    written = rewrite('a: "x\\ \n  y"\n', "x.yaml")
    assert written.text is None
    assert [found.rule for found in written.diagnostics] == ["unformatted"]


# ----------------------------------------------------------------------

SCALARS = [
    "June",
    '"June"',
    "'it''s'",
    '"+14155550100"',
    "'12'",
    "1",
    "-1.50",
    "yes",
    "'yes'",
    "null",
    "",
    "~",
    "2026-01-01",
    '"{{ row.x }}"',
    "'a: b #c'",
    '"\\u00e9\\n"',
    "https://example.com/a?b=c#d",
    "[ ]",
    "{ a: 1,b: 'x' ,  c: [d,e , ] }",
    "['-', \"#\", '+1']",
    "!!str 12",
]
names = st.lists(st.sampled_from(["a", "b", "call", "'c d'", '"1"', "version", "recipients", "file"]), unique=True)


@st.composite
def inline(draw):
    return [draw(st.sampled_from(SCALARS))]


@st.composite
def text_block(draw):
    header = draw(st.sampled_from(["|", ">", "|-", ">-", "|+", ">+"]))
    pad = " " * draw(st.integers(1, 5))
    lines = draw(st.lists(st.sampled_from(["one", "two # no comment", "", "  further", "- x: 1"]), max_size=4))
    return [header, *(pad + line if line else "" for line in ["begin", *lines])]


@st.composite
def over_lines(draw):
    pad = " " * draw(st.integers(1, 6))
    return draw(
        st.sampled_from(
            [
                ["plain", pad + "text", "", pad + "on"],
                ['"quoted', pad + "text", "", pad + 'on"'],
                ["[a, # c1", pad + "b,", pad + "]"],
                ["{a: 1,", "", pad + "b: [2,", pad + "3]}"],
            ]
        )
    )


def indented(lines, step):
    return [" " * step + line if line else line for line in lines]


@st.composite
def with_comments(draw, lines):
    """The lines of an entry, with something above it and behind its last line."""
    above = draw(st.lists(st.sampled_from(["", "# c2", "      # c3", "#c4"]), max_size=3))
    return [*above, *lines]


@st.composite
def blocks(draw, depth=3):
    """The lines of a mapping or a list, its entries at column 0."""
    kinds = [inline(), text_block(), over_lines()]
    lines = []
    is_list = draw(st.booleans()) and depth < 3
    heads = ["-"] * draw(st.integers(1, 3)) if is_list else [f"{name}:" for name in draw(names) or ["x"]]
    for head in heads:
        if depth and draw(st.integers(0, 2)) == 0:
            comment = draw(st.sampled_from(["", "  # c5"]))
            entry = [head + comment, *indented(draw(blocks(depth - 1)), draw(st.integers(1, 4)))]
        else:
            first, *rest = draw(st.one_of(kinds))
            space = " " * draw(st.integers(1, 3))
            entry = [(head + space + first).rstrip(), *indented(rest, 1)]
            if not rest and draw(st.booleans()):
                entry[-1] += draw(st.sampled_from([" # c6", "          # c7"]))
        lines += draw(with_comments(entry))
    return [*lines, *draw(st.sampled_from([[], [""], ["# c8"], ["  # c9"]]))]


def plain_reference(text):
    """What another reader of YAML 1.2 says."""
    return YAML(typ="safe", pure=True).load(text)


@settings(max_examples=100, deadline=None)
@given(blocks())
@example(["a:", "  - |", "", "   text", "", "# c", "  - b"])
def test_any_file_keeps_its_meaning_and_its_comments_and_is_rewritten_once(lines):
    text = "\n".join(lines) + "\n"
    node, problems = read_text(text, "x.yaml")
    if node is None or problems:
        assert rewrite(text, "x.yaml").text is None
        return
    written = once(text)
    assert once(written) == written
    assert plain_reference(written) == plain_reference(text)
