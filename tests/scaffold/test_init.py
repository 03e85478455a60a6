"""The workspace that init writes."""

import csv
import os
import re
import subprocess
from pathlib import Path

import pytest

from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.scaffold.ci import FILES
from bland_deploy.scaffold.init import TEMPLATES, init, read_template


def tree(directory):
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def test_a_folder_is_made_and_every_file_written(tmp_path):
    folder = tmp_path / "new" / "workspace"
    written = init(folder)
    assert written == tuple(folder / name for name in (*TEMPLATES, ".gitignore"))
    assert set(tree(folder)) == {*TEMPLATES, ".gitignore"}
    assert tree(folder)["campaigns/hello.yaml"] == read_template("campaigns/hello.yaml")


def test_every_template_is_in_the_table():
    folder = Path(__file__).parents[2] / "bland_deploy/scaffold/templates"
    assert sorted(tree(folder)) == sorted({*TEMPLATES, *(name for names in FILES.values() for name in names)})


def test_further_texts_are_written_to_the_byte(tmp_path):
    written = init(tmp_path, {"schemas/campaign.schema.json": "{}\r\n"})
    assert tmp_path / "schemas/campaign.schema.json" in written
    assert (tmp_path / "schemas/campaign.schema.json").read_bytes() == b"{}\r\n"


def test_existing_files_are_named_and_nothing_is_written(tmp_path):
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns/hello.yaml").write_text("mine")
    (tmp_path / "bland-deploy.yaml").symlink_to("nowhere")
    with pytest.raises(InvalidInput) as caught:
        init(tmp_path)
    assert caught.value.exit_code is ExitCode.INVALID
    assert [found.place.file for found in caught.value.diagnostics] == ["bland-deploy.yaml", "campaigns/hello.yaml"]
    assert tree(tmp_path) == {"campaigns/hello.yaml": "mine"}


def test_a_second_init_changes_nothing(tmp_path):
    init(tmp_path)
    before = tree(tmp_path)
    with pytest.raises(InvalidInput):
        init(tmp_path)
    assert tree(tmp_path) == before


def test_a_file_in_the_way_of_a_folder_leaves_nothing_behind(tmp_path):
    (tmp_path / "campaigns").write_text("a file")
    with pytest.raises(InvalidInput, match="campaigns cannot be written"):
        init(tmp_path)
    assert tree(tmp_path) == {"campaigns": "a file"}


def test_an_unreadable_gitignore_leaves_nothing_behind(tmp_path):
    (tmp_path / ".gitignore").mkdir()
    with pytest.raises(InvalidInput, match="gitignore cannot be written"):
        init(tmp_path)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ".bland-deploy/\n"),
        ("*.log\n", "*.log\n.bland-deploy/\n"),
        ("*.log", "*.log\n.bland-deploy/\n"),
        ("/.bland-deploy\n", "/.bland-deploy\n"),
        ("a\n.bland-deploy/\nb\n", "a\n.bland-deploy/\nb\n"),
    ],
)
def test_local_files_are_ignored_once(tmp_path, before, after):
    (tmp_path / ".gitignore").write_text(before)
    written = init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == after
    assert (tmp_path / ".gitignore" in written) is (before != after)


def test_git_ignores_the_local_folder(tmp_path):
    init(tmp_path)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True, env=environment)
    (tmp_path / ".bland-deploy").mkdir()
    (tmp_path / ".bland-deploy/state.key").write_text("secret")
    status = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain", "--untracked-files=all"],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "state.key" not in status.stdout
    assert "campaigns/hello.yaml" in status.stdout


def test_the_people_are_made_up():
    rows = list(csv.DictReader(read_template("campaigns/recipients/people.csv").splitlines()))
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", row["phone_number"]) for row in rows)
    assert len({row["phone_number"] for row in rows}) == len(rows)
