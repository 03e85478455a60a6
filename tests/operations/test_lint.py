"""Lint of many campaigns: what one of them needed ends with it."""

import gc

from bland_deploy.documents.load import load_workspace
from bland_deploy.operations.lint import World, lint

WORKSPACE = "version: 1\ncampaigns: ['*.yaml']\nenvironments: {sandbox: {provider: sandbox}}\n"
CAMPAIGN = """\
version: 1
campaign: reminder
prompt: "Greet {{{{first_name}}}} of {{{{ vars.company }}}}. {{% if vars.tone == 'formal' %}}Sir.{{% endif %}}"
vars: {{company: Acme {index}, tone: formal}}
call: {{voice: June, keywords: [a, "{{{{ vars.company }}}}"]}}
each: {{first_sentence: "Hi {{{{ row.first_name | default('there', true) }}}}!"}}
recipients: {{file: people.csv, where: "row.first_name != 'Ann'"}}
"""


def test_nothing_of_a_campaign_waits_for_a_look_for_cycles(tmp_path):
    names = [f"{index}.yaml" for index in range(8)]
    (tmp_path / "bland-deploy.yaml").write_text(WORKSPACE)
    (tmp_path / "people.csv").write_text("phone_number,first_name\n+14155550100,Eve\n")
    for index, name in enumerate(names):
        (tmp_path / name).write_text(CAMPAIGN.format(index=index))
    world = World("sandbox", {}, lambda _name: False)
    loaded = load_workspace(tmp_path)
    lint(loaded, names[:4], world)  # what is made once is made here
    gc.collect()
    gc.disable()
    try:
        lint(loaded, names[4:], world)
        assert gc.collect() == 0
    finally:
        gc.enable()
