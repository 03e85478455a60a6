"""Dotted names are ours and rendered when deploying; bare names are left for Bland."""

import pytest

from tests.cli.workspace import ADA, GRACE


def task(workspace, prompt, **changes):
    return workspace.body(prompt=prompt, **changes)["global"]["task"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("{{name}} of {{ vars.company }}", "{{name}} of Acme"),
        ("{{ name }}", "{{ name }}"),
        ("{% for item in vars['list'] %}{{ item }},{% endfor %}", "1,2,"),
        ("{% set x = 5 %}{{ x }}{{name}}", "5{{name}}"),
        ("{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m('y') }}", "[y]"),
        ("{{ 1 + 1 }}", "2"),
        ("{% raw %}{{ vars.company }} {{name}}{% endraw %}", "{{ vars.company }} {{name}}"),
        ("{{phone_number}} {{now}} {{ CITY }}", "{{phone_number}} {{now}} {{ CITY }}"),
        ("{{NAME}}", "{{NAME}}"),
        ("{# note #}{{name}}", "{{name}}"),
        ("{name}", "{name}"),
        ("{{ vars.company }}\n", "Acme\n"),
    ],
)
def test_who_fills_what(workspace, prompt, expected):
    assert task(workspace, prompt, vars={"company": "Acme", "list": [1, 2]}) == expected


def test_a_prompt_may_include_and_import_files_of_the_workspace(workspace):
    workspace.write("parts/a.md", "A{{ vars.x }}{{name}}")
    assert task(workspace, "{% include 'parts/a.md' %}", vars={"x": 1}) == "A1{{name}}"


def test_a_dotted_name_at_no_scope_of_ours_is_blands_with_a_warning(workspace):
    done = workspace.hello(prompt="{{env.KEY}} {{name}}").lint()
    assert done.code == 0
    assert [found["severity"] for found in done.json["diagnostics"]] == ["warning"]
    assert workspace.render()[0]["global"]["task"] == "{{env.KEY}} {{name}}"


def test_a_bare_name_with_a_space_is_a_warning(workspace):
    people = {"inline": [{"phone_number": ADA, "Amount Due": "5"}]}
    done = workspace.hello(prompt="{{Amount Due}}", recipients=people).lint()
    assert done.code == 0
    assert [found["severity"] for found in done.json["diagnostics"]] == ["warning"]


@pytest.mark.parametrize(
    "prompt",
    ["{{ name | upper }}", "{% if name %}x{% endif %}", "{{ name is defined }}", "{{ name if name else 'x' }}"],
)
def test_logic_on_a_bare_name_is_an_error_that_says_what_to_do(workspace, prompt):
    done = workspace.hello(prompt=prompt).lint()
    assert done.code == 3
    found = done.json["diagnostics"][0]
    assert found["severity"] == "error"
    assert found["help"]
    assert found["line"]


def test_a_name_that_no_row_knows_is_an_error_with_a_suggestion_and_place(workspace):
    done = workspace.hello(prompt="Hi {{nmae}}.").lint()
    assert done.code == 3
    (found,) = done.json["diagnostics"]
    assert "nmae" in found["message"]
    assert "name" in found["help"]
    assert (found["file"], found["severity"]) == ("campaigns/hello.yaml", "error")
    assert found["line"]


def test_a_name_that_some_rows_lack_is_a_warning_with_the_rows(workspace):
    workspace.write("people.jsonl", f'{{"phone_number":"{ADA}","name":"x"}}\n{{"phone_number":"{GRACE}"}}\n')
    done = workspace.hello(recipients={"file": "people.jsonl"}).lint()
    assert done.code == 0
    (found,) = done.json["diagnostics"]
    assert found["severity"] == "warning"
    assert "2" in found["message"]


KNOWN = {
    "a recipient variable": {},
    "in other letters": {"prompt": "{{NaMe}}"},
    "a key of request_data for all": {"prompt": "{{other}}", "call": {"request_data": {"other": 1}}},
    "a key of request_data of each": {"prompt": "{{other}}", "each": {"request_data": {"other": 1}}},
    "a key of request_data of a row": {
        "prompt": "{{other}}",
        "recipients": {"inline": [{"phone_number": ADA, "call": {"request_data": {"other": 1}}}]},
    },
    "a name of response_data": {
        "prompt": "{{other}}",
        "call": {"dynamic_data": [{"url": "https://example.com", "response_data": [{"name": "other", "data": "$.x"}]}]},
    },
    "declared": {"prompt": "{{other}}", "placeholders": ["other"]},
    "built in": {"prompt": "{{phone_number}} {{timezone}} {{now_utc}} {{short_from}} {{call_id}}"},
}


@pytest.mark.parametrize("changes", KNOWN.values(), ids=KNOWN)
def test_names_are_known_from_where_the_contract_says(workspace, changes):
    done = workspace.hello(**changes).lint()
    assert (done.code, [found for found in done.json["diagnostics"] if found["severity"] == "error"]) == (0, [])


@pytest.mark.parametrize(
    "call",
    [
        {"first_sentence": "{{nobody}}"},
        {"voicemail": {"message": "{{nobody}}"}},
        {"tools": [{"body": {"x": "{{nobody}}"}}]},
        {"dynamic_data": [{"url": "https://example.com", "body": {"x": "{{nobody}}"}}]},
    ],
)
def test_names_are_looked_at_in_everything_that_bland_fills(workspace, call):
    assert workspace.hello(call=call).lint().code == 3


def test_elsewhere_a_bare_name_is_plain_text(workspace):
    done = workspace.hello(call={"metadata": {"x": "{{nobody}}"}}, description="{{nobody}}").lint()
    assert (done.code, done.json["diagnostics"]) == (0, [])


def test_names_in_a_rows_own_call_are_looked_at_too(workspace):
    row = {"phone_number": ADA, "name": "x", "call": {"first_sentence": "Hi {{nobody}}"}}
    assert workspace.hello(recipients={"inline": [row]}).lint().code == 3


def test_the_preview_of_one_call_fills_blands_placeholders(workspace):
    workspace.hello(prompt="Hi {{name}}, your number is {{phone_number}}.", each={"first_sentence": "I am {{name}}"})
    done = workspace.run("render", "hello", "--recipient", "2", "--format", "json", "--show-pii")
    assert done.json["texts"] == {
        "task": f"Hi Grace, your number is {GRACE}.",
        "first_sentence": "I am Grace",
    }
    text = workspace.run("render", "hello", "--recipient", "2")
    assert "Hi Grace, your number is +1415•••0101." in text.out


@pytest.mark.parametrize("number", ["0", "3", "-1", "x"])
def test_a_recipient_that_is_not_there_cannot_be_previewed(workspace, number):
    assert workspace.run("render", "hello", "--recipient", number).code == 3
