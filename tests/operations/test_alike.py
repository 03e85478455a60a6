"""Calls that are made together are the calls that are made one by one, to the byte."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bland_deploy.diagnostics import has_errors
from bland_deploy.documents.load import load_campaign, load_workspace
from bland_deploy.documents.nodes import Scalar
from bland_deploy.model.keys import recipient_keys
from bland_deploy.model.recipient import LeftOut, Outcome, Row
from bland_deploy.operations.calls.alike import deciding_columns
from bland_deploy.operations.calls.checks.callees import CalleeChecks
from bland_deploy.operations.calls.checks.fields import FieldChecks
from bland_deploy.operations.calls.checks.placeholders import PlaceholderChecks
from bland_deploy.operations.calls.chunks import Marked, Whom, chunk_maker
from bland_deploy.operations.calls.prepare import prepare, render_parts
from bland_deploy.operations.calls.whereabouts import whereabouts_reader
from bland_deploy.operations.plans.work import run_at
from bland_deploy.planning.assemble import Marks
from bland_deploy.prompts.compile import compile_value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import PER_ROW, make_batch_scope
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Listing
from bland_deploy.recipients.formats.sheet import Sheet
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.suppression import Suppressed
from tests.cli.workspace import Workspace

RUN = run_at(datetime(2026, 3, 1, 14, 30, tzinfo=UTC), "UTC")
TODAY = date(2026, 3, 1)
MARKS = Marks("stamp-x", "0123456789abcdef", "calls-x")
PLACES_OF = whereabouts_reader(("timezone",))
NEVER = "+14155550119"
SAYS = "This is the AI assistant of Acme calling, recorded. To be called no more, say so: you can opt out at any time."
# it gives nothing, but may use anything of the row: where it stands no two calls are alike
ONE_BY_ONE = {"summary_prompt": "{{ (row and omit) or omit }}"}

CELLS = st.sampled_from(["Ada", "Zoë", "", 'The "Shop"', "a\\b\n\x7f\u2028", "x" * 257, SAYS, "7"])
NOT_TEXTS = st.sampled_from([1, 1.0, True, 0, False, None, [1], {"a": 1}, 10**30])
NUMBERS = st.sampled_from([f"+141555501{n}" for n in range(10, 20)]) | st.sampled_from(
    [
        "(415) 555-0121",
        "+18005550100",
        "+442079460000",
        "+19005550100",
        "+1415555",
        "112",
        "none",
        "",
        "4155550123 ext. 4",
    ]
)
TEXT_ROWS = st.fixed_dictionaries({"phone_number": NUMBERS, "name": CELLS, "n": CELLS})
SHEET_CELLS = CELLS.map(lambda cell: cell.replace("\n", " "))
ZONES = st.sampled_from(["", "Asia/Tokyo", "nowhere"])
SHEET_ROWS = st.fixed_dictionaries(
    {"call": CELLS.map(len).map(str), "phone_number": NUMBERS, "100%b": SHEET_CELLS, "n": SHEET_CELLS}
    | {"name": SHEET_CELLS, "timezone": ZONES}
)
ANY_ROWS = st.fixed_dictionaries(
    {"phone_number": NUMBERS | NOT_TEXTS},
    optional={"name": CELLS | NOT_TEXTS, "n": CELLS | NOT_TEXTS, "request_data": CELLS, "metadata": CELLS},
)
OVERRIDES = st.none() | st.sampled_from([{"voice": "June"}, {"phone_number": "x"}, {"first_sentence": "{{n}}"}])
LISTS = st.lists(TEXT_ROWS.map(lambda values: (values, None)), max_size=6) | st.lists(
    st.tuples(ANY_ROWS, OVERRIDES), max_size=6
)

EACH = [
    {},
    {"first_sentence": "Hi {{ row.name | default('there', true) }}!"},
    {"first_sentence": f"{SAYS} {{{{ row.name }}}} {{{{n}}}}"},
    {"first_sentence": "{{name}}", "voicemail": {"message": "{{ row.name }}"}},
    {"first_sentence": "{{ row.name }}", "metadata": {"n": "{{ row.n }}", "all": [1, "{{ row.name }}"]}},
    {"temperature": "{{ row.n | int }}", "task": "x"},
    {"task": "{{ 7 // (row.n | int) }}", "voice": "{{ row.n if row.n else omit }}"},
    {"phone_number": "{{ row.n }}"},
    {"request_data": {"a": "{{ row.n }}"}},
    {"transfer_phone_number": "{{ row.n }}"},
    {"task": "{{ row['n'] }}{% for x in row.name %}-{% endfor %}"},
    {"task": "{{ run.date }}{{ vars.a }}"},
]
RECORDED = {"prompt": "Speak of {{metadata}} and {{phone_number}}.", "call": {"record": True}}
PARTS = [
    {},
    {"purpose": "marketing", "call": {"record": True, "language": "en"}},
    {"purpose": "marketing", "prompt": "Greet {{name}}, and say: {{n}}"},
    RECORDED,
    {"stamp": []},
    {"api": "v1", "stamp": ["metadata"]},
    {"purpose": "marketing", "consent": {"type": {"column": "name"}, "source": "x", "captured_at": "2026-01-01"}},
]
RECIPIENTS = [
    {},
    {"variables": []},
    {"variables": ["n"]},
    {"variables": ["timezone", "100%b", "none", "n", "timezone"]},
    {"variables": ["n", {"twice": "{{ row.n }}{{ row.n }}"}]},
    {"variables": ["n", {"part": "{{ 7 // (row.n | int) }}"}]},
    {"empty": "drop"},
    {"empty": "error"},
    {"variables_under": ""},
    {"variables_under": "metadata"},
    {"number_format": "raw", "invalid_numbers": "send"},
    {"invalid_numbers": "skip", "defaults": {"n": "9"}},
    {"where": "row.name != 'Ada'"},
]


@pytest.fixture(scope="module")
def makers(tmp_path_factory):
    """Makers of chunks for a campaign, as it is and one by one; each with whether checks look at the calls."""
    workspace, known = Workspace(tmp_path_factory.mktemp("alike") / "w"), {}

    def make(parts, each, recipients, *, checked):
        key = repr((parts, each, recipients, checked))
        if key not in known:
            known[key] = [maker(workspace, parts, own, recipients, checked) for own in (each, each | ONE_BY_ONE)]
        return known[key]

    return make


def maker(workspace, parts, each, recipients, checked):
    usual = {"phone_number": "+14155550100", "name": "Ada", "n": "7"}
    listed = {"inline": [usual], "default_country": "US"}
    workspace.hello(vars={"a": "b"}, recipients=listed | recipients, **parts, each=each)
    prepared, found = prepare(
        load_campaign(load_workspace(workspace.root), "campaigns/hello.yaml", "sandbox"), Reach(workspace.root), "", {}
    )
    assert not has_errors(found), found
    checks = None
    if checked:
        callees = CalleeChecks(prepared, render_parts(prepared, RUN, make_batch_scope(1, 1, 1)), TODAY, protected=False)
        checks = (FieldChecks(prepared), PlaceholderChecks(prepared), callees)
    keys = recipient_keys(bytes(32), "hello", "1")
    whom = Whom(Suppressed(frozenset({NEVER})), keys, PLACES_OF)
    return chunk_maker(prepared, RUN, Marked(whom, MARKS), checks)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PARTS),
    st.sampled_from(EACH),
    st.sampled_from(RECIPIENTS),
    st.lists(LISTS, min_size=1, max_size=3),
    st.booleans(),
)
@example(
    RECORDED, {"metadata": {"n": "{{ row.n }}"}}, {}, [[({"phone_number": "+14155550110", "n": SAYS}, None)]], True
)
def test_calls_made_together_are_those_made_one_by_one(makers, parts, each, recipients, lists, checked):
    together, one_by_one = makers(parts, each, recipients, checked=checked)
    for rows in lists:
        part = [Row(line, *row) for line, row in enumerate(rows, start=2)] + [LeftOut(99, Outcome.INVALID)] * (
            len(rows) % 2
        )
        made, wanted = together(part), one_by_one(part)
        assert made == wanted
        assert list(made.remarks) == sorted(made.remarks)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PARTS),
    st.sampled_from(EACH),
    st.sampled_from(RECIPIENTS),
    st.lists(st.lists(SHEET_ROWS, min_size=1, max_size=6), min_size=1, max_size=3),
    st.booleans(),
)
def test_calls_of_rows_that_nobody_made_are_those_of_rows(makers, parts, each, recipients, lists, checked):
    together, one_by_one = makers(parts, each, recipients, checked=checked)
    for rows in lists:
        lump = lump_of(rows)
        assert isinstance(lump.read(), Sheet)
        assert together(lump) == together(list(lump.rows())) == one_by_one(list(lump.rows()))


def test_cells_that_are_equal_and_not_the_same_are_told_apart(makers):
    together, one_by_one = makers({}, {"metadata": {"n": "{{ row.n }}"}}, {}, checked=False)
    part = [Row(line, {"phone_number": "+14155550110", "n": n}) for line, n in enumerate([1, True, 1.0, "1", 1])]
    assert together(part) == one_by_one(part)


@pytest.mark.parametrize(
    ("parts", "each"),
    [
        ({}, {"transfer_phone_number": "{{ row.n }}"}),
        ({"call": {"transfer_phone_number": "+14155550111"}}, {}),
    ],
)
def test_who_would_be_transferred_to_themselves_is_told_from_those_whose_calls_are_alike(makers, parts, each):
    together, one_by_one = makers(parts, each, {}, checked=True)
    part = [Row(at, {"phone_number": f"+1415555011{at}", "n": "+14155550111"}) for at in range(3)]
    assert together(part) == one_by_one(part)
    assert 1 in together(part).remarks


def lump_of(rows):
    """Rows as they stand in a list."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(row.values() for row in rows)
    return Lump(text.getvalue().encode(), 2, tuple(rows[0]), Listing("people.csv", "phone_number"))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("{{ row.a }}{{ row['b'] }}{{ vars.colour }}{{ row.a }}", ("a", "b")),
        ("{{name}}", ()),
        ("{{ row.a | default('x') if row['b'] is defined else run.id }}", ("b", "a")),
        ("{{ row | length }}", None),
        ("{% for cell in row %}{{ cell }}{% endfor %}", None),
        ("{% set all = row %}{{ all.a }}", None),
        ("{{ row[vars.colour] }}", None),
        ("{{ row.a }}{% macro m(x) %}{{ x.b }}{% endmacro %}{{ m(row) }}", None),
    ],
)
def test_the_columns_are_known_that_decide_what_a_template_gives(text, columns):
    each, found = compile_value(Scalar(text, text, "c.yaml", 1, 1, ""), PER_ROW, Loader({}.get))
    assert not found
    assert deciding_columns(each) == columns
