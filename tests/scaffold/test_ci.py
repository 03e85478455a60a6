"""What init writes for a forge, and how it tells which one."""

import pytest

from bland_deploy.scaffold.ci import FILES, FORGES, ci_texts, forge_of, with_state_on_a_branch
from bland_deploy.scaffold.init import read_template


@pytest.mark.parametrize(
    ("remote", "forge"),
    [
        ("git@github.com:acme/calls.git", "github"),
        ("https://github.com/acme/calls.git", "github"),
        ("https://somebody:secret@gitlab.com/acme/calls", "gitlab"),
        ("ssh://git@gitlab.example.com:2222/acme/github-calls.git", "gitlab"),
        ("https://github.example.com/gitlab/calls", "github"),
        ("https://git.example.com/gitlab/calls", None),
        ("/srv/github/calls.git", None),
        (None, None),
    ],
)
def test_the_host_of_the_remote_says_which_forge_it_is(tmp_path, remote, forge):
    assert forge_of(tmp_path, remote) == forge


def test_where_no_remote_says_it_the_folder_may(tmp_path):
    (tmp_path / ".github").mkdir()
    assert forge_of(tmp_path, None) == "github"
    (tmp_path / ".gitlab-ci.yml").touch()
    assert forge_of(tmp_path, "https://git.example.com/calls") == "gitlab"
    assert forge_of(tmp_path, "https://github.com/acme/calls") == "github"


@pytest.mark.parametrize("forge", FORGES)
def test_the_jobs_install_one_version(forge):
    texts = ci_texts(forge, "1.2.3")
    assert tuple(texts) == FILES[forge]
    assert texts["ci/requirements.txt"].endswith("\nbland-deploy==1.2.3\n")
    assert not [name for name, text in texts.items() if "VERSION" in text]


def test_the_state_of_production_goes_to_a_branch_and_nothing_else_changes():
    before = read_template("bland-deploy.yaml").splitlines()
    after = with_state_on_a_branch("\n".join(before)).splitlines()
    (changed,) = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert changed[0].startswith("    state: state/production ")
    assert changed[1].startswith("    state: git+ref://origin/bland-state ")
