"""`ci comment` and `ci approved` in one process: what goes where, and what they refuse."""

import json

import pytest

from bland_deploy.ci.header import Header, without_header
from tests.ci.forges import READ_ONLY, github_variables
from tests.cli.workspace import Workspace

HEAD = "a" * 40


class Runner:
    """A job for pull request 7 whose steps run in this process."""

    def __init__(self, folder, books):
        self.folder, self.books = folder, books
        self.workspace = Workspace(folder / "w").hello()
        self.pull = books.pull(7, head=HEAD)
        head = {"sha": HEAD, "repo": {"full_name": "acme/calls"}}
        (folder / "event.json").write_text(json.dumps({"pull_request": {"number": 7, "head": head}}))
        self.variables = github_variables(
            books,
            GITHUB_SHA="f" * 40,
            GITHUB_EVENT_PATH=str(folder / "event.json"),
            GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
            GITHUB_OUTPUT=str(folder / "outputs"),
        )

    def run(self, *arguments, **variables):
        return self.workspace.run("ci", *arguments, **{**self.variables, **variables})

    def say(self, document):
        """Tell of an apply that printed this."""
        (self.folder / "applied.json").write_text(document if isinstance(document, str) else json.dumps(document))
        return self.run("comment", "--applied", self.folder / "applied.json")

    @property
    def comments(self):
        return [without_header(note.body) for note in self.pull.notes]

    @property
    def summary(self):
        return (self.folder / "summary.md").read_text()

    @property
    def outputs(self):
        found, lines = {}, iter((self.folder / "outputs").read_text().splitlines())
        for line in lines:
            name, _, delimiter = line.partition("<<")
            found[name] = "\n".join(iter(lines.__next__, delimiter))
        return found


@pytest.fixture
def runner(tmp_path, github):
    return Runner(tmp_path, github)


def test_a_plan_goes_to_comment_summary_outputs_and_log(runner):
    done = runner.run("comment")
    assert done.code == 0, done.everything
    (comment,) = runner.comments
    assert runner.summary.strip() == comment.strip()
    assert "https://github.example/acme/calls/actions/runs/1" in comment
    digest = Header.parse(runner.pull.notes[0].body).digest
    assert f"Digest: {digest}" in done.out
    outputs = runner.outputs
    assert outputs.pop("summary").startswith("Plan: 1 to launch (2 calls)")
    assert outputs.pop("cost_estimate") > "0"
    assert outputs == {
        "changes": "true", "exit_code": "0", "to_launch": "1", "calls": "2", "batches": "1", "blocked": "0",
        "unknown": "0", "digest": digest,
    }  # fmt: skip


def test_what_a_plan_warns_of_becomes_annotations_and_parts_of_the_check(runner):
    runner.workspace.hello(call={"voicee": "June"})
    done = runner.run("comment", "--check-run")
    assert "::warning file=campaigns/hello.yaml,line=" in done.out
    (check,) = runner.books.checks
    assert (check["name"], check["conclusion"]) == ("bland-deploy plan (sandbox)", "success")
    assert check["head_sha"] == HEAD, "the commit that was pushed, not the trial merge"
    (annotation,) = check["output"]["annotations"]
    assert annotation["path"] == "campaigns/hello.yaml"
    assert annotation["annotation_level"] == "warning"


def test_a_plan_above_a_limit_is_shown_as_blocked(runner, tmp_path):
    production = {"base_url": "https://example.com", "limits": {"max_calls_per_apply": 1}}
    runner.workspace.settings({"production": production})
    done = runner.run("comment", "--check-run", "-e", "production")
    assert done.code == 6
    assert runner.outputs["exit_code"] == "6"
    assert runner.outputs["blocked"] == "1"
    assert runner.books.checks[0]["conclusion"] == "failure"


def test_many_findings_are_cut_to_what_github_takes_and_the_rest_is_counted(runner):
    runner.workspace.hello(call={f"voice{number}": "June" for number in range(60)})
    assert runner.run("comment", "--check-run").code == 0
    (check,) = runner.books.checks
    assert len(check["output"]["annotations"]) == 50
    assert "10 more findings are not shown" in check["output"]["summary"]
    assert "10 problems more" in runner.comments[0]


def test_a_plan_of_very_many_campaigns_is_cut_and_approves_nothing(runner):
    for number in range(220):
        runner.workspace.hello(f"campaign-{number}-{'x' * 40}")
    assert runner.run("comment").code == 0
    (note,) = runner.pull.notes
    assert len(note.body) < 65_536
    assert Header.parse(note.body).truncated
    assert "sections are left out" in note.body
    assert runner.summary.count("<summary>") == 221
    assert len(runner.summary) > 65_536


def test_the_comment_can_be_kept_to_plans_with_calls_or_left_out(runner):
    runner.run("comment", "--comment", "never")
    assert runner.books.asked == []
    runner.workspace.hello(recipients={"inline": []})
    assert "nothing to say" in runner.run("comment", "--comment", "changes").err
    runner.run("comment")
    assert len(runner.comments) == 1


def test_without_a_request_there_is_a_summary_and_no_comment(runner):
    (runner.folder / "event.json").write_text("{}")
    done = runner.run("comment")
    assert done.code == 0
    assert "no pull or merge request" in done.err
    assert "hello" in runner.summary


def test_an_apply_is_told_batch_by_batch(runner):
    batches = [
        {"campaign": "hello", "batch_id": "b-1", "calls": 2, "status": "sent", "reason": None},
        {"campaign": "hello", "batch_id": None, "calls": 1, "status": "failed", "reason": "@all <b>no</b> | money"},
    ]
    summary = {"sent": 2, "held": 0, "failed": 1, "not_sent": 0}
    done = runner.say({"format_version": 1, "environment": "sandbox", "batches": batches, "summary": summary,
                       "open_holds": 0, "diagnostics": [], "exit_code": 7})  # fmt: skip
    assert done.code == 0, done.everything
    (comment,) = runner.comments
    assert "2 calls sent, 1 call refused in 2 batches" in comment
    assert "@all" not in comment
    assert "<b>no" not in comment
    assert runner.outputs["failed"] == "1"
    assert not Header.parse(runner.pull.notes[0].body).done


def test_an_apply_with_very_many_batches_is_cut(runner):
    batch = {"campaign": "hello", "batch_id": "b", "calls": 1, "status": "sent", "reason": None}
    summary = {"sent": 99, "held": 0, "failed": 0, "not_sent": 0}
    runner.say({"format_version": 1, "environment": "sandbox", "batches": [batch] * 99, "summary": summary,
                "open_holds": 0, "diagnostics": [], "exit_code": 0})  # fmt: skip
    assert "and 49 batches more" in runner.comments[0]


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"format_version":1,"diagnostics":[]}'])
def test_what_is_no_document_of_an_apply_is_refused(runner, document):
    done = runner.say(document)
    assert done.code == 3
    assert "apply --format json" in done.err


def test_the_result_of_another_environment_is_refused(runner):
    done = runner.say({"format_version": 1, "environment": "staging", "batches": [], "open_holds": 0,
                       "summary": {"sent": 0, "held": 0, "failed": 0, "not_sent": 0}, "diagnostics": [],
                       "exit_code": 0})  # fmt: skip
    assert done.code == 3
    assert "to staging, not to sandbox" in done.err


def test_outside_of_ci_it_says_where_it_belongs(tmp_path):
    done = Workspace(tmp_path).hello().run("ci", "comment")
    assert done.code == 3
    assert "no job of GitHub Actions or GitLab CI" in done.err


def test_without_a_token_it_says_which(runner):
    done = runner.run("comment", GITHUB_TOKEN=None)
    assert done.code == 4
    assert "GITHUB_TOKEN is not set" in done.err


def test_a_token_that_may_only_read_is_told_from_a_wrong_one(runner):
    read_only = runner.run("comment", GITHUB_TOKEN=READ_ONLY)
    assert read_only.code == 4
    assert "pull-requests: write" in read_only.err
    wrong = runner.run("comment", GITHUB_TOKEN="wrong")
    assert wrong.code == 4
    assert "Bad credentials" in wrong.err
    assert "wrong" not in wrong.everything.replace("what is wrong", "")


def test_a_merge_whose_request_shows_no_plan_is_not_approved(runner):
    (runner.folder / "event.json").write_text("{}")
    runner.pull.merge = "f" * 40
    done = runner.run("approved")
    assert (done.code, done.out) == (6, "")
    assert "show no plan for sandbox" in done.err


def test_lint_tells_what_it_finds_and_asks_for_no_token(runner):
    runner.workspace.hello(call={"voicee": "June"}, nonsense=1)
    done = runner.run("lint", GITHUB_TOKEN=None)
    assert done.code == 3
    assert "::error file=campaigns/hello.yaml" in done.out
    assert "`lint`: 1 error, 1 warning" in runner.summary
    assert runner.outputs == {"exit_code": "3", "errors": "1", "warnings": "1", "summary": "Lint: 1 error, 1 warning."}
    assert runner.books.asked == []


@pytest.mark.parametrize(
    ("changes", "conclusion"),
    [({}, "success"), ({"call": {"voicee": "June"}}, "neutral"), ({"nonsense": 1}, "failure")],
)
def test_lint_shows_at_the_commit_how_it_went(runner, changes, conclusion):
    runner.workspace.hello(**changes)
    runner.run("lint", "--check-run")
    (check,) = runner.books.checks
    assert (check["name"], check["conclusion"]) == ("bland-deploy lint", conclusion)
    assert runner.comments == []
