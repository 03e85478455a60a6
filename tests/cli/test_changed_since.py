"""`lint --changed-since REF`, in real clones."""

import os
import subprocess

import pytest

from tests.cli.workspace import Workspace

NOBODY = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    **{f"GIT_{role}_{kind}": "x@example.com" for role in ("AUTHOR", "COMMITTER") for kind in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], env=NOBODY, check=True, capture_output=True)


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


@pytest.fixture(params=["w", "a b/w"], ids=["at the top", "in a folder"])
def workspace(request, tmp_path):
    """Two campaigns, a commit of them on `main`, and a branch that begins there."""
    workspace = Workspace(tmp_path / "repository" / request.param if "/" in request.param else tmp_path / "w")
    top = tmp_path / "repository" if "/" in request.param else workspace.root
    workspace.write("prompts/a.md", "{% include 'prompts/part.md' %}")
    workspace.write("prompts/part.md", "Hello.")
    workspace.write("people.csv", "phone_number\n+14155550100\n")
    workspace.write("stop.csv", "phone_number\n+14155550101\n")
    workspace.hello(
        "a",
        prompt={"file": "prompts/a.md"},
        recipients={"file": "people.csv"},
        suppression=[{"file": "stop.csv"}],
    )
    workspace.hello("b")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", top)
    commit(top)
    git(top, "switch", "--quiet", "--create", "branch")
    return workspace


def chosen(workspace, *arguments, ref="main"):
    """The campaigns that are linted."""
    done = workspace.run("lint", "--format", "junit", "--changed-since", ref, *arguments)
    return [name for name in ("a", "b") if f'testsuite name="campaigns/{name}.yaml"' in done.out], done


def test_nothing_changed_is_nothing_to_lint(workspace):
    assert chosen(workspace)[0] == []
    done = workspace.lint("--changed-since", "main")
    assert (done.code, done.rules) == (0, [])
    assert done.err == "0 of 2 campaigns changed since main\n"


@pytest.mark.parametrize(
    "name", ["campaigns/a.yaml", "prompts/a.md", "prompts/part.md", "people.csv", "stop.csv", "bland-deploy.yaml"]
)
@pytest.mark.parametrize("committed", [True, False])
def test_a_campaign_is_linted_when_any_of_its_files_changed(workspace, name, committed):
    file = workspace.root / name
    file.write_text(file.read_text() + "\n")
    if committed:
        commit(workspace.root)
    assert chosen(workspace)[0] == (["a", "b"] if name == "bland-deploy.yaml" else ["a"])


@pytest.mark.parametrize("name", ["prompts/part.md", "people.csv"])
def test_a_file_that_is_gone_or_renamed_changed_too(workspace, name):
    git(workspace.root, "mv", name, "elsewhere.txt")
    assert chosen(workspace)[0] == ["a"]


def test_a_new_campaign_counts_before_git_knows_it(workspace):
    workspace.hello("c", prompt="Hello.")
    done = workspace.run("lint", "--changed-since", "main")
    assert done.err == "1 of 3 campaigns changed since main\n"


def test_a_campaign_that_takes_the_id_of_another_is_found(workspace):
    (workspace.root / "campaigns" / "copy.yaml").write_bytes((workspace.root / "campaigns" / "b.yaml").read_bytes())
    assert workspace.lint("--changed-since", "main").rules == ["duplicate-campaign"]


def test_what_happened_on_the_other_branch_since_does_not_count(workspace):
    git(workspace.root, "switch", "--quiet", "main")
    workspace.hello("b", prompt="Hello again.")
    commit(workspace.root)
    git(workspace.root, "switch", "--quiet", "branch")
    assert chosen(workspace)[0] == []


def test_a_link_changes_with_what_it_leads_to(workspace):
    workspace.write("lists/linked.csv", "phone_number\n+14155550100\n")
    (workspace.root / "people.csv").unlink()
    (workspace.root / "people.csv").symlink_to("lists/linked.csv")
    commit(workspace.root)
    git(workspace.root, "branch", "--quiet", "--force", "main")
    workspace.write("lists/linked.csv", "phone_number\n+14155550102\n")
    assert chosen(workspace)[0] == ["a"]


def test_named_campaigns_are_linted_where_they_changed(workspace):
    workspace.hello("b", prompt="Hello again.")
    assert chosen(workspace, "a")[0] == []
    assert chosen(workspace, "b")[0] == ["b"]


def test_a_run_from_a_hook_of_git_looks_at_the_workspace(workspace):
    workspace.hello("b", prompt="Hello again.")
    done = workspace.run("lint", "--changed-since", "main", GIT_DIR=".git", GIT_INDEX_FILE=".git/index")
    assert done.err == "1 of 2 campaigns changed since main\n"


@pytest.mark.parametrize("ref", ["nowhere", "--all", "main..branch", ""])
def test_a_commit_that_git_does_not_know_is_a_failure_in_words(workspace, ref):
    _, done = chosen(workspace, ref=ref)
    assert done.code == 3
    assert "git knows no commit" in done.err
    assert "origin/main" in done.err


def test_a_shallow_clone_is_told_how_to_get_the_history(workspace, tmp_path):
    workspace.hello("b", prompt="Hello again.")
    commit(workspace.root)
    top = subprocess.run(
        ["git", "-C", workspace.root, "rev-parse", "--show-toplevel"], check=True, capture_output=True, text=True
    ).stdout.strip()
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{top}", "shallow")
    shallow = Workspace.__new__(Workspace)
    shallow.root = tmp_path / "shallow" / workspace.root.relative_to(top)
    _, done = chosen(shallow)
    assert done.code == 3
    assert "git knows no commit main" in done.err
    assert "fetch-depth: 0" in done.err
    git(tmp_path / "shallow", "fetch", "--quiet", "--depth", "1", "origin", "main:main")
    _, done = chosen(shallow)
    assert done.code == 3
    assert "in common" in done.err
    assert "fetch-depth: 0" in done.err
    git(tmp_path / "shallow", "fetch", "--quiet", "--unshallow", "origin", "main:main")
    assert chosen(shallow)[0] == ["b"]


def test_without_a_history_in_common_it_says_so(workspace):
    git(workspace.root, "switch", "--quiet", "--orphan", "alone")
    workspace.settings()
    commit(workspace.root)
    _, done = chosen(workspace)
    assert done.code == 3
    assert "a branch that this one came from" in done.err


def test_outside_of_a_repository_it_says_so(tmp_path):
    done = Workspace(tmp_path / "w").hello().run("lint", "--changed-since", "main")
    assert done.code == 3
    assert "in no git repository" in done.err


def test_without_git_it_says_so(workspace, tmp_path):
    done = workspace.run("lint", "--changed-since", "main", PATH=str(tmp_path))
    assert done.code == 3
    assert "there is no git" in done.err


def test_a_clone_of_another_user_is_told_how_to_be_trusted(workspace, tmp_path):
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho fatal: detected dubious ownership in repository >&2\nexit 128\n")
    script.chmod(0o755)
    done = workspace.run("lint", "--changed-since", "main", PATH=str(script.parent))
    assert done.code == 3
    assert "git does not trust the clone" in done.err
    assert "safe.directory" in done.err
