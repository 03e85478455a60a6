"""Rows to calls: failures of single rows, and values that need care."""

import json

import pytest

from tests.cli.workspace import ADA, GRACE

ROWS = [{"phone_number": ADA, "n": "5"}, {"phone_number": GRACE, "n": "0"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"each": {"max_duration": "{{ 10 // (row.n | int) }}"}},
        {"recipients": {"inline": ROWS, "variables": {"x": "{{ 10 // (row.n | int) }}"}}},
        {"recipients": {"inline": ROWS, "where": "10 // (row.n | int) > 1"}},
    ],
    ids=["each", "variables", "where"],
)
def test_a_template_that_fails_for_one_row_says_for_which_and_stops_everything(workspace, changes):
    workspace.hello(**{"prompt": "Hi.", "recipients": {"inline": ROWS}} | changes)
    lines = (workspace.root / "campaigns/hello.yaml").read_text().splitlines()
    row = next(number for number, text in enumerate(lines) if f'"{GRACE}"' in text)  # the line before: its brace
    for done in (workspace.lint(), workspace.plan(), workspace.apply()):
        assert done.code == 3
        (found,) = [found for found in done.json["diagnostics"] if found["severity"] == "error"]
        assert f"hello.yaml:{row})" in found["message"]
        assert "10 // " in lines[found["line"] - 1]
    assert workspace.rung() == []


def test_integers_of_a_json_list_are_exact_at_any_size(workspace):
    workspace.write("people.jsonl", f'{{"phone_number": "{ADA}", "id": 123456789012345678901234567890}}\n')
    workspace.hello(prompt="Hi.", recipients={"file": "people.jsonl"})
    assert '"id": 123456789012345678901234567890' in workspace.run("render", "hello").out
    assert workspace.apply().code == 0


def test_a_name_that_only_later_rows_lack_is_told_once_with_the_first_rows(workspace):
    rows = [{"phone_number": f"+141555501{n:02}", **({"x": "1"} if n < 3 else {})} for n in range(20)]
    workspace.write("people.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    (found,) = workspace.hello(prompt="{{x}}", recipients={"file": "people.jsonl"}).lint().json["diagnostics"]
    assert found["severity"] == "warning"
    assert "17" in found["message"]
    assert "4, 5, 6" in found["message"]


def test_a_doubt_about_many_rows_is_told_once(workspace):
    rows = [{"phone_number": f"+141555501{n:02}", "t": "7"} for n in range(20)]
    workspace.hello(prompt="Hi.", recipients={"inline": rows}, each={"temperature": "{{ row.t | int }}"})
    (found,) = workspace.lint().json["diagnostics"]
    assert "20 rows" in found["message"]


def test_the_preview_shows_texts_that_nest_and_texts_of_one_person_only(workspace):
    row = {
        "phone_number": ADA,
        "name": "Ada",
        "call": {"voicemail": {"action": "leave_message", "message": "M {{name}}"}},
    }
    workspace.hello(
        recipients={"inline": [row, {"phone_number": GRACE, "name": "Grace"}]},
        call={"voicemail": {"message": "All {{name}}"}, "request_data": {"shop": "x"}},
    )

    def texts(number):
        return workspace.run("render", "hello", "--recipient", number, "--format", "json").json["texts"]

    assert texts("1")["voicemail"] == {"action": "leave_message", "message": "M Ada"}
    assert texts("2")["voicemail"] == {"message": "All Grace"}


def test_the_preview_of_v1_fills_from_the_row(workspace):
    workspace.hello(api="v1", call={"first_sentence": "Hi {{name}} {{unknown}}"}, placeholders=["unknown"])
    texts = workspace.run("render", "hello", "--recipient", "2", "--format", "json").json["texts"]
    assert texts["first_sentence"] == "Hi Grace {{unknown}}"
    assert texts["base_prompt"] == "Greet Grace."


def test_a_template_that_fails_at_the_pinned_run_alone_is_a_mistake_in_a_file(workspace):
    workspace.hello(prompt="{{ 1 // (run.date | format('%Y') | int - 2000) }}")
    done = workspace.plan()
    assert done.code == 3
    assert [found["rule"] for found in done.json["diagnostics"]] == ["template-value"]
