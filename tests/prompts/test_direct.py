"""The short way to render plain templates equals Jinja's, in what it gives and in what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.prompts.analysis import Analysis
from bland_deploy.prompts.bounds import to_text_or_omit
from bland_deploy.prompts.compile import compile_expression, compile_text, compile_value, take_in
from bland_deploy.prompts.render import Program, RenderFailed
from tests.prompts.workspace import AVAILABLE, loader, scalar, scopes

NAMES = st.sampled_from(
    [
        *("row.first_name", "row.empty", "row.null", "row.number", "row.list", "row['Amount Due']", "row.lacking"),
        *("vars.flag", "vars.map.two.deep", "vars.map['one']", "vars.list[2].name", "vars.list[9]", "vars.price"),
        *("vars.nothing.deep", "run.date", "campaign.id", "environment.name", "vars.items", "omit", "vars.braces"),
        *("1", "0", "2.5", "'Ann'", "''", "'{{x}}'", "true", "none"),
    ]
)
FILTERS = st.sampled_from(
    [
        *("default('there', true)", "default(omit, true)", "default('x')", "d(5)", "upper", "lower", "trim", "title"),
        *("int", "int(0)", "float", "round(1)", "length", "replace('n', 'm')", "truncate(3)", "join('-')", "tojson"),
        *("bucket('A', 'B')", "first", "string", "default(value='k', boolean=true)", "items", "list", "format('%A')"),
    ]
)
TESTS = st.sampled_from(["defined", "not defined", "none", "string", "number", "true", "eq('Ann')", "divisibleby(2)"])
COMPARISONS = st.sampled_from(["==", "!=", ">", ">=", "<", "<=", "in", "not in"])


def grown(inner):
    return st.one_of(
        st.tuples(inner, FILTERS).map(" | ".join),
        st.tuples(inner, TESTS).map(" is ".join),
        st.tuples(inner, COMPARISONS, inner).map(" ".join),
        st.tuples(inner, st.sampled_from(["and", "or", "~", "+"]), inner).map(" ".join),
        inner.map("not {}".format),
        inner.map("({})".format),
        st.tuples(inner, inner, inner).map(lambda parts: "{} if {} else {}".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: "{} if {}".format(*parts)),
    )


EXPRESSIONS = st.recursive(NAMES, grown, max_leaves=5)


def stated(inner):
    return st.one_of(
        st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{% if {} %}}{}{{% endif %}}".format(*parts)),
        st.tuples(EXPRESSIONS, inner, EXPRESSIONS, inner, inner).map(
            lambda parts: "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format(*parts)
        ),
        st.tuples(inner, inner).map("\n".join),
        inner.map("{{% for n in [1, 2] %}}{}{{{{ n }}}}{{% endfor %}}".format),
        inner.map("{{% set n = 1 %}}{}{{{{ n }}}}".format),
    )


PRINTED = EXPRESSIONS.map("{{{{ {} }}}}".format)
TEXTS = st.recursive(
    st.one_of(
        PRINTED, st.sampled_from(["Hello ", "é", "{{first_name}}", "{% include 'campaigns/prompts/greeting.j2' %}"])
    ),
    stated,
    max_leaves=4,
)


def outcome(render):
    try:
        return render(scopes())
    except RenderFailed as failed:
        return failed.diagnostic


def taken_in(text):
    return take_in(scalar(text), text, Analysis(loader(), AVAILABLE["row"]), {}, to_text_or_omit)


def both_ways(compiled):
    """What the short way and Jinja's give; None where the template has errors or nothing of ours."""
    template, _found = compiled
    program = template.render if template else None
    return (outcome(program), outcome(program.by_jinja)) if isinstance(program, Program) else None


@given(TEXTS)
def test_texts_come_out_equal(text):
    found = both_ways(taken_in(text))
    assert found is None or found[0] == found[1]


@given(PRINTED)
def test_single_expressions_come_out_equal_with_their_types(text):
    found = both_ways(compile_value(scalar(text), AVAILABLE["row"], loader()))
    assert found is None or repr(found[0]) == repr(found[1])


@given(EXPRESSIONS)
def test_equal_conditions_choose_the_same_rows(text):
    condition, _found = compile_expression(scalar(text), AVAILABLE["row"])
    if condition is not None:
        template, _found = taken_in(f"{{% if ({text}) %}}yes{{% endif %}}")
        expected = outcome(template.render.by_jinja)
        verdict = outcome(condition.render)
        assert verdict == (expected == "yes") if isinstance(expected, str) else verdict.rule == expected.rule


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ row.first_name | default('there', true) }}!",
        "{% if row.status == 'active' and vars.flag %}{{ vars.company | upper }}{% else %}{{name}}{% endif %}",
        "{{ 'late' if row.number > 3 else 'soon' }} {{ vars.map.two.deep }} {{ vars.list[2].name }}",
        "{% include 'campaigns/prompts/greeting.j2' %} {{ row['Amount Due'] | float }}",
    ],
)
def test_usual_templates_need_no_code_of_jinjas(text):
    template, found = taken_in(text)
    assert not found
    rendered = template.render(scopes())
    assert template.render._code is None
    assert rendered == template.render.by_jinja(scopes())
    assert template.render._code is not None


def test_what_one_text_writes_is_bounded_on_the_short_way_too():
    large = {"row": {"cell": "x" * (1 << 19)}}
    template, _found = compile_text(scalar("{{ row.cell }}" * 3), AVAILABLE["row"], loader())
    with pytest.raises(RenderFailed, match="longer than 1 MiB"):
        template.render(large)
    template, _found = compile_text(scalar("{{ row.cell }}" * 9), AVAILABLE["row"], loader())
    with pytest.raises(RenderFailed, match="too much text"):
        template.render(large)
