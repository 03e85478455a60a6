import os

from bland_deploy.documents.discover import find_campaigns, find_workspace


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x: 1\n")


def test_the_nearest_workspace_above_is_found(tmp_path):
    put(tmp_path, "bland-deploy.yaml", "one/two/file")
    assert find_workspace(tmp_path / "one/two") == tmp_path
    put(tmp_path, "one/bland-deploy.yaml")
    assert find_workspace(tmp_path / "one/two") == tmp_path / "one"
    (tmp_path / "one/two/bland-deploy.yaml").mkdir()
    assert find_workspace(tmp_path / "one/two") == tmp_path / "one"


def test_no_workspace_is_none(tmp_path):
    assert find_workspace(tmp_path) is None


def test_campaigns_are_sorted_once_and_not_hidden(tmp_path):
    put(tmp_path, "campaigns/b.yaml", "campaigns/a.yaml", "campaigns/.h.yaml", "campaigns/deep/c.yaml", "x.yaml")
    put(tmp_path, "bland-deploy.yaml", ".bland-deploy/d.yaml", "campaigns/prompts/p.md")
    (tmp_path / "campaigns/folder.yaml").mkdir()
    assert find_campaigns(tmp_path, ["campaigns/*.yaml", "./campaigns/a*"]) == ["campaigns/a.yaml", "campaigns/b.yaml"]
    everything = ["campaigns/a.yaml", "campaigns/b.yaml", "campaigns/deep/c.yaml", "x.yaml"]
    assert find_campaigns(tmp_path, ["**/*.yaml"]) == everything
    assert find_campaigns(tmp_path, ["campaigns/.*.yaml"]) == ["campaigns/.h.yaml"]


def test_globs_find_nothing_outside_the_workspace(tmp_path):
    put(tmp_path, "out.yaml", "in/a.yaml")
    assert find_campaigns(tmp_path / "in", ["../*.yaml", f"{os.fspath(tmp_path)}/*.yaml"]) == []
