"""The formats of lint for machines, as the command writes them, and from what on it fails."""

import json
from xml.etree import ElementTree as ET

import pytest

PROMT = {"prompt": None, "promt": "Hello."}
DOUBT = {"call": {"voice_id": 0}}


def test_the_files_of_annotations_and_sarif_are_those_of_the_repository(workspace):
    (workspace.root.parent / ".git").mkdir()
    workspace.hello(**PROMT)
    github = workspace.run("lint", "--format", "github")
    assert github.code == 3
    assert github.out.startswith("::error file=w/campaigns/hello.yaml,line=")
    sarif = workspace.run("lint", "--format", "sarif").json
    (location,) = sarif["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "w/campaigns/hello.yaml"
    assert workspace.lint().json["diagnostics"][0]["file"] == "campaigns/hello.yaml"


def test_a_repository_or_none_at_the_workspace_leaves_the_files_as_they_are(workspace):
    workspace.hello(**PROMT)
    assert "file=campaigns/hello.yaml" in workspace.run("lint", "--format", "github").out
    (workspace.root / ".git").write_text("gitdir: elsewhere\n")
    assert "file=campaigns/hello.yaml" in workspace.run("lint", "--format", "github").out


def test_junit_has_a_suite_for_each_file_that_was_looked_at(workspace):
    workspace.hello("other", **DOUBT)
    root = ET.fromstring(workspace.run("lint", "--format", "junit").out)
    assert [suite.get("name") for suite in root] == [
        "bland-deploy.yaml",
        "campaigns/hello.yaml",
        "campaigns/other.yaml",
    ]


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 3)])
def test_the_fail_level_says_whether_warnings_fail(workspace, level, code):
    workspace.hello(**DOUBT)
    assert workspace.lint("--fail-level", level).code == code
    assert workspace.lint(BLAND_DEPLOY_FAIL_LEVEL=level).code == code
    assert ("<failure" in workspace.run("lint", "--format", "junit", "--fail-level", level).out) is (code == 3)


def test_errors_fail_at_any_level(workspace):
    workspace.hello(**PROMT)
    assert workspace.lint("--fail-level", "warning").code == 3


def test_the_document_can_go_to_a_file(workspace):
    workspace.hello(**DOUBT)
    file = workspace.root / "lint.json"
    done = workspace.lint("--output-file", file)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"1 warning: see {file}\n"
    assert json.loads(file.read_text())["summary"] == {"errors": 0, "warnings": 1}
    assert workspace.run("-q", "lint", "--output-file", file).everything == ""


def test_a_file_that_cannot_be_written_is_a_failure_in_words(workspace):
    done = workspace.run("lint", "--output-file", workspace.root / "no" / "lint.txt")
    assert done.code == 3
    assert "cannot be written: no such file or directory" in done.err
