"""Lists of people: formats, cells, the order of work on a row, and who is left out for which reason."""

import json

import pytest

from tests.cli.workspace import ADA, ALAN, GRACE, LINUS

PEOPLE = f"phone_number,name\n{ADA},Ada\n{GRACE},Grace\n"


def calls(workspace):
    return [call for body in workspace.render() for call in body["call_objects"]]


def numbers(workspace):
    return [call["phone_number"] for call in calls(workspace)]


def variables(workspace):
    return [call.get("request_data") for call in calls(workspace)]


# ---------------------------------------------------------------------- formats

FORMATS = {
    "csv": ("people.csv", PEOPLE.encode()),
    "csv with a mark, CRLF and no last line break": (
        "people.csv",
        b"\xef\xbb\xbf" + PEOPLE.rstrip("\n").replace("\n", "\r\n").encode(),
    ),
    "quoted csv": ("people.csv", f'"phone_number","name"\n"{ADA}","Ada"\n"{GRACE}","Grace"\n'.encode()),
    "tsv": ("people.tsv", PEOPLE.replace(",", "\t").encode()),
    "jsonl": (
        "people.jsonl",
        f'{{"phone_number":"{ADA}","name":"Ada"}}\n{{"phone_number":"{GRACE}","name":"Grace"}}\n'.encode(),
    ),
    "json": (
        "people.json",
        json.dumps([{"phone_number": ADA, "name": "Ada"}, {"phone_number": GRACE, "name": "Grace"}]).encode(),
    ),
}


@pytest.mark.parametrize(("name", "content"), FORMATS.values(), ids=FORMATS)
def test_a_list_may_be_csv_tsv_jsonl_or_json(workspace, name, content):
    workspace.listed(content, name)
    assert [(call["phone_number"], call["request_data"]) for call in calls(workspace)] == [
        (ADA, {"name": "Ada"}),
        (GRACE, {"name": "Grace"}),
    ]


def test_a_csv_may_have_another_delimiter(workspace):
    workspace.listed(PEOPLE.replace(",", ";"), delimiter=";")
    assert variables(workspace) == [{"name": "Ada"}, {"name": "Grace"}]


def test_cells_are_strings_always(workspace):
    workspace.listed(f'phone_number,a,b,c,d,e\n{ADA},007,1.50,TRUE,501," x, ""y"" "\n')
    assert variables(workspace) == [{"a": "007", "b": "1.50", "c": "TRUE", "d": "501", "e": ' x, "y" '}]


def test_a_cell_may_hold_line_breaks(workspace):
    workspace.listed(f'phone_number,a\n{ADA},"one\ntwo"\n')
    assert variables(workspace) == [{"a": "one\ntwo"}]


def test_headers_are_kept_verbatim(workspace):
    workspace.listed(f"phone_number,First Name,AMOUNT Due\n{ADA},Ada,5\n")
    assert variables(workspace) == [{"First Name": "Ada", "AMOUNT Due": "5"}]


def test_json_types_survive_and_null_is_not_an_empty_cell(workspace):
    rows = [{"phone_number": ADA, "n": 5, "f": 1.5, "t": True, "z": None, "l": [1], "o": {"a": "1"}, "e": ""}]
    workspace.listed(json.dumps(rows), "people.json", defaults={"z": "default", "e": "default"})
    assert variables(workspace) == [{"n": 5, "f": 1.5, "t": True, "z": None, "l": [1], "o": {"a": "1"}, "e": "default"}]


def test_data_is_never_a_template(workspace):
    row = {"phone_number": ADA, "a": "{{ vars.x }} {% raw %}", "call": {"metadata": {"a": "{{ row.a }}"}}}
    workspace.people(row).hello(prompt="Hi.", recipients={"inline": [row]}, stamp="none")
    (call,) = calls(workspace)
    assert call["request_data"] == {"a": "{{ vars.x }} {% raw %}"}
    assert call["metadata"] == {"a": "{{ row.a }}"}


@pytest.mark.parametrize("name", ["people.json", "people.jsonl"])
def test_a_row_of_a_json_list_may_carry_its_own_call(workspace, name):
    row = json.dumps({"phone_number": ADA, "call": {"voice": "Nat", "odd": None}})
    workspace.listed(f"[{row}]" if name.endswith("json") else row, name)
    (call,) = calls(workspace)
    assert call == {"phone_number": ADA, "voice": "Nat", "odd": None}


# ---------------------------------------------------------------------- variables


def test_all_is_every_column_but_the_phone_column_and_call(workspace):
    workspace.listed(f"tel,name,call,note\n{ADA},Ada,x,y\n", phone="tel")
    assert variables(workspace) == [{"name": "Ada", "note": "y"}]


def test_a_list_may_name_columns_and_templates_and_the_phone_column(workspace):
    workspace.listed(PEOPLE, variables=["phone_number", {"hello": "Hi {{ row.name }}"}])
    assert variables(workspace)[0] == {"phone_number": ADA, "hello": "Hi Ada"}


def test_a_mapping_names_templates(workspace):
    workspace.listed(PEOPLE, variables={"hello": "Hi {{ row.name }}", "fixed": 5})
    assert variables(workspace)[1] == {"hello": "Hi Grace", "fixed": 5}


def test_no_variables_no_request_data(workspace):
    workspace.listed(PEOPLE, variables=[])
    assert calls(workspace)[0] == {"phone_number": ADA}


def test_a_json_row_that_lacks_a_key_lacks_the_variable(workspace):
    workspace.listed(json.dumps([{"phone_number": ADA, "a": 1}, {"phone_number": GRACE, "b": 2}]), "people.json")
    assert variables(workspace) == [{"a": 1}, {"b": 2}]


def test_variables_go_elsewhere_where_the_campaign_says_so(workspace):
    workspace.listed(PEOPLE, variables_under="metadata").hello(
        prompt="Greet.", recipients={"file": "people.csv", "variables_under": "metadata"}, stamp="none"
    )
    assert calls(workspace)[0] == {"phone_number": ADA, "metadata": {"name": "Ada"}}


def test_variables_of_v1_are_flat_unless_put_under_a_key(workspace):
    workspace.hello(api="v1", stamp="none")
    assert workspace.render()[0]["call_data"][0] == {"phone_number": ADA, "name": "Ada"}
    workspace.listed(PEOPLE).hello(
        api="v1", recipients={"file": "people.csv", "variables_under": "request_data"}, stamp="none"
    )
    assert workspace.render()[0]["call_data"][0] == {"phone_number": ADA, "request_data": {"name": "Ada"}}


@pytest.mark.parametrize(
    ("empty", "expected"),
    [("keep", {"name": "", "note": "x"}), ("drop", {"note": "x"}), ("error", None)],
)
def test_an_empty_cell_is_kept_dropped_or_an_error(workspace, empty, expected):
    workspace.listed(f"phone_number,name,note\n{ADA},,x\n", empty=empty)
    if expected is None:
        done = workspace.plan()
        assert done.code == 3
        assert (done.json["diagnostics"][0]["file"], done.json["diagnostics"][0]["line"]) == ("people.csv", 2)
    else:
        assert variables(workspace) == [expected]


def test_defaults_fill_empty_cells(workspace):
    workspace.listed(f"phone_number,service\n{ADA},\n{GRACE},gas\n", defaults={"service": "your plan"})
    assert variables(workspace) == [{"service": "your plan"}, {"service": "gas"}]


# ---------------------------------------------------------------------- numbers


def test_numbers_without_plus_are_of_the_default_country(workspace):
    workspace.listed("phone_number\n(415) 555-0100\n+1 514 555 0120\n", default_country="US")
    assert numbers(workspace) == ["+14155550100", "+15145550120"]


def test_raw_numbers_are_sent_as_written_and_known_again_by_their_normal_form(workspace):
    workspace.listed("phone_number\n(415) 555-0100\n", default_country="US", number_format="raw")
    assert numbers(workspace) == ["(415) 555-0100"]
    workspace.apply()
    workspace.listed(f"phone_number\n{ADA}\n")
    assert workspace.counts() == {"sent": 1}


@pytest.mark.parametrize("number", ["+1415555", "12345", "no number"])
def test_an_invalid_number_is_an_error_with_its_line_unless_skipped_or_sent(workspace, number):
    text = f"phone_number\n{ADA}\n{number}\n"
    done = workspace.listed(text).plan()
    assert done.code == 3
    assert done.json["diagnostics"][0]["file"] == "people.csv"
    assert done.json["diagnostics"][0]["line"] == 3
    workspace.listed(text, invalid_numbers="skip")
    assert workspace.counts() == {"create": 1, "invalid": 1}
    assert numbers(workspace) == [ADA]


def test_invalid_numbers_may_be_sent_as_written(workspace):
    workspace.listed("phone_number\n1234567890\n32176540987\n", invalid_numbers="send")
    assert numbers(workspace) == ["1234567890", "32176540987"]
    assert workspace.counts() == {"create": 2}
    workspace.apply()
    assert workspace.counts() == {"sent": 2}


@pytest.mark.parametrize("policy", ["error", "skip", "send"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_number_is_always_an_error(workspace, policy, blank):
    done = workspace.listed(f"phone_number,name\n{ADA},x\n{blank},y\n", invalid_numbers=policy).plan()
    assert done.code == 3
    assert done.json["diagnostics"][0]["line"] == 3


def test_no_message_quotes_a_number_or_a_cell(workspace):
    text = f"phone_number,name\n{ADA},Canary\n4155550,Canary\n{ADA},Canary\n,Canary\n"
    for command in ("lint", "plan", "apply", "render"):
        done = workspace.listed(text).run(command, "hello")
        assert done.code == 3
        assert "Canary" not in done.everything
        assert "5550100" not in done.everything
        assert "4155550" not in done.everything


# ---------------------------------------------------------------------- duplicates


TWICE = f"phone_number,n\n{ADA},1\n{GRACE},2\n+1 (415) 555-0100,3\n"


def test_the_same_person_twice_is_an_error_that_names_both_lines(workspace):
    done = workspace.listed(TWICE).plan()
    assert done.code == 3
    (found,) = done.json["diagnostics"]
    assert found["line"] == 4
    assert "line 2" in found["message"]
    assert "+1415•••0100" in found["message"]


@pytest.mark.parametrize(("policy", "kept"), [("first", ["1", "2"]), ("last", ["2", "3"])])
def test_duplicates_first_and_last_keep_one(workspace, policy, kept):
    workspace.listed(TWICE, duplicates=policy)
    assert [call["request_data"]["n"] for call in calls(workspace)] == kept
    assert workspace.counts() == {"create": 2, "duplicate": 1}


# ---------------------------------------------------------------------- where, suppression, the order of work


def test_where_leaves_rows_out(workspace):
    workspace.listed(f"phone_number,status\n{ADA},active\n{GRACE},gone\n", where="row.status == 'active'")
    assert numbers(workspace) == [ADA]
    assert workspace.counts() == {"create": 1, "excluded": 1}


def test_where_comes_before_everything_so_rows_left_out_may_be_wrong(workspace):
    text = f"phone_number,go,x\n{ADA},yes,1\n,no,1\nnonsense,no,1\n{ADA},no,1\n"
    workspace.listed(text, where="row.go == 'yes'", empty="error")
    assert workspace.counts() == {"create": 1, "excluded": 3}


def test_where_sees_the_cells_before_defaults(workspace):
    workspace.listed(f"phone_number,go\n{ADA},\n{GRACE},yes\n", where="row.go == ''", defaults={"go": "yes"})
    assert variables(workspace) == [{"go": "yes"}]


def test_a_default_may_stand_in_for_a_blank_number_since_defaults_come_before_numbers(workspace):
    workspace.listed(f"phone_number,name\n,Ada\n{GRACE},Grace\n", defaults={"phone_number": ADA})
    assert numbers(workspace) == [ADA, GRACE]


def test_suppressed_people_are_left_out_and_duplicates_are_found_first(workspace):
    workspace.write("dnc.csv", f"phone\n+1 415 555 0101\n{ALAN}\n")
    suppression = [{"file": "dnc.csv", "phone": "phone"}]
    workspace.listed(f"phone_number\n{ADA}\n{GRACE}\n{GRACE}\n")
    recipients = {"file": "people.csv"}
    assert workspace.hello(prompt="Hi.", recipients=recipients, suppression=suppression).plan().code == 3
    workspace.hello(prompt="Hi.", recipients=recipients | {"duplicates": "first"}, suppression=suppression)
    assert workspace.counts() == {"create": 1, "duplicate": 1, "suppressed": 1}
    workspace.apply()
    assert workspace.rung() == [ADA]


def test_an_old_suppression_list_stops_plan_and_apply_but_not_render(workspace):
    workspace.write("dnc.csv", f"phone\n{GRACE}\n")
    suppression = [{"file": "dnc.csv", "phone": "phone", "max_age": "24h", "as_of": "2026-01-01"}]
    workspace.settings({"far": {"base_url": "https://bland.invalid", "api_key": {"env": "A_KEY"}}})
    workspace.hello(suppression=suppression)
    variables = {"A_KEY": "sk-x", "BLAND_DEPLOY_STATE_KEY": "ab" * 32}
    old = ("-e", "far", "--at", "2026-03-01T00:00:00Z")
    assert workspace.run("render", "hello", *old).code == 0
    assert workspace.plan("-e", "far", "--at", "2026-01-01T20:00:00Z").code == 0
    assert workspace.plan(*old, **variables).code == 6
    assert workspace.apply(*old, **variables).code == 6


def test_in_the_sandbox_a_gate_warns_only(workspace):
    workspace.write("dnc.csv", f"phone\n{GRACE}\n")
    workspace.hello(suppression=[{"file": "dnc.csv", "phone": "phone", "max_age": "24h", "as_of": "2026-01-01"}])
    done = workspace.apply()
    assert (done.code, [found["severity"] for found in done.json["diagnostics"]]) == (0, ["warning"])
    assert workspace.rung() == [ADA]


def test_a_missing_suppression_list_stops_everything(workspace):
    done = workspace.hello(suppression=[{"file": "lists/dnc.csv"}]).apply()
    assert done.code == 3
    assert workspace.rung() == []


def test_calls_are_in_the_order_of_the_file(workspace):
    workspace.listed("phone_number\n" + f"{LINUS}\n{ADA}\n{ALAN}\n{GRACE}" + "\n")
    assert numbers(workspace) == [LINUS, ADA, ALAN, GRACE]
    workspace.apply()
    assert workspace.rung() == [LINUS, ADA, ALAN, GRACE]


# ---------------------------------------------------------------------- lists that are not there


def test_an_absent_list_that_git_ignores_is_a_note_for_lint_and_an_error_for_plan_and_apply(workspace):
    import subprocess

    subprocess.run(["git", "init", "-q", workspace.root], check=True)
    workspace.write(".gitignore", "private/\n")
    workspace.hello(prompt="Hi.", recipients={"file": "private/people.csv"})
    linted = workspace.lint()
    assert linted.code == 0
    assert [found["severity"] for found in linted.json["diagnostics"]] == ["note"]
    for done in (workspace.plan(), workspace.apply()):
        assert done.code == 3
        assert any("private/people.csv" in found["message"] for found in done.json["diagnostics"])


def test_an_absent_list_that_belongs_into_the_repository_is_an_error_for_lint_too(workspace):
    assert workspace.hello(prompt="Hi.", recipients={"file": "people.csv"}).lint().code == 3


BROKEN = {
    "not UTF-8": ("people.csv", b"phone_number,name\n+14155550100,J\xf6rg\n"),
    "a quote that does not end": ("people.csv", b'phone_number,name\n+14155550100,"Ada\n'),
    "too many cells": ("people.csv", b"phone_number,name\n+14155550100,Ada,more\n"),
    "no such column": ("people.csv", b"telephone,name\n+14155550100,Ada\n"),
    "two columns of one name": ("people.csv", b"phone_number,a,a\n+14155550100,1,2\n"),
    "empty": ("people.csv", b""),
    "zeros": ("people.csv", bytes(100)),
    "no JSON": ("people.json", b"[{"),
    "no list": ("people.json", b'{"phone_number": "+14155550100"}'),
    "no object": ("people.jsonl", b'["+14155550100"]\n'),
    "a number that is no text": ("people.json", b'[{"phone_number": 14155550100}]'),
    "a spreadsheet": ("people.xlsx", b"PK\x03\x04"),
}


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN)
def test_an_unreadable_list_is_an_error_and_nothing_is_sent(workspace, name, content):
    workspace.listed(content, name)
    for command in (workspace.lint, workspace.plan, workspace.apply):
        done = command()
        assert done.code == 3
        assert done.json["diagnostics"]
        assert "Ada" not in done.everything
    assert workspace.rung() == []
