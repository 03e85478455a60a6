"""The examples of the catalogue do what they say: the wrong one breaks its rule, the right one breaks none."""

import pytest

from bland_deploy.diagnostics import Severity, counted
from bland_deploy.documents.discover import find_campaigns
from bland_deploy.documents.load import load_workspace
from bland_deploy.operations.lint import World, lint
from bland_deploy.rules.registry import RULES

SHOWN = [rule for rule in RULES if rule.example]
PEOPLE = 'recipients: {inline: [{phone_number: "+14155550100", name: Ada}]}\n'
WORKSPACE = "environments:\n  sandbox: {provider: sandbox}\n  production: {}\n"
# what their examples' right side is to be free of, beyond errors
LEVELS = {Severity.ERROR, Severity.WARNING}


def workspace(root, example, text):
    """A folder with an example, completed by what every workspace has."""
    (root / "campaigns").mkdir()
    (root / "campaigns/a-folder.csv").mkdir()
    (root / "campaigns/stop.csv").write_text("phone_number\n+14155550109\n")
    (root / "campaigns/people.csv").write_text("phone_number,name\n+14155550100,Ada\n")
    (root / "campaigns/people.jsonl").write_text('{"phone_number": "+14155550100"}\n')
    campaign = text + "\n" if example.file == "campaign" else ""
    if example.file not in {"campaign", "workspace"}:
        (root / "campaigns" / example.file).write_text(text)
        campaign = f"recipients: {{file: campaigns/{example.file}}}\n"
    keys = {line.partition(":")[0] for line in campaign.splitlines()}
    campaign = "campaign: example\n" + campaign
    if "prompt" not in keys and "no prompt" not in campaign:
        campaign += "prompt: Hello.\n"
    if "recipients" not in keys:
        campaign += PEOPLE
    (root / "campaigns/example.yaml").write_text(campaign)
    (root / "bland-deploy.yaml").write_text(text if example.file == "workspace" else WORKSPACE)
    return root


def found_in(root):
    loaded = load_workspace(root)
    campaigns = find_campaigns(root, ["campaigns/*.yaml"])
    return counted(lint(loaded, campaigns, World("production", {}, lambda _name: False)))


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_wrong_example_breaks_its_rule(rule, tmp_path):
    found = found_in(workspace(tmp_path, rule.example, rule.example.bad))
    assert (rule.id, True) in {(item.rule, item.severity in rule.severities) for item in found}


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_right_example_breaks_no_rule(rule, tmp_path):
    found = found_in(workspace(tmp_path, rule.example, rule.example.good))
    assert [(item.rule, item.message) for item in found if item.severity in LEVELS or item.rule == rule.id] == []
