"""Lint with its cache finds what lint without it finds, after whatever edit."""

import json
import os
import random
import shutil

import pytest

from bland_deploy.cache import FOLDER, Cache, hash_of
from tests.cli.workspace import Workspace

GOOD = "Greet {{name}}."
EDITS = {
    "prompts/a.md": [GOOD, "Greet {{nmae}}.", "Greet {{name}} and {{other}}.", "{% include 'prompts/b.md' %}", None],
    "prompts/b.md": ["Well met.", "Well met, {{ row.x }}.", "{{ vars.company }}", None],
    "people.csv": [
        "phone_number,name\n+14155550100,A\n",
        "phone_number,nmae\n+14155550100,A\n",
        "phone_number,name\n123,A\n",
        None,
    ],
    "stop.csv": ["phone\n+14155550101\n", "phnoe\n+14155550101\n", None],
    "campaigns/a.yaml": ["a", "b", "wrong", None],
    "campaigns/b.yaml": ["b", "c", None],
    "bland-deploy.yaml": ["plain", "defaults", "overlay"],
    ".gitignore": ["", "people.csv\n"],
}
CAMPAIGNS = {
    "a": {"campaign": "a", "prompt": {"file": "prompts/a.md"}, "recipients": {"file": "people.csv"}},
    "b": {"campaign": "b", "prompt": GOOD, "recipients": {"inline": [{"phone_number": "+14155550100", "name": "A"}]}},
    "c": {
        "campaign": "c",
        "prompt": {"file": "prompts/b.md"},
        "recipients": {"file": "people.csv"},
        "suppression": [{"file": "stop.csv", "phone": "phone"}],
    },
    "wrong": {"campaign": "wrong", "prmpt": "x", "recipients": {"file": "people.csv", "fil": 1}},
}
WORKSPACES = {
    "plain": {},
    "defaults": {"defaults": {"call": {"voice": "June", "max_duraton": 3}}},
    "overlay": {"environments": {"sandbox": {"provider": "sandbox"}, "other": {"provider": "sandbox"}}},
}


def edit(workspace, name, wanted):
    """Give a file one of its contents, of which None is its absence."""
    path = workspace.root / name
    if wanted is None:
        path.unlink(missing_ok=True)
        return
    if name == "bland-deploy.yaml":
        wanted = json.dumps(
            {"version": 1, "default_environment": "sandbox"}
            | WORKSPACES["plain"]
            | {"environments": {"sandbox": {"provider": "sandbox"}}}
            | WORKSPACES[wanted]
        )
    elif name.startswith("campaigns/"):
        wanted = json.dumps(CAMPAIGNS[wanted])
    workspace.write(name, wanted.encode())


def told(workspace, *arguments):
    done = workspace.run("lint", "--format", "json", *arguments)
    return done.code, done.out


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "w")
    for name, contents in EDITS.items():
        edit(workspace, name, contents[0])
    return workspace


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edit_it_finds_what_lint_without_it_finds(workspace, seed):
    chance = random.Random(seed)
    seen = set()
    for _ in range(8):
        name = chance.choice(list(EDITS))
        edit(workspace, name, chance.choice(EDITS[name]))
        plain = told(workspace, "--no-cache")
        assert told(workspace) == plain
        assert told(workspace) == plain
        seen.add(plain)
    assert len(seen) > 1


def test_an_edit_that_keeps_size_and_times_is_seen(workspace):
    told(workspace)
    before = told(workspace)
    path = workspace.root / "prompts/a.md"
    status = path.stat()
    path.write_text(GOOD.replace("name", "nmae"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = told(workspace)
    assert after == told(workspace, "--no-cache")
    assert after != before


def test_what_it_was_told_counts(workspace):
    workspace.write("prompts/a.md", "Greet {{name}} of {{ vars.company }}.")
    assert told(workspace)[0] == 3
    assert told(workspace, "--var", "company=Acme")[0] == 0
    assert told(workspace)[0] == 3
    assert workspace.run("lint", BLAND_DEPLOY_VAR_company="Acme").code == 0
    workspace.write("vars.yaml", "company: Acme\n")
    assert told(workspace, "--var-file", str(workspace.root / "vars.yaml"))[0] == 0
    workspace.write("vars.yaml", "compny: Acme\n")
    assert told(workspace, "--var-file", str(workspace.root / "vars.yaml"))[0] == 3


def test_a_link_that_leads_elsewhere_is_seen(workspace, tmp_path):
    told(workspace)
    outside = tmp_path / "outside.md"
    shutil.move(workspace.root / "prompts/a.md", outside)
    (workspace.root / "prompts/a.md").symlink_to(outside)
    assert told(workspace) == told(workspace, "--no-cache")
    assert "outside-workspace" in told(workspace)[1]


@pytest.mark.parametrize("harm", [b"", b"{", b"[]", b'{"campaigns": {"campaigns/a.yaml": [1]}, "whole": null}'])
def test_a_harmed_cache_is_as_none(workspace, harm):
    plain = told(workspace)
    for path in (workspace.root / FOLDER).glob("lint-*.json"):
        path.write_bytes(harm)
    assert told(workspace) == plain


def test_git_never_sees_it_and_it_holds_no_cell(workspace):
    workspace.write("people.csv", "phone_number,name\n123,Canary\n+14155550100,Canary\n")
    told(workspace)
    folder = workspace.root / FOLDER
    assert (folder / ".gitignore").read_text() == "*\n"
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"campaigns/a.yaml" in content
    assert b"Canary" not in content
    assert b"4155550100" not in content


def test_a_folder_that_cannot_be_written_is_no_failure(workspace):
    workspace.write(".bland-deploy", b"a file in the way")
    assert told(workspace) == told(workspace, "--no-cache")


def test_it_keeps_few_files(workspace):
    for number in range(12):
        told(workspace, "--var", f"n={number}")
    assert len(list((workspace.root / FOLDER).glob("lint-*.json"))) == 8


def test_contents_are_soon_known_of_the_same_files_as_those_that_are_looked_at_step_by_step(tmp_path):
    root, elsewhere = tmp_path / "w", tmp_path / "elsewhere"
    for folder in (root / "a/b", root / ".git", elsewhere):
        folder.mkdir(parents=True)
        (folder / "file").write_text(f"of {folder.name}")
    (root / "a/.GIT").write_text("private")
    (root / "top").write_text("top" * 100_000)
    (root / "inside").symlink_to("a/b/file")
    (root / "outside").symlink_to(elsewhere / "file")
    (root / "folder").symlink_to("a/b")
    (root / "away").symlink_to(elsewhere)
    (root / "a/round").symlink_to(root / "away/file")
    named = [
        "a/b/file",
        "top",
        "inside",
        "outside",
        "folder/file",
        "away/file",
        "a/round",
        "a",
        "a/",
        "missing",
        "a/b/..",
    ]
    named += [
        "a/../top",
        "../elsewhere/file",
        ".git/file",
        "a/.GIT",
        "a//b/file",
        "",
        "/top",
        "a/\0",
        "missing/file",
        ".",
    ]
    cache = Cache(root, root / "unused")
    found = {name: cache.hash(name) for name in named}
    assert found == {name: hash_of(root, name) for name in named}
    seen = {"a/b/file", "top", "inside", "folder/file", "a/../top", "a//b/file"}
    assert {name for name, digest in found.items() if digest is not None} == seen
