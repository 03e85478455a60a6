"""Documents that are cast in the mold of others: each is what it is by its own events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.documents.compose import compose
from bland_deploy.documents.molds import cast

VALUES = st.sampled_from(
    [
        *(
            "Acme",
            "Acme 12",
            "a",
            "5",
            "0.5",
            "1e3",
            "true",
            "null",
            "no",
            "2026-01-01",
            "0x1F",
            "9" * 30,
            "1e999",
            "0o7",
        ),
        *(
            "Renewal, wave 3",
            "a - b",
            "it's",
            'a "b"',
            "x {{ vars.y }}",
            "a ]",
            "a & b",
            "a: b",
            "a #b",
            "a# b",
            "a:b",
            "é",
        ),
        *(
            "'a'",
            '"b: c"',
            "",
            "~",
            "!unset",
            "!!int 5",
            "&x y",
            "*x",
            "- a",
            "? a",
            "a ",
            "a\tb",
            "zqx0q",
            "1" * 40,
            "-5",
        ),
        *(
            "{{ vars.y }}",
            "|",
            ">-",
            "{",
            "}",
            "[a",
            "a]",
            "{a: b}",
            "[a, b]",
            "a, b: c",
            "c}",
            "%x",
            "@x",
            "a |",
            "a\r",
        ),
    ]
)
LINES = [
    *("{k}: {v}", "  {k}: {v}", "    {k}: {v}", "{k}:", "  {k}:", "- {k}: {v}", "  - {v}", "- {v}", "# {k}: {v}", ""),
    *(
        "{k}: {{{k}: {v}, {k}: {v}}}",
        "{k}: {{ {k}: {v} , {k}: [{v}, {v}]}} # {v}, {k}: {v}}}",
        "{k}: {{",
        "}}",
        "  {v}",
    ),
    *(
        "{k}: |",
        "{k}: >",
        '{k}: "{v}, {k}: {v}, "',
        "{k}: {v} # {v}",
        "---",
        "...",
        "{k}: [{{{k}: {v}}}, {{{k}: {v}, {k}: 1}}]",
    ),
    *(
        "{k}: &{k} {v}",
        "{k}: *{k}",
        "{k}: {{{k}: é, {k}: {v}, {k}: {v}}}",
        "{k}: {{{k}: {v}, <<: {v}}}",
        "{k} : {v}",
        "? {v}",
    ),
]
KEYS = st.sampled_from(["a", "b", "key", "Long_key2"])


@st.composite
def alike(draw):
    """Documents of the same lines with several values."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=6))
    pieces = [piece for line in lines for piece in (line + "\n").replace("{k}", "\0").split("\0")]
    keyed = "".join(piece + draw(KEYS) for piece in pieces[:-1]) + pieces[-1]
    parts = keyed.replace("{v}", "\0").replace("{{", "{").replace("}}", "}").split("\0")
    fillings = st.lists(VALUES, min_size=len(parts), max_size=len(parts))
    return ["".join(map("".join, zip(parts, [*draw(fillings)[1:], ""], strict=True))) for _ in range(3)]


@given(alike())
def test_a_document_is_what_it_is_by_its_own_events(texts):
    for text in texts:
        found = cast(text, "a.yaml")
        assert found is None or (repr(found), []) == (repr(compose(text, "a.yaml")[0]), compose(text, "a.yaml")[1])


@given(st.lists(VALUES, min_size=6, max_size=6))
def test_a_usual_document_is_what_it_is_by_its_own_events(values):
    first, second, third, fourth, fifth, sixth = values
    text = (
        f"a: {first}\nb:\n  c: {second}\n  d: {{e: {third}, f: {fourth}, g: 'x'}}\n  h: |\n    {fifth}\n"
        f"    i: {sixth}\nj: {first}\nk: {second}\nl: [{{m: {third}, n: {fourth}}}, {{m: {fifth}}}, o]\n"
    )
    found = cast(text, "a.yaml")
    assert found is None or (repr(found), []) == (repr(compose(text, "a.yaml")[0]), compose(text, "a.yaml")[1])


@pytest.mark.parametrize("value", ["Acme", "Acme 12, the first", "5", "true", "it's {{ vars.x }} - y", "x" * 99])
def test_documents_that_differ_in_plain_values_share_a_mold(value):
    word = value.split(",")[0].split("'")[0]
    text = f"a: {value}\nb:\n  c: {value}\n  d: {{e: {word}, f: {word}, g: 'x'}}\n  h: |\n    i\n# {value}\n"
    found = cast(text, "a.yaml")
    assert found is not None
    assert (repr(found), []) == (repr(compose(text, "a.yaml")[0]), compose(text, "a.yaml")[1])


def test_the_values_of_lines_in_a_flow_collection_have_no_mold():
    for text in ("a: {\nb: c\n}\n", "a: {\nb: c, d\n}\n", "a: [\n  b: c ]\n", "a: 'x\n  b: c\n  '\n", "a: |\n  b: c\n"):
        assert cast(text, "a.yaml") is None


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  b: c\nd:\n- zqx0, ]}[{ q\n",  # holds what would stand in for a value that is none
        "a: &x {b: c}\nd: *x\ne: |\n  f: g\n",  # as many values, but one of them twice
        "a: [&x {b: c}, *x, {d: e}]\n",
    ],
)
def test_a_document_where_a_stand_in_is_not_one_value_has_no_mold(text):
    assert cast(text, "a.yaml") is None


@pytest.mark.parametrize("value", ["1e999", "9" * 30])
def test_a_document_with_a_number_that_json_does_not_have_is_not_cast(value):
    assert cast("a: 5\nb: {c: 6}\n", "a.yaml") is not None
    assert cast(f"a: {value}\nb: {{c: 6}}\n", "a.yaml") is None
    assert cast(f"a: 5\nb: {{c: {value}}}\n", "a.yaml") is None
