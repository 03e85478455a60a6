"""Filters and conversions, and the scopes."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.prompts.bounds import MAX_DEPTH, TemplateProblem, TooMuch, to_json, weigh
from bland_deploy.prompts.compile import compile_value
from bland_deploy.prompts.loader import Loader
from bland_deploy.prompts.scopes import PER_ROW, SCOPES, make_scopes
from bland_deploy.prompts.times import format_time, shift
from tests.prompts.workspace import RUN, failure, loader, rendered, scalar

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
START = datetime.fromisoformat("2024-01-01")
LONDON = ZoneInfo("Europe/London")


@given(JSON)
def test_json_of_the_data_keeps_value_and_type(value):
    assert to_json(value) == value
    template, _ = compile_value(scalar("{{ row.x }}"), PER_ROW, loader())
    made = template.render({"row": {"x": value}})
    assert made == value
    assert type(made) is type(value)


@given(JSON)
def test_weighing_stops_at_the_limit(value):
    assert weigh(value, 10**9) > 0
    assert weigh([value] * 1000, 100) < 100 + 16 * 1000 + 4000


def test_what_json_cannot_express_is_refused():
    deep = []
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(TooMuch):
        to_json(deep)
    for value in (1 << 64, -(1 << 63) - 1, float("nan"), float("inf"), {1: 2}, object()):
        with pytest.raises(TemplateProblem):
            to_json(value)
    assert to_json(range(3)) == [0, 1, 2]
    assert to_json((1, date(2025, 6, 1))) == [1, "2025-06-01"]


def test_buckets_are_even_and_differ_by_round():
    template, _ = compile_value(scalar("{{ row.id | bucket('A', 'B', 'C') }}"), PER_ROW, loader())
    of_round = {
        name: [
            template.render({**make_scopes({}, "e", "c", name, RUN), "row": {"id": str(number)}})
            for number in range(3000)
        ]
        for name in ("1", "2")
    }
    assert all(900 < count < 1100 for count in Counter(of_round["1"]).values())
    moved = sum(a != b for a, b in zip(of_round["1"], of_round["2"], strict=True))
    assert 1800 < moved < 2200


def test_a_bucket_is_fixed_for_ever():
    names = [rendered(f"{{{{ {number} | bucket('A', 'B', 'C', 'D') }}}}") for number in range(12)]
    assert "".join(names) == "DCDABABDCDBB"


def test_a_bucket_needs_names():
    assert failure("{{ row.id | bucket }}").message.startswith("`bucket` needs the names")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ ['b', 'a'] | sort | join('-') }}", "a-b"),
        ("{{ vars.list | join(', ', attribute='name') if false else 1 }}", 1),
        ("{{ [{'n': 1}, {'n': 2}] | sum(attribute='n') }}", 3),
        ("{{ [{'n': 'x'}, {'n': 'y'}] | join('+', attribute='n') }}", "x+y"),
        ("{{ [1, 2.5] | sum }}", 3.5),
        ("{{ 'a-b-c' | replace('-', '+', 1) }}", "a+b-c"),
        ("{{ 2.675 | round(2) }}", 2.67),
        ("{{ 2.1 | round(method='ceil') | int }}", 3),
        ("{{ '3.0' | float }}", 3.0),
        ("{{ none | float(1) }}", 1),
        ("{{ 12.9 | int }}", 12),
        ("{{ true | string }}", "True"),
        ("{{ {'a': [1, omit]} | tojson }}", '{"a": [1]}'),
        ("{{ [1, 2] | string }}", "[1, 2]"),
        ("{{ run.date ~ '' }}", "2025-06-01"),
        ("{{ [3, 4] | select('>', 3) | list }}", [4]),
        ("{{ [{'s': 'a', 'x': 1}, {'s': 'b'}] | selectattr('s', 'in', ['a']) | map(attribute='x') | list }}", [1]),
        ("{{ 'a b' | urlencode }}", "a%20b"),
        ("{{ vars.map | items | list | first }}", ["one", 1]),
        ("{{ range(3) | list }}", [0, 1, 2]),
        ("{{ dict(a=1) }}", {"a": 1}),
        ("{{ 1 if 3 is divisibleby(3) }}", 1),
        ("{{ -7 // 2 }}", -4),
        ("{{ 'ab' + 'c' }}", "abc"),
        ("{{ [1] + [2] }}", [1, 2]),
        ("{{ 3 * [0] }}", [0, 0, 0]),
        ("{{ 2.0 ** 3 }}", 8.0),
        ("{{ 'x' * -1 }}", ""),
        ("{{ 'x' if false }}", ""),
        ("{{ vars.list[1:] | first }}", "b"),
        ("{{ row.items[1] }}", "e"),
    ],
)
def test_filters_and_operators(template, expected):
    assert rendered(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' | replace('', 'b') }}",
        "{{ ['a'] | sum }}",
        "{{ [[1]] | sum(start=[]) }}",
        "{{ 'x' | round }}",
        "{{ omit | tojson }}",
        "{{ 1.5 % 'a' }}",
        "{{ 'a' * 'b' }}",
        "{{ [1] | int }}",
        "{{ vars.nope | int }}",
        "{{ run.date | format(5) }}",
        "{{ vars.nope() }}",
        "{% set x = vars.nope %}{{ x() }}",
        "{{ " + "9" * 200 + " * 9 }}",
        "{{ ·x | upper }}",
        "text {% macro m(caller) %}{{ caller }}{% endmacro %}",
        "{% block b %}{% endblock %}{% block b %}{% endblock %}",
        "{% for loop in [1] %}{% endfor %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2, 3) }}",
        "{% block b required %}{% endblock %}",
        "{% set ns = 1 %}{% set ns.x = 2 %}",
        "{% set nope.x = 2 %}",
        "{{ vars.items[9] }}",
        "{{ vars.items['x'] }}",
        "{{ [3, 'a'] | sort }}",
        "{{ 5[0] }}",
    ],
)
def test_what_cannot_be_computed_is_a_diagnostic(template):
    found = failure(template)
    assert found.rule.startswith(("template-", "placeholder-logic"))
    assert found.place.line == 1


@given(st.datetimes(START, START.replace(year=2026)), st.integers(-100_000, 100_000))
def test_hours_and_minutes_are_by_the_clock(naive, minutes):
    moment = naive.replace(tzinfo=UTC).astimezone(LONDON)
    moved = shift(moment, minutes=minutes)
    assert moved.astimezone(UTC) - moment.astimezone(UTC) == timedelta(minutes=minutes)
    assert moved.tzinfo is LONDON


@given(st.datetimes(START.replace(year=1980), START.replace(year=2090)))
def test_formats_are_those_of_strftime(moment):
    moment = moment.replace(tzinfo=LONDON)
    for directive in "AaBbdmYyjuVGF%HIMSpTRzZ":
        assert format_time(moment, f"%{directive}") == moment.strftime(f"%{directive}")
    for directive in "dmIHMSjy":
        assert format_time(moment, f"%-{directive}") == str(int(moment.strftime(f"%{directive}")))


def test_a_zone_west_of_greenwich_has_a_negative_offset():
    moment = datetime(2025, 1, 1, tzinfo=ZoneInfo("America/St_Johns"))
    assert format_time(moment, "%z %:") == "-0330 -03:30"


def test_every_scope_is_either_made_or_put_in():
    assert {*make_scopes({}, "e", "c", "1", RUN), "row", "batch"} == set(SCOPES)


def test_a_loader_lists_no_files_by_default():
    assert not list(Loader({}.get).paths())
