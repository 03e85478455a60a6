import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.documents.compose import MAX_DEPTH, MAX_VALUES
from bland_deploy.documents.nodes import UNSET, Scalar, data, find, place_of, walk
from bland_deploy.documents.read import read_document, read_text
from bland_deploy.documents.scalars import Unfit, resolve_plain

CASES = sorted((Path(__file__).parent / "cases" / "reading").glob("*.yaml"))
SAMPLE = """\
version: 1
campaign: "renewal" # why
call:
  voice: June
  tools: [a, 'b', {c: "d e"}]
  éé: {日本: x}
prompt: |
  Hello {{ row.name }}
    and
vars: &shared
  x: &y !!str 5
"""


def told(diagnostics):
    return [(found.rule, str(found.place)) for found in diagnostics]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_each_case_reads_as_its_golden_file_says(case, golden):
    node, diagnostics = read_document(case.parent, case.name)
    value = json.dumps(data(node), ensure_ascii=False, indent=1) if node else "nothing"
    lines = [f"{found.place}: [{found.rule}] {found.message} | {found.help}" for found in diagnostics]
    golden(case.with_suffix(".txt"), "\n".join([*lines, value]) + "\n")


def test_every_value_knows_where_it_stands():
    node, diagnostics = read_text(SAMPLE, "f.yaml")
    assert diagnostics == ()
    lines = SAMPLE.split("\n")
    for _, scalar in walk(node):
        if scalar.style not in {"|", ">"}:
            quote = scalar.style
            assert lines[scalar.line - 1][scalar.column - 1 :].startswith(f"{quote}{scalar.text}{quote}")


def test_a_key_and_its_value_have_places_of_their_own():
    node, _ = read_text(SAMPLE, "f.yaml")
    assert str(place_of(node, ("call", "tools", 2, "c"), key=True)) == "f.yaml:5:20"
    assert str(place_of(node, ("call", "tools", 2, "c"))) == "f.yaml:5:23"


def test_a_character_of_a_text_block_has_an_exact_place():
    node, _ = read_text(SAMPLE, "f.yaml")
    prompt = find(node, ("prompt",))
    assert isinstance(prompt, Scalar)
    assert str(prompt.place_in(1, 7)) == "f.yaml:8:9"
    assert str(prompt.place_in(2, 3)) == "f.yaml:9:5"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x !!str\n   |\n    \n    deep {{", "f:4:10"),
        ("a: |\n\n\n   deep {{", "f:4:9"),
        ("a: |+\n    x\n     deep {{\n", "f:3:11"),
    ],
)
def test_a_text_block_is_found_under_tags_and_empty_lines(text, place):
    node, diagnostics = read_text(text, "f")
    assert diagnostics == ()
    block = node.get("a")
    line = next(number for number, line in enumerate(block.text.split("\n"), 1) if "{{" in line)
    assert str(block.place_in(line, block.text.split("\n")[line - 1].index("{{") + 1)) == place


def test_a_text_block_without_text_has_no_indentation():
    node, _ = read_text("a: |+\n\n\nb: 1\n", "f")
    assert node.get("a").indent == 0


def test_unset_is_a_value_of_its_own():
    node, diagnostics = read_text("a: {b: !unset, c: !unset}\nd: !unset\n", "f")
    assert diagnostics == ()
    assert [scalar.style for _, scalar in walk(node)] == [UNSET] * 3


def test_aliases_that_would_expand_beyond_measure_are_an_error():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    node, diagnostics = read_text("\n".join(lines), "f")
    assert node is None
    assert [found.rule for found in diagnostics] == ["alias-bomb"]


def test_aliases_that_would_nest_beyond_measure_are_an_error():
    lines = [f"a0: &a0 {'[' * 60}{']' * 60}"]
    lines += [f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]" for n in range(1, 9)]
    assert told(read_text("\n".join(lines), "f")[1]) == [("too-deep", "f:2:14")]


def test_deep_nesting_is_an_error_where_it_begins_and_takes_no_time():
    assert told(read_text("a: " + "[" * 100_000, "f")[1]) == [("too-deep", f"f:1:{MAX_DEPTH + 3}")]
    assert read_text("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "f")[1] == ()


def test_too_many_values_are_an_error():
    text = "a:\n" + "- x\n" * (MAX_VALUES - 2)
    assert read_text(text, "f")[1] == ()
    assert told(read_text(text + "- x\n", "f")[1]) == [("too-many-values", f"f:{MAX_VALUES}:3")]


def test_an_absent_file_is_a_diagnostic(tmp_path):
    assert told(read_document(tmp_path, "no.yaml")[1]) == [("unreadable-file", "no.yaml")]


def test_the_error_of_a_file_that_is_not_text_has_its_line(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: caf\xe9\n".encode("latin-1"))
    assert told(read_document(tmp_path, "latin.yaml")[1]) == [("wrong-encoding", "latin.yaml:2:7")]


JSON_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | JSON_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(JSON_TEXT, JSON_VALUES, max_size=4))
def test_json_is_yaml_and_keeps_its_types(value):
    node, diagnostics = read_text(json.dumps(value, ensure_ascii=False), "f")
    assert diagnostics == ()
    assert json.dumps(data(node)) == json.dumps(value)


def plainly(text):
    """The table of YAML 1.2's chapter 10.3.2, row by row."""
    rows = [
        (r"null|Null|NULL|~|", lambda _: None),
        (r"true|True|TRUE|false|False|FALSE", lambda found: found.lower() == "true"),
        (r"[-+]?[0-9]+", int),
        (r"0o[0-7]+", lambda found: int(found, 0)),
        (r"0x[0-9a-fA-F]+", lambda found: int(found, 0)),
        (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
        (r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", lambda _: "not in JSON"),
        (r".*", str),
    ]
    return next(convert(text) for pattern, convert in rows if re.fullmatch(pattern, text, re.DOTALL))


@given(st.text("0123456789+-.eExoXnulNtrTfFaA~_ :", max_size=7))
def test_plain_scalars_resolve_as_the_specification_says(text):
    expected = plainly(text)
    if type(expected) is int and not -(2**63) <= expected < 2**64:
        expected = "not in JSON"
    if expected in {"not in JSON", float("inf"), float("-inf")} or re.fullmatch(r"\+[0-9]{7,}", text):
        with pytest.raises(Unfit):
            resolve_plain(text)
        return
    found = resolve_plain(text)
    assert (type(found), found) == (type(expected), expected)


def test_a_number_of_five_thousand_digits_is_told_and_not_counted():
    assert told(read_text(f"a: {'9' * 5000}", "f")[1]) == [("number-out-of-range", "f:1:4")]


@given(st.text(max_size=60) | st.text(list("ab:-?[]{}&*!|>'\"%@`,#~<. \t\n\r"), max_size=40))
def test_no_text_ends_in_a_traceback(text):
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return
    node, diagnostics = read_text(text, "f")
    lines = re.split(r"\r\n|\r|\n", text)
    assert node is not None or diagnostics
    for found in diagnostics:
        _, line, column = found.place
        assert line is None or (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2)


@given(st.integers(0, 2**32))
def test_a_damaged_file_ends_in_diagnostics(seed):
    chance = random.Random(seed)
    text = list(SAMPLE)
    for _ in range(chance.randint(1, 4)):
        text[chance.randrange(len(text))] = chance.choice(["", "\t", "'", '"', "{", "]", ":", "\n", "*", "\x00", "é"])
    node, diagnostics = read_text("".join(text), "f")
    assert node is not None or diagnostics
