"""Comments that make lint ignore a finding, as users write them into their files."""

import pytest
from jsonschema import Draft7Validator

from bland_deploy.operations.schemas import make_schema

HEAD = """\
version: 1
campaign: hello
placeholders: [Date and Time]
recipients: {inline: [{phone_number: "+14155550100", name: Ada}]}
"""
ODD = "call:\n  temperature: warm"
WHY = "# bland-deploy: ignore[odd-type] as they told us"


def lint(workspace, text, *arguments):
    workspace.write("campaigns/hello.yaml", HEAD + text)
    return workspace.lint(*arguments)


@pytest.mark.parametrize(
    "text",
    [
        f"prompt: Hello.\n{ODD}  {WHY}",
        f"prompt: Hello.\ncall:\n  {WHY}\n  temperature: warm",
        "prompt: Hello.\ncall:\n  # bland-deploy: ignore[unknown-field, odd-type] both\n  temperature: warm\n",
        f"prompt: Hello.\ncall:\n  {WHY}\n\n  # another\n  temperature: warm",
    ],
    ids=["behind", "above", "several rules", "above other comments"],
)
def test_a_finding_is_ignored_by_a_comment_with_a_reason(workspace, text):
    done = lint(workspace, text)
    assert done.code == 0
    assert "odd-type" not in done.rules
    (ignored,) = done.json["ignored"]
    assert (ignored["rule"], ignored["severity"]) == ("odd-type", "warning")
    assert ignored["reason"] in {"as they told us", "both"}


def test_the_document_fits_its_schema(workspace):
    schema = make_schema("lint")
    document = lint(workspace, f"prompt: Hello.\n{ODD}  {WHY}").json
    assert list(Draft7Validator(schema).iter_errors(document)) == []
    assert set(document) == set(schema["properties"])
    assert set(document["ignored"][0]) == set(schema["definitions"]["IgnoredFound"]["properties"])


def test_what_is_ignored_is_counted(workspace):
    lint(workspace, f"prompt: Hello.\n{ODD}  {WHY}")
    assert workspace.run("lint").out == "no problems, 1 ignored\n"
    assert workspace.run("lint", "--fail-level", "warning").code == 0
    assert workspace.run("lint", "--format", "github").out == "no problems, 1 ignored\n"
    assert "(ignored: as they told us)" in workspace.run("lint", "--format", "junit", "--fail-level", "warning").out
    (result,) = workspace.run("lint", "--format", "sarif").json["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "as they told us"}]


def test_without_comments_the_document_is_as_ever(workspace):
    assert sorted(lint(workspace, f"prompt: Hello.\n{ODD}").json) == ["diagnostics", "format_version", "summary"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_in_a_prompt_the_comment_is_the_templates_and_nothing_of_it_is_sent(workspace, line_end):
    comment = "{#- bland-deploy: ignore[placeholder-space] theirs #}"
    lines = ["Hello.", comment, "It is {{Date and Time}}.", ""]
    workspace.write("p.md", line_end.join(lines).encode())
    done = lint(workspace, "prompt: {file: p.md}")
    assert [item["rule"] for item in done.json.get("ignored", [])] == ["placeholder-space"], done.everything
    (body,) = workspace.render()
    assert body["global"]["task"] == line_end.join([lines[0], *lines[2:]])


def test_in_a_prompt_within_the_campaign_too(workspace):
    text = "prompt: |\n  {# bland-deploy: ignore[placeholder-space] theirs -#}\n  It is {{Date and Time}}.\n"
    assert [item["rule"] for item in lint(workspace, text).json["ignored"]] == ["placeholder-space"]
    (body,) = workspace.render()
    assert body["global"]["task"] == "It is {{Date and Time}}.\n"


def test_what_looks_like_a_comment_within_a_text_is_text(workspace):
    done = lint(workspace, f"prompt: |\n  Say {WHY}\n  and {{{{Date and Time}}}}.\n")
    assert done.rules == ["placeholder-space"]
    (body,) = workspace.render()
    assert WHY in body["global"]["task"]


@pytest.mark.parametrize(
    ("comment", "rule", "words"),
    [
        ("# bland-deploy: ignore odd", "ignore-without-rule", "does not say what"),
        ("# bland-deploy: ignore[] odd", "ignore-without-rule", "does not say what"),
        ("# bland-deploy: ignore[odd-type]", "ignore-without-reason", "does not say why"),
        ("# bland-deploy: ignore[od-type] why", "ignore-unknown-rule", "did you mean `odd-type`?"),
        ("# bland-deploy: ignore[zzzzzzzz] why", "ignore-unknown-rule", "`bland-deploy rules` lists"),
        ("# bland-deploy: ignore[unknown-key] why", "ignore-refused", "no comment can ignore `unknown-key`"),
        ("# bland-deploy: ignore[suppression-too-old] why", "ignore-refused", "no comment can ignore"),
    ],
)
def test_a_comment_that_is_not_right_is_an_error_and_ignores_nothing(workspace, comment, rule, words):
    done = lint(workspace, f"prompt: Hello.\n{ODD}  {comment}")
    assert done.code == 3
    found = done.only(rule)
    assert words in f"{found['message']} {found['help']}"
    assert (found["line"], found["column"]) == (7, 22)
    assert done.only("odd-type")["severity"] == "warning"


def test_a_comment_that_ignores_nothing_is_told(workspace):
    done = lint(workspace, f"prompt: Hello.\ncall:\n  temperature: 1  {WHY}")
    assert (done.code, done.rules) == (0, ["unused-ignore"])


def test_where_there_are_errors_it_is_not_told_yet(workspace):
    done = lint(workspace, f"promt: Hello.\ncall:\n  temperature: 1  {WHY}")
    assert "unused-ignore" not in done.rules


def test_a_file_that_others_share_is_judged_only_with_all_of_them(workspace):
    workspace.hello("other", prompt={"file": "p.md"})
    workspace.write("p.md", "Hello {# bland-deploy: ignore[placeholder-missing] for some #}{{name}}.")
    assert workspace.lint("other").rules == []
    assert workspace.lint().rules == ["unused-ignore"]


def test_an_error_is_never_ignored(workspace):
    text = "prompt: Hello.\n# bland-deploy: ignore[other-version-key] why\ncall: {base_prompt: x}"
    done = lint(workspace, text)
    assert done.only("other-version-key")["severity"] == "error"
    assert done.code == 3


def test_other_words_to_the_tool_are_left_alone(workspace):
    assert lint(workspace, "prompt: Hello.  # bland-deploy: allow-phone ours\n").rules == []


def test_plan_ignores_the_same(workspace):
    lint(workspace, f"prompt: Hello.\n{ODD}")
    assert workspace.plan().rules == ["odd-type"]
    lint(workspace, f"prompt: Hello.\n{ODD}  {WHY}")
    done = workspace.plan()
    assert (done.code, done.rules) == (0, [])


def test_plan_refuses_a_comment_that_is_not_right(workspace):
    lint(workspace, f"prompt: Hello.\n{ODD}  # bland-deploy: ignore[odd-type]")
    assert workspace.plan().code == 3


def test_the_workspace_file_has_comments_as_well(workspace):
    workspace.write(
        "bland-deploy.yaml",
        "version: 1\nenvironments: {sandbox: {provider: sandbox}}\ndefaults:\n  call:\n"
        "    temperature: warm  # bland-deploy: ignore[odd-type] as ever\n",
    )
    done = workspace.lint()
    assert (done.rules, len(done.json["ignored"])) == ([], 1)


def test_explain_says_how(workspace):
    assert "to ignore: # bland-deploy: ignore[odd-type] reason" in workspace.run("explain", "odd-type").out
    assert "to ignore" not in workspace.run("explain", "unknown-key").out
