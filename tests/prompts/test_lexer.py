"""Our lexer against Jinja's own, and what it keeps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError

from bland_deploy.prompts.lexer import Cell, Short, lex
from bland_deploy.prompts.sources import Sources
from bland_deploy.prompts.tokens import lex_expression
from tests.prompts.workspace import rendered, scalar

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "{{",
                "}}",
                "{%",
                "%}",
                "{{-",
                "-}}",
                "{%-",
                "-%}",
                "{%+",
                "+%}",
                "{#",
                "#}",
                "{#-",
                "-#}",
                "{{ row.x }}",
            ),
            *(
                "{% raw %}",
                "{%- raw -%}",
                "{% endraw %}",
                "{%- endraw -%}",
                " ",
                "\n",
                "  \n ",
                "text",
                "name",
                "row.x",
            ),
            *("if", "row", ".", ".5", "1.5e3", "0x1F", "12", "'a}}b'", '"c%}d"', r"'\n\x41\''", r"'\d'", "'", "[", "]"),
            *("{", "}", "(", ")", "|", "~", "==", "**", "//", "-", "_", "é", "\\", "{{ a.b | c }}", "{% if x %}", "-1"),
        ]
    ),
    max_size=14,
).map("".join)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def ours(text):
    """Types and values of our tokens, with tags that hold no more than a name taken apart as Jinja does."""
    source = Sources().add(scalar(text), text)
    lexed = lex(source)
    found = []
    for token in lexed.tokens:
        if isinstance(token.value, Short):
            content = token.value.content
            start = content.position - source.base
            length = len(f"{content.scope}.{content.name}" if isinstance(content, Cell) else content.name)
            found += [(part.type, part.value) for part in lex_expression(source, start, start + length)]
        else:
            found.append((token.type, token.value))
    return found


def theirs(text):
    stream = Environment(keep_trailing_newline=True).lexer.tokenize(text)
    return [(token.type, token.value) for token in stream]


def plain(tokens):
    """Tokens without the signs in the text of delimiters, and with neighbouring data joined."""
    found = []
    for kind, value in tokens:
        if kind == "data" and found and found[-1][0] == "data":
            found[-1] = ("data", found[-1][1] + value)
        else:
            found.append((kind, "" if kind.endswith(("_begin", "_end")) else value))
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Jinja's lexer decodes '\d' with a codec that warns
@settings(max_examples=400)
@given(FRAGMENTS)
def test_tokens_are_those_of_jinja(text):
    try:
        expected = theirs(text)
    except TemplateSyntaxError:
        expected = None
    try:
        found = ours(text)
    except TemplateSyntaxError as problem:
        if "never closed" in str(problem):  # where the text ends, Jinja closes comments and raw by itself
            return
        found = None
    if found is None or expected is None:
        assert found is None, "Jinja refuses it"
        with pytest.raises(TemplateSyntaxError):  # what has no end, Jinja refuses only when parsing
            Environment().parse(text)
    else:
        assert plain(found) == plain(expected)


@given(TEXT.filter(lambda text: not any(mark in text for mark in ("{{", "{%", "{#"))))
def test_text_without_tags_is_kept_to_the_byte(text):
    assert rendered(text) == text
    assert rendered(f"{text}\r\n{{{{ vars.company }}}}") == f"{text}\r\nAcme" or text.endswith("{")


@given(TEXT, TEXT)
def test_text_in_raw_is_kept_to_the_byte(before, after):
    text = (before + after).replace("{%", "")
    assert rendered(f"{{% raw %}}{text} {{% endraw %}}") == f"{text} "


@given(st.text(st.characters(categories=["L", "Nd", "Mn", "Mc"], include_characters="_-"), min_size=1), TEXT)
def test_bare_names_survive_to_the_byte(name, spaces):
    spaces = "".join(char for char in spaces if char in " \n\r\t")
    tag = f"{{{{{spaces}{name}{spaces}}}}}"
    if name.strip("-") == name and not name.isnumeric() and any(char.isalpha() for char in name):
        from bland_deploy.prompts.lexer import CONSTANTS, _may_be_blands

        assert _may_be_blands(name) or name in CONSTANTS or name[0].isdigit() or not name[0].isalnum()
        if _may_be_blands(name):
            assert rendered(f"{tag}\r\n{{{{ vars.company }}}}{tag}") == f"{tag}\r\nAcme{tag}"


@given(FRAGMENTS)
def test_positions_point_at_what_the_tokens_say(text):
    source = Sources().add(scalar(text), text)
    try:
        lexed = lex(source)
    except TemplateSyntaxError as failed:
        problem = failed
    else:
        problem = None
    if problem:
        assert 0 <= problem.lineno - source.base <= len(text)
        return
    for token in lexed.tokens:
        at = token.lineno - source.base
        if token.type in ("data", "name"):
            assert text.startswith(token.value, at)


def test_many_tags_are_a_limit_and_not_a_long_wait():
    source = Sources().add(scalar(""), "{{ row.x }}" * 20_000)
    with pytest.raises(TemplateSyntaxError, match="more than"):
        lex(source)


def test_a_name_of_many_spaces_is_read_in_a_moment():
    text = "{{ a" + " " * 500_000
    with pytest.raises(TemplateSyntaxError, match="never closed"):
        lex(Sources().add(scalar(text), text))
