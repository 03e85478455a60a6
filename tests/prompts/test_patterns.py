"""Texts whose tags are taken in once for many texts, and that are what each would be if it was taken in as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.documents.nodes import Scalar
from bland_deploy.prompts.analysis import Analysis
from bland_deploy.prompts.bounds import to_json, to_text_or_omit
from bland_deploy.prompts.compile import compile_text, compile_value, take_in
from bland_deploy.prompts.patterns import fit, names_of
from tests.prompts.test_shared import KNOWN, NODES, at, said
from tests.prompts.workspace import AVAILABLE, loader, scopes

TAGS = [
    *(
        "{{ row.first_name }}",
        "{{row.id|upper}}",
        "{{ vars.company }}",
        "{{name}}",
        "{{ first name }}",
        "{{ row.nope }}",
    ),
    *(
        "{{ row['id'] | default('it''s') }}",
        "{{ \"'}}'\" }}",
        "{{ 'a }}",
        "{{ 1 / 0 }}",
        "{{ row.id | int + 'a' }}",
        "{{",
    ),
    *(
        "{% if row.id %}",
        "{% if row.number > 3 %}",
        "{% elif vars.company %}",
        "{% else %}",
        "{% endif %}",
        "{%- endif -%}",
    ),
    *(
        "{% if row.id == 'x' %}{{ vars.company }}{% else %}{{ row.id }}{% endif %}",
        "{% set x = 1 %}",
        "{{ x }}",
        "{#-",
        "#}",
    ),
    *(
        "{% raw %}",
        "{% endraw %}",
        "{% for c in 'ab' %}{{ c }}{% endfor %}",
        "{{- row.id }}",
        "{{ vars.company\n}}",
        "{{}}",
    ),
    *(
        "{% include 'missing.j2' %}",
        "{{ (row.id) }}",
        "{{ (row.id }}",
        "{% if row.id",
        "{{ omit }}",
        "{{ row }}",
        "}}",
        "%}",
    ),
]
AROUND = st.sampled_from(["", "", " ", "\n", "\n\n  ", "text", "it's", "é\r\n", "a\nb", "{", "}", "%", "\t}", '"'])
TEXTS = st.lists(st.tuples(AROUND, st.sampled_from(TAGS)), min_size=1, max_size=6)
PLAIN = "Wave {0}.\n{{{{name}}}} of {{{{ vars.company }}}}{0}{{% if row.id %}}\n{0}{{{{ row.id }}}}{{% endif %}}\n{0}"


@given(TEXTS, st.lists(st.lists(AROUND, min_size=7, max_size=7), min_size=2, max_size=3), NODES, st.sampled_from(KNOWN))
def test_a_text_is_what_it_is_by_itself(pieces, others, node, known):
    tags = [tag for _, tag in pieces]
    alike = ["".join(a + tag for a, tag in zip(around, tags, strict=False)) + around[-1] for around in others]
    for text in ["".join(a + tag for a, tag in pieces), *alike]:
        there = at(node, text)
        plain = take_in(there, text, Analysis(loader(), AVAILABLE["row"]), known, to_text_or_omit)
        if "{" in text:
            assert said(compile_text(there, AVAILABLE["row"], loader(), known)) == said(plain)


@given(st.lists(AROUND.filter(lambda around: around != "{"), min_size=2, max_size=4), NODES)
def test_plain_texts_have_a_pattern(fillings, node):
    for filling in fillings:
        text = PLAIN.format(filling)
        fitted = fit(at(node, text), text, (AVAILABLE["row"], names_of({})), no_way)
        assert fitted is not None
        plain, _ = take_in(at(node, text), text, Analysis(loader(), AVAILABLE["row"]), {}, to_text_or_omit)
        assert fitted.render(scopes()) == plain.render(scopes())
        assert fitted[1:] == (plain.text, plain.roots, plain.columns, plain.placeholders, plain.whole)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{{ omit }}",
            "{{ row.number }}",
            " {{ omit }}",
            "{% if omit %}{% endif %}",
            "{{ row.id -}} \n x",
            "{{name-}} x",
        ),
        *(
            "{% set x = 1 %}{{ x }}",
            "{{ thing.name }} a",
            "{# {{ a }} #}",
            "{{ 'a }} {{ b' }}",
            "{{ row.id }} {{ 1 / 0 }}",
        ),
        *(
            "{% raw %}{{ row.id }}{% endraw %}",
            "{{ row }}\n{{ row.nope }}",
            "{% if row.id %}{{name}}",
            "{{{{ row.id }}}}",
        ),
    ],
)
def test_what_is_not_plain_is_taken_in_as_it_is(text):
    node = Scalar(text, text, "a.md", 1, 1, "file")
    for _ in range(2):
        plain = take_in(node, text, Analysis(loader(), AVAILABLE["row"]), {}, to_text_or_omit)
        assert said(compile_text(node, AVAILABLE["row"], loader())) == said(plain)
        value, found = compile_value(node, AVAILABLE["row"], loader())
        plain = take_in(node, text, Analysis(loader(), AVAILABLE["row"]), {}, to_json)
        assert found == plain[1]
        assert value is None or said((value.templates[0][1], found)) == said(plain)


def no_way():
    raise AssertionError("the text was taken in as it is")
