from pathlib import Path

import pytest

from bland_deploy.diagnostics import in_order
from bland_deploy.documents.discover import find_campaigns
from bland_deploy.documents.load import check_together, load_campaign, load_campaigns, load_everywhere, load_workspace
from bland_deploy.documents.nodes import data

CASES = Path(__file__).parent / "cases" / "workspaces"
NAMES = sorted(path.name for path in CASES.iterdir())


def everywhere(loaded, name):
    return load_everywhere(loaded, load_campaign(loaded, name))


def everything_wrong(root):
    loaded = load_workspace(root)
    shapes = [shape for name in find_campaigns(root, ["campaigns/*.yaml"]) for shape in everywhere(loaded, name)]
    together = check_together(loaded, [campaign.named for campaign in load_campaigns(loaded)])
    return in_order([*loaded.diagnostics, *(found for shape in shapes for found in shape.diagnostics), *together])


@pytest.mark.parametrize("name", NAMES)
def test_each_workspace_is_told_everything_that_its_golden_file_says(name, golden):
    found = everything_wrong(CASES / name)
    lines = [f"{d.place}: {d.severity}: {d.message} [{d.rule}]\n    {d.help}\n" for d in found]
    golden(CASES / name / "expected.txt", "".join(lines))


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "bland-deploy.yaml").write_text(
        "environments: {sandbox: {provider: sandbox}, production: {}}\n"
        "defaults: {vars: {company: Acme, tone: warm}, prompt: {file: p.md}}\n"
    )
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "p.md").write_bytes(b"\xef\xbb\xbfHello\r\n{{ row.x }}\n\n")
    (tmp_path / "campaigns/a.yaml").write_text(
        "campaign: a\nrecipients: {inline: []}\nvars: {tone: cool}\n"
        "environments:\n  production: {vars: {company: !unset, more: [1]}, prompt: Hi}\n"
    )
    return tmp_path


def test_defaults_lie_under_the_file_and_the_overlay_over_it(workspace):
    loaded = load_workspace(workspace)
    assert loaded.diagnostics == ()
    plain = load_campaign(loaded, "campaigns/a.yaml")
    assert plain.campaign.vars == {"company": "Acme", "tone": "cool"}
    chosen = load_campaign(loaded, "campaigns/a.yaml", "production")
    assert chosen.campaign.vars == {"tone": "cool", "more": [1]}
    assert chosen.campaign.prompt == "Hi"
    assert "environments" not in chosen.node.entries
    assert load_campaign(loaded, "campaigns/a.yaml", "sandbox").campaign == plain.campaign


def test_a_text_is_kept_to_the_byte_with_places_in_its_own_file(workspace):
    prompt = load_campaign(load_workspace(workspace), "campaigns/a.yaml").node.get("prompt")
    assert prompt.value.encode() == (workspace / "p.md").read_bytes()
    assert str(prompt.place_in(2, 4)) == "p.md:2:4"


def test_each_campaign_remembers_the_files_that_it_was_made_from(workspace):
    loaded = load_workspace(workspace)
    campaign = load_campaign(loaded, "campaigns/a.yaml")
    assert sorted(campaign.reader.digests) == ["campaigns/a.yaml", "p.md"]
    assert sorted(loaded.reader.digests) == ["bland-deploy.yaml"]


def test_one_run_sees_one_content_of_a_file(workspace):
    loaded = load_workspace(workspace)
    before = load_campaign(loaded, "campaigns/a.yaml")
    (workspace / "p.md").write_text("changed")
    after = load_campaign(loaded, "campaigns/a.yaml")
    assert after.campaign == before.campaign
    assert after.reader.digests == before.reader.digests


def test_every_shape_of_a_file_is_looked_at(workspace):
    loaded = load_workspace(workspace)
    assert [shape.environment for shape in everywhere(loaded, "campaigns/a.yaml")] == [None, "production"]
    text = (workspace / "campaigns/a.yaml").read_text()
    (workspace / "campaigns/b.yaml").write_text(text + "  sandbox: {}\n")
    assert [shape.environment for shape in everywhere(loaded, "campaigns/b.yaml")] == ["production", "sandbox"]


def test_a_place_after_merging_is_where_the_value_was_written(workspace):
    node = load_campaign(load_workspace(workspace), "campaigns/a.yaml", "production").node
    places = {name: value.place.file for name, value in node.get("vars").items()}
    assert places == {"tone": "campaigns/a.yaml", "more": "campaigns/a.yaml"}
    assert data(node.get("prompt")) == "Hi"


def test_a_workspace_without_a_file_is_a_diagnostic(tmp_path):
    loaded = load_workspace(tmp_path)
    assert loaded.workspace is None
    assert [(found.rule, str(found.place)) for found in loaded.diagnostics] == [
        ("unreadable-file", "bland-deploy.yaml")
    ]
    assert load_campaigns(loaded) == ()
    assert check_together(loaded, ()) == ()
