"""Texts that stand in several files are compiled once, and say what they would say if each stood there alone."""

from hypothesis import example, given
from hypothesis import strategies as st

from bland_deploy.documents.nodes import Scalar
from bland_deploy.prompts.analysis import Analysis
from bland_deploy.prompts.bounds import to_json, to_text_or_omit
from bland_deploy.prompts.compile import compile_expression, compile_text, compile_value, take_in
from bland_deploy.prompts.render import Program, RenderFailed
from tests.prompts.workspace import AVAILABLE, loader, scopes

PIECES = [
    *("{{ row.first_name }}", "{{ vars.company }}", "{{name}}", "{{ first name }}", "{{ thing.name }}", "{{ x + 1 }}"),
    *("{{ row.nope }}", "{{ row.id | nofilter }}", "{{ row.id | int + 'a' }}", "{{ 1 / 0 }}", "{{ vars.missing }}"),
    *(
        "{{ row['id'] | default('-') }}",
        "{{ omit }}",
        "{{ [1, row.number] }}",
        "{{",
        "{# no #}",
        "\n",
        " text ",
        "é",
        "}}",
    ),
    *("{% if row.id %}yes{% endif %}", "{% include 'missing.j2' %}", "{{ run.id }}", "{{ batch.number }}", "'{{ y }}'"),
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
NODES = st.builds(
    Scalar,
    st.just(""),
    st.just(""),
    st.sampled_from(["a.yaml", "b.yaml", "c.md"]),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["", "'", '"', "|", ">", "file"]),
    st.integers(0, 8),
)
KNOWN = [{}, {"row": ("id", "first_name"), "vars": ("company",)}]


def at(node, text):
    return Scalar(text, text, node.file, node.line, node.column, node.style, node.indent)


def outcome(render):
    try:
        return repr(render(scopes()))
    except RenderFailed as failed:
        return failed.diagnostic


def said(compiled):
    """All that there is to a compiled text."""
    template, found = compiled
    if template is None:
        return found
    ways = [template.render, *([template.render.by_jinja] if isinstance(template.render, Program) else [])]
    told = template.text, template.roots, template.columns, template.placeholders
    return found, told, {outcome(render) for render in ways for _ in range(2)}


@given(TEXTS, st.lists(NODES, min_size=2, max_size=3), st.sampled_from(["row", "everywhere"]), st.sampled_from(KNOWN))
@example("{{ 1 / 0 }}", [Scalar("", "", "a.yaml", 3, 4, "|", 2), Scalar("", "", "b.yaml", 9, 1)], "row", {})
@example("\n{{name}}{{name}}", [Scalar("", "", "a.yaml", 1, 1)], "row", {})
def test_a_text_says_the_same_in_every_file(text, nodes, where, known):
    for node in (at(node, text) for node in nodes):
        plain = take_in(node, text, Analysis(loader(), AVAILABLE[where]), known, to_text_or_omit)
        if "{" in text:
            assert said(compile_text(node, AVAILABLE[where], loader(), known)) == said(plain)
            value, found = compile_value(node, AVAILABLE[where], loader(), known)
            plain = take_in(node, text, Analysis(loader(), AVAILABLE[where]), known, to_json)
            assert found == plain[1]
            assert value is None or said((value.templates[0][1], found)) == said(plain)


@given(st.sampled_from(["row.id == 1 / 0", " row.nope ", "{{ row.id | nofilter }}", "row.id ==", "x"]), NODES)
def test_the_places_of_a_condition_are_those_in_its_file(text, node):
    alone = compile_expression(Scalar(text, text, "t.j2", 1, 1, "file"), AVAILABLE["row"])
    there = compile_expression(at(node, text), AVAILABLE["row"])
    for one, other in zip(*map(diagnostics, (alone, there)), strict=True):
        assert other.place == node.place_in(one.place.line, one.place.column)
        assert (other.rule, other.message) == (one.rule, one.message)


def diagnostics(compiled):
    template, found = compiled
    failed = outcome(template.render) if template is not None else None
    return [*found, *([failed] if failed is not None and not isinstance(failed, str) else [])]
