"""Templates that want out, or want everything: each ends in a diagnostic, and soon."""

import time

import pytest

from bland_deploy.prompts.compile import compile_text
from tests.prompts.workspace import AVAILABLE, failure, loader, rendered, scalar

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ row['__class__'].x }}",
    "{{ (vars | items).__class__ }}",
    "{{ [] ['__class__'] }}",
    "{{ ''.format }}",
    "{{ '{0.__class__}'.format(row) }}",
    "{{ ('{0.__class__}' | string).format_map(row) }}",
    "{{ '%s' % row }}",
    "{{ 'x' | attr('__class__') }}",
    "{{ ['x'] | map(attribute='__class__') | list | tojson }}",
    "{{ ['x'] | map('attr', '__class__') | list }}",
    "{{ (range).__globals__ }}",
    "{{ (namespace).__init__.__globals__ }}",
    "{{ dict.mro() }}",
    "{{ (cycler).__init__.__globals__.os }}",
    "{{ joiner }} {{ lipsum.__globals__ | list }}",
    "{{ self.__init__ }}{{ self | string }}",
    "{% set x = namespace() %}{{ x.__class__ }}{{ x._Namespace__attrs }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
    "{% for x in [1] %}{{ loop['__class__'] }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{{ caller.__class__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{% import 'campaigns/prompts/macros.j2' as m %}{{ m.__dict__ }}",
    "{% import 'campaigns/prompts/macros.j2' as m %}{{ m['__class__'] }}",
    "{% import 'campaigns/prompts/macros.j2' as m %}{{ m._body_stream }}",
    "{{ vars.list.append(1) }}",
    "{{ (vars.list).append }}",
    "{{ run.started_at.now() }}",
    "{{ run.started_at.tzinfo }}",
    "{{ run.date['replace'] }}",
    "{% set f = vars.list %}{{ f() }}",
    "{{ vars.list[namespace()] }}",
    "{{ dict(a=namespace).a }}",
    "{% extends 'base.j2' %}{% block body %}{{ super.__self__ }}{% endblock %}",
]

DOUBLING = "{% set x = [1, 2] %}" + "{% set x = [x, x] %}" * 60
EXPLOSIONS = [
    "{{ 'a' * 99999999999 }}",
    "{{ 99999999999 * 'a' }}",
    "{{ [1] * 99999999999 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 2 ** 99999999 }}",
    "{{ 2.5 ** 99999 }}",
    "{% set ns = namespace(n=2) %}{% for i in range(10000) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
    "{% set ns = namespace(n=1) %}{% for i in range(10000) %}{% set ns.n = ns.n + ns.n %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=1) %}{% for i in range(999) %}{% set ns.x = {'a': ns.x} %}{% endfor %}{{ ns.x | tojson }}",
    "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] | join %}{% endfor %}",
    "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x | replace('a', 'aa') %}{% endfor %}",
    "{% set x %}0123456789{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60,
    DOUBLING,
    DOUBLING + DOUBLING.replace("x", "y") + "{{ x == y }}",
    DOUBLING + "{{ x | tojson }}",
    "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}" + "x" * 9999 + "{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{{ '" + "x" * 9999 + "' }}{% endfor %}",
    "{% for a in range(10001) %}{% endfor %}",
    "{{ range(0, 99999999999, 1) | list }}",
    "{% for a in [1, 1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(90) }}",
    "{% macro f() %}{{ caller() }}{% endmacro %}" + "{% call f() %}" * 200 + "{% endcall %}" * 200,
    "{% macro f(n) %}" + "x" * 60_000 + "{% endmacro %}{% for i in range(9999) %}{% set y = f(1) %}{% endfor %}",
    "{% for i in range(10000) %}{% include 'child.j2' %}{% endfor %}" * 40,
    "{% set big = range(9999) | list %}{% for i in range(9999) %}{% if big == [i] + big %}{% endif %}{% endfor %}",
    "{% set big = range(9999) | list %}{% for i in range(9999) %}{% set y = big[1:] %}{% endfor %}",
    "{% set big = range(9999) | list %}{{ big | select('in', big) | list }}",
    "{% set big = range(9999) | list %}{% for i in range(9999) %}{{ dict(a=big).x | default('') }}{% endfor %}",
    "{% set a = range(9999) | list %}{% set b = a + [] %}{% for i in a %}{% if a == b %}{% endif %}{% endfor %}",
    "{% set a = 'x' * 400000 %}{% set b = a[1:] ~ 'y' %}{% for i in range(9999) %}{{ a == b }}{% endfor %}",
    "{{ 1.5 | round(99999999, 'ceil') }}",
    "{{ 5 | round(-99999999) }}",
    "{{ '" + "a" * 5000 + "' | replace('a', '" + "b" * 5000 + "') }}",
    "{{ range(9999) | join('" + "b" * 5000 + "') }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "[" * 300 + "1" + "]" * 300 + " }}",
    "{% if " + "not " * 3000 + "true %}{% endif %}",
    "{{ 1" + " + 1" * 5000 + " }}",
    "{{ vars" + ".x" * 5000 + " }}",
    "{{ 'x'" + " | upper" * 3000 + " }}",
    "{% for x in [1] %}" * 30 + "{% endfor %}" * 30,
    "{% if true %}" * 500 + "{% endif %}" * 500,
    "{{ " + "9" * 5000 + " }}",
    "x" * ((1 << 20) + 1) + "{{",
    "{{ row.id }}" * 10_001,
]


@pytest.mark.parametrize("text", ESCAPES)
def test_no_template_gets_out_of_the_sandbox(text):
    found = failure(text)
    assert found.rule.startswith(("template-", "placeholder-logic")), found


@pytest.mark.parametrize("text", EXPLOSIONS, ids=lambda text: text[:60])
def test_a_template_that_explodes_ends_in_a_diagnostic_soon(text):
    started = time.process_time()
    found = failure(text)
    assert found.rule.startswith("template-"), found
    assert len(found.message) < 400
    assert time.process_time() - started < 3


def test_a_filter_block_pays_for_what_it_writes():
    text = "{% filter upper %}" + "{% for i in range(9999) %}" + "x" * 999 + "{% endfor %}{% endfilter %}"
    assert failure(text).rule == "template-limit"


def test_files_that_include_each_other_in_a_tree_are_bounded():
    files = {f"{n}.j2": f"{{% include '{n + 1}.j2' %}}" * 2 for n in range(40)} | {"40.j2": "leaf"}
    template, found = compile_text(scalar("{% include '0.j2' %}"), AVAILABLE["row"], loader(files))
    assert template is None
    assert {diagnostic.rule for diagnostic in found} == {"template-limit"}


def test_text_of_files_that_are_brought_in_again_and_again_is_counted():
    files = {"big.j2": "x" * 9999 + "{% block b %}{% endblock %}"}
    text = "{% set y %}{% for i in range(9999) %}{% include 'big.j2' %}{% endfor %}{% endset %}"
    template, _ = compile_text(scalar(text), AVAILABLE["row"], loader(files))
    assert _failed(template).rule == "template-limit"


def test_files_of_much_text_are_bounded():
    files = {"big.j2": "x" * 1_000_000}
    template, found = compile_text(scalar("{% include 'big.j2' %}" * 9), AVAILABLE["row"], loader(files))
    assert template is None
    assert "4 MiB" in found[0].message


def test_a_result_of_more_than_a_mebibyte_is_refused():
    found = failure("{% for i in range(1100) %}" + "x" * 999 + "{% endfor %}")
    assert found.rule == "template-limit"
    assert "1 MiB" in found.message


def test_a_failed_template_fails_again_in_the_same_way():
    template, _ = compile_text(scalar("{% for x in [1] %}" * 30 + "{% endfor %}" * 30), AVAILABLE["row"], loader())
    first, second = (_failed(template) for _ in range(2))
    assert first.rule == second.rule == "template-limit"


def test_the_allowance_is_for_one_render_only():
    text = "{% for i in range(9000) %}{{ vars.company }}" + "{% endfor %}"
    template, _ = compile_text(scalar(text), AVAILABLE["row"], loader())
    from tests.prompts.workspace import scopes

    assert {len(template.render(scopes())) for _ in range(30)} == {36_000}


def test_messages_quote_no_data():
    found = failure("{{ row.first_name | float + 1 }}")
    assert "Ann" not in found.message
    assert "Ann" not in str(found.help)


def test_data_is_never_changed():
    from tests.prompts.workspace import VARS

    before = str(VARS)
    rendered("{% for x in vars.items | sort %}{% endfor %}{{ vars.items | sort | first }}{% set y = vars.list + [1] %}")
    assert str(VARS) == before


def _failed(template):
    from bland_deploy.prompts.render import RenderFailed

    with pytest.raises(RenderFailed) as failed:
        template.render({"vars": {}, "row": {}})
    return failed.value.diagnostic
