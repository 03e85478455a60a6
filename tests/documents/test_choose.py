import pytest

from bland_deploy.documents.choose import choose_campaigns
from bland_deploy.documents.load import load_campaigns, load_workspace
from bland_deploy.errors import ExitCode, InvalidInput


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "workspace"
    (root / "campaigns").mkdir(parents=True)
    (root / "bland-deploy.yaml").write_text("version: 1\n")
    for name in ("spring", "summer"):
        (root / f"campaigns/{name}.yaml").write_text(f"campaign: {name}-sale\nrecipients: {{inline: []}}\n")
    (root / "campaigns/broken.yaml").write_text("- x\n")
    (root / "stray.yaml").write_text("campaign: stray\n")
    return root


def chosen(root, wanted, here=None):
    campaigns = load_campaigns(load_workspace(root))
    return [campaign.name for campaign in choose_campaigns(campaigns, wanted, root, here or root)]


def test_none_named_means_all(workspace):
    assert chosen(workspace, []) == ["campaigns/broken.yaml", "campaigns/spring.yaml", "campaigns/summer.yaml"]


@pytest.mark.parametrize("name", ["summer-sale", "campaigns/summer.yaml", "./campaigns/../campaigns/summer.yaml"])
def test_a_campaign_is_named_by_id_or_path(workspace, name):
    assert chosen(workspace, [name]) == ["campaigns/summer.yaml"]
    assert chosen(workspace, [name, "spring-sale"]) == ["campaigns/spring.yaml", "campaigns/summer.yaml"]


def test_a_path_counts_from_where_one_stands(workspace):
    assert chosen(workspace, ["summer.yaml"], workspace / "campaigns") == ["campaigns/summer.yaml"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sumer-sale", "did you mean summer-sale?"),
        ("zzz", "the campaigns are campaigns/broken.yaml, spring-sale, summer-sale"),
        ("stray.yaml", "no glob"),
    ],
)
def test_a_name_that_is_none_of_them_is_refused_with_the_way_out(workspace, name, words):
    with pytest.raises(InvalidInput) as refused:
        chosen(workspace, [name])
    assert refused.value.exit_code is ExitCode.INVALID
    assert words in refused.value.help


def test_in_an_empty_workspace_there_is_nothing_to_name(workspace):
    with pytest.raises(InvalidInput) as refused:
        choose_campaigns((), ["x"], workspace, workspace)
    assert refused.value.help == "the workspace has no campaigns"
