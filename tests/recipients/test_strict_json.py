import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.recipients.strict_json import JsonMistake, parse

texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


@given(value=values, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
@settings(deadline=None)
def test_what_was_written_is_read_with_its_types(value, indent, ascii_only):
    read = parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert read == value
    assert json.dumps(read) == json.dumps(value)


@given(text=st.text('{}[]:,"\\ux0159.eE+-truefalsn \n', max_size=20))
@settings(deadline=None)
def test_any_text_is_a_value_or_a_mistake(text):
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except ValueError:
        with pytest.raises(JsonMistake, match=r".+"):
            parse(text)
        return
    with suppress(JsonMistake):  # we are stricter
        assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', '{"a": 1, "\\u0061": 2}', '{"x": "\\":", "a": 1, "a" : 2}'],
)
def test_keys_given_twice_are_found_at_any_depth(text):
    with pytest.raises(JsonMistake, match='the key "a" is given twice'):
        parse(text)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "[-1e999]", '"\\udc00"', "", " "])
def test_what_json_cannot_say_is_a_mistake(text):
    with pytest.raises(JsonMistake):
        parse(text)


def test_integers_of_any_size_are_exact():
    assert parse('[9223372036854775808, -99999999999999999999, 5, "12345678901234567890"]') == [
        9223372036854775808,
        -99999999999999999999,
        5,
        "12345678901234567890",
    ]
