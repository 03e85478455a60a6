"""Texts and trees as the planner uses them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined

from bland_deploy.diagnostics import Place
from bland_deploy.documents.nodes import Items, Mapping, Scalar
from bland_deploy.prompts.bounds import OMIT
from bland_deploy.prompts.compile import compile_expression, compile_text, compile_value
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.prompts.scopes import EVERYWHERE, PER_ROW
from tests.prompts.workspace import VARS, loader, rendered, scalar, scopes


def leaf(value, line=1, column=1, style=""):
    return Scalar(value, str(value), "c.yaml", line, column, style)


def mapping(**values):
    return Mapping({key: (leaf(key), value) for key, value in values.items()}, "c.yaml", 1, 1)


def items(*values):
    return Items(list(values), "c.yaml", 1, 1)


def value(node):
    compiled, found = compile_value(node, PER_ROW, loader())
    assert not found
    return compiled


def test_a_tree_keeps_keys_order_and_types():
    tree = mapping(
        first=leaf("Hi {{ row.first_name }}"),
        n=leaf(5),
        none=leaf(None),
        text=leaf("501"),
        inner=mapping(id=leaf("{{ row.id | int }}"), left=leaf("{{ omit }}")),
        many=items(leaf("{{ row.id }}"), leaf("{{ omit }}"), leaf(True)),
        empty=mapping(),
    )
    made = value(tree).render(scopes())
    assert list(made.items()) == [
        ("first", "Hi Ann"),
        ("n", 5),
        ("none", None),
        ("text", "501"),
        ("inner", {"id": 17}),
        ("many", ["17", True]),
        ("empty", {}),
    ]


def test_a_tree_without_anything_of_ours_is_made_once():
    constant = value(mapping(a=leaf("{{name}}"), b=items(leaf(1), leaf("x"))))
    assert constant.constant
    assert constant.render({}) == {"a": "{{name}}", "b": [1, "x"]}
    assert constant.render({}) is constant.render({})
    assert [placeholder.name for placeholder in constant.placeholders] == ["name"]


def test_constant_parts_of_a_tree_are_shared_between_renders():
    tree = value(mapping(same=items(leaf(1)), own=leaf("{{ row.id }}")))
    assert tree.render(scopes())["same"] is tree.render(scopes())["same"]


def test_a_tree_says_what_it_uses():
    tree = value(
        mapping(
            task=leaf("{{a}} {{ row.id }}", 7, 9),
            metadata=mapping(list=items(leaf("x"), leaf("{{ b }}{{ run.id }}", 9, 9))),
        )
    )
    assert tree.roots == {"row", "run"}
    assert tree.columns == ("id",)
    assert [(path, name) for path, (name, _) in tree.placeholders_at] == [
        (("task",), "a"),
        (("metadata", "list", 1), "b"),
    ]
    assert [key for key, _ in tree.items()] == ["task", "metadata"]
    assert dict(tree.items())["task"].render(scopes()) == "{{a}} 17"


def test_a_tree_with_a_mistake_names_every_one_and_is_none():
    tree = mapping(a=leaf("{{ x | upper }}", 2, 4), b=items(leaf("{{ nope() }}", 3, 5), leaf("{{ row.id }}")))
    compiled, found = compile_value(tree, PER_ROW, loader())
    assert compiled is None
    assert [str(diagnostic.place) for diagnostic in found] == ["c.yaml:2:7", "c.yaml:3:8"]


@pytest.mark.parametrize(
    ("style", "line", "column", "indent", "place"),
    [("file", 1, 1, 0, (2, 6)), ("|", 3, 9, 4, (5, 10)), ("", 3, 9, 0, (3, 9)), ('"', 3, 9, 0, (3, 9))],
)
def test_places_are_those_of_the_file(style, line, column, indent, place):
    node = Scalar("a\nb {{ x | upper }}", "", "c.yaml", line, column, style, indent)
    _, found = compile_text(node, PER_ROW, loader())
    assert found[0].place == Place("c.yaml", *place)


def test_a_place_in_a_quoted_text_counts_the_quote():
    _, found = compile_text(leaf("{{ x | upper }}", 3, 9, "'"), PER_ROW, loader())
    assert found[0].place == Place("c.yaml", 3, 13)


def test_a_text_says_whether_it_is_constant():
    template, _ = compile_text(scalar("Hi {{name}}{# x #}"), EVERYWHERE, loader())
    assert template.constant
    assert template.text == template.render({}) == "Hi {{name}}"
    template, _ = compile_text(scalar("Hi {{ vars.company }}"), EVERYWHERE, loader())
    assert not template.constant
    assert template.text is None


def test_a_tag_with_only_placeholders_beside_a_block_is_constant_too():
    template, _ = compile_text(scalar("{% raw %}x{% endraw %}{{name}}{% set y = 1 %}"), EVERYWHERE, loader())
    assert not template.constant
    template, _ = compile_text(scalar("{{ name }}{% include 'x' ignore missing %}"), EVERYWHERE, loader())
    assert template.constant


def test_a_number_as_text_is_its_text():
    template, _ = compile_text(leaf(5), EVERYWHERE, loader())
    assert template.text == "5"


def test_the_whole_of_a_prompt_may_be_left_out():
    template, _ = compile_text(scalar("{{ vars.prompt | default(omit) }}"), EVERYWHERE, loader())
    assert template.render(scopes()) is OMIT


def test_a_condition_is_true_or_false():
    for text, expected in [("row.empty", False), ("row.id", True), ("row.number - 5", False), ("not row.empty", True)]:
        condition, _ = compile_expression(leaf(text), PER_ROW)
        assert condition.render(scopes()) is expected


def test_an_undefined_column_in_a_condition_fails_where_it_stands():
    condition, _ = compile_expression(leaf("row.id == '17' and row.stat == 'x'", 4, 10), PER_ROW)
    with pytest.raises(RenderFailed) as failed:
        condition.render(scopes())
    assert failed.value.diagnostic.place == Place("c.yaml", 4, 29)


def test_known_names_of_columns_and_vars_are_checked_when_compiling():
    known = {"row": ["first_name"], "vars": ["company"]}
    for text in ("{{ row.first_nam }}", "{{ row['first_nam'] ~ 1 }}", "{% if row.first_nam %}{% endif %}"):
        template, found = compile_text(scalar(text), PER_ROW, loader(), known)
        assert template is None
        assert "did you mean `first_name`?" in found[0].help
    template, found = compile_text(scalar("{{ row.other | default(row.first_name) }}"), PER_ROW, loader(), known)
    assert not found
    template, found = compile_text(scalar("{{ vars.x }}"), PER_ROW, loader(), {"vars": []})
    assert "`vars` is empty" in found[0].help


def test_rows_of_json_may_lack_a_key_until_rendered():
    template, _ = compile_value(leaf("{{ row.maybe }}"), PER_ROW, loader())
    assert template.render({"row": {"maybe": [1]}}) == [1]
    with pytest.raises(RenderFailed):
        template.render({"row": {}})


def test_a_template_renders_again_and_again():
    template, _ = compile_text(
        scalar("{% set x = row.id %}{{ x }}{% for i in [1] %}{{ i }}{% endfor %}"), PER_ROW, loader()
    )
    assert [template.render({"row": {"id": str(n)}}) for n in range(3)] == ["01", "11", "21"]
    template, _ = compile_text(
        scalar("{% extends 'base.j2' %}{% block body %}{{ super() }}{{ row.id }}{% endblock %}"), PER_ROW, loader()
    )
    assert [template.render({"row": {"id": n}, "vars": VARS}) for n in range(2)] == [
        f"<standard Acme{n}>{{{{ tail }}}}" for n in range(2)
    ]


def test_a_name_that_one_render_sets_is_not_there_for_the_next():
    text = "{% if row.id %}{% set x = 1 %}{% endif %}{% set y = x | default('no') %}{{ y }}"
    template, _ = compile_text(scalar(text), PER_ROW, loader())
    assert [template.render({"row": {"id": id_}}) for id_ in ("a", "")] == ["1", "no"]


def test_a_failure_leaves_nothing_behind():
    template, _ = compile_text(scalar("{% set x = 1 %}{{ row.id + x }}"), PER_ROW, loader())
    with pytest.raises(RenderFailed):
        template.render({"row": {"id": "a"}})
    assert template.render({"row": {"id": 1}}) == "2"


PIECES = st.lists(
    st.sampled_from(
        [
            *("text ", "\n", "{{ row.a }}", "{{ row.b | default('none', true) }}", "{{ vars.n + 1 }}", "é{ "),
            *(
                "{{ row.a | upper | replace('X', 'y') }}",
                "{{ vars.list | join(', ') }}",
                "{{- row.a }}",
                "{{ row.a -}}",
            ),
            *(
                "{% if row.b %}yes {{ row.b }}{% elif row.a == 'x' %}x{% else %}no{% endif %}",
                "{% raw %}{{ a.b }}{% endraw %}",
            ),
            *("{% for i in vars.list %}{{ loop.index }}:{{ i }}{% else %}-{% endfor %}", "{{ row.a if row.b }}"),
            *("{% set z = row.a ~ vars.n %}{{ z }}", "{%- if row.a -%} a {%- endif %}", "{# c #}", "{{ 'a' * 3 }}"),
            *("{% macro m(x, y='d') %}({{ x }}{{ y }}){% endmacro %}{{ m(row.a) }}", "{{ [row.a, 1] | length }}"),
            *(
                "{% filter upper %}{{ row.a }}b{% endfilter %}",
                "{{ row.a in vars.list }}",
                "{{ vars.list[:1] | first }}",
            ),
            *(
                "{% with q = row.b %}{{ q }}{% endwith %}",
                "{{ vars.list | map('upper') | sort | last }}",
                "{{ 7 // 2 % 2 }}",
            ),
        ]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=60)
@given(PIECES, st.text(max_size=5), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=4))
def test_what_is_ours_reads_as_jinja_renders_it(text, a, b, many):
    names = {"row": {"a": a, "b": b}, "vars": {"n": 4, "list": [*many, "x"]}}
    plain = Environment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)
    expected = plain.render(names)
    template, found = compile_text(scalar(text), PER_ROW, loader())
    assert not found
    assert str(template.render(names)) == expected


def test_a_fresh_loader_gives_the_same():
    assert rendered("{{ row.id | bucket('A', 'B') }}") == rendered("{{ row.id | bucket('A', 'B') }}")


def test_a_text_is_compiled_once_for_the_same_names_and_judged_anew_for_others():
    one_loader = loader()
    node = scalar("Hi {{ vars.name }} of {{ vars.company }}")
    known = {"vars": ["name", "company"]}
    first = compile_text(node, EVERYWHERE, one_loader, known)
    assert compile_text(scalar(node.text), EVERYWHERE, one_loader, {"vars": ["company", "name"]}) is first
    elsewhere, found = compile_text(node, EVERYWHERE, one_loader, {"vars": ["company"]})
    assert elsewhere is None
    assert [diagnostic.rule for diagnostic in found] == ["template-undefined"]
    assert compile_text(scalar(node.text, "|"), EVERYWHERE, one_loader, known) is not first
