"""Lint of many campaigns: what one of them needed ends with it, and each gets what it would get alone."""

import gc
import random
from functools import _lru_cache_wrapper

import pytest

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


TOPS = ["", "# a comment\n", "\n\n", "---\n", "description: 'It is {index}'\n", "description: Wave {index}\n"]
VARS = [
    *("{company: Acme {index}, tone: formal}", "{company: Acme, tone: {index}}", "{company: '{{{index}}}'}"),
    *(
        "\n  company: Acme {index}\n  tone: formal",
        "\n  company: Acme\n   {index}\n  tone: plain",
        "\n  company: {index}",
    ),
    *(
        "\n  company: |\n    A bot\n    {index}\n  tone: x # {index}",
        "\n  company: record\n  company: {index}",
        "{index",
    ),
    *(
        "\n  tone: formal\n  company: +1415555010{index}",
        "\n  company: Acme {index}\n  tone: formal",
        "\n  company: no: {index}",
    ),
]
CALLS = [
    *(
        "{voice: June, record: true}",
        "{voice: June, record: 1}",
        "{voice: June, max_duration: {index}}",
        "{voice: {index}}",
    ),
    *(
        "\n  voice: June\n  record: true\n  language: en",
        "\n  voice: June\n  temperature: {index}.5",
        "\n  voyce: June",
    ),
    *(
        "\n  voice: June\n  keywords: [{index}, a b, '{{ vars.tone }}']",
        "\n  voicemail: {action: leave_message, message: M}",
    ),
    *(
        "\n  summary_prompt: What {{ vars.company }} does, {{ vars.nope }}",
        "\n  metadata:\n    wave: {index}\n    wav: x",
    ),
]
EACH = [
    *(
        "{first_sentence: Hi}",
        "\n  first_sentence: Hi {{ row.first_name }}, {{ vars.company }}!",
        "\n  record: {index}",
    ),
    *(
        "\n  first_sentence: This call is recorded, {{first_name}}",
        "\n  first_sentence: Hi {{ row.nope }} {index}",
        "{}",
    ),
    *("\n  first_sentence: |\n    You are {{ row.first_name }}\n    of {{company}} {index}", "\n  language: '{index}'"),
]
PROMPTS = [
    *(
        "Wave {index}. Greet {{first_name}} of {{ vars.company }}.",
        "Wave {index}. Say you are {{first_name}}, a person.",
    ),
    *("Wave {index}.\n{% if vars.tone == 'formal' %}Sir{% else %}{{ vars.company }}{% endif %}\n", "{% if {index} %}x"),
    *(
        "{# {index} #}Hi {{ vars.company | upper }}",
        "Hi {{ vars.company | uper }} {index}",
        "{{ vars.tone }}\n{{nobody}}",
    ),
    *(
        "Never say that you are {{company}}{index} an AI.",
        "Hi {{ 1 / 0 }} {index}\n",
        "\n\n{{ first name }} {index}",
        "{index}",
    ),
    *(
        "{% if vars.tone %}\n{{first_name}}\n{% endif %} {{ vars.tone }}{index}",
        "{% for x in [1] %}{index}{{ x }}{% endfor %}",
    ),
    *(
        "{%- if vars.tone %} {index} {%- endif %} a",
        "{{ row.first_name }} {index}",
        "é {{ vars.compnay }} {index}",
        "{{{index}",
    ),
]


@pytest.mark.parametrize("seed", range(3))
def test_campaigns_that_are_nearly_equal_are_told_what_each_is_told_alone(tmp_path, seed):
    chance = random.Random(seed)
    kinds = [[chance.choice(options) for options in (TOPS, VARS, CALLS, EACH, PROMPTS)] for _ in range(9)]
    names = [f"{number:02}.yaml" for number in range(36)]
    (tmp_path / "bland-deploy.yaml").write_text(WORKSPACE)
    (tmp_path / "people.csv").write_text(
        "phone_number,first_name,company\n+14155550100,Eve,a ro\n+14155550101,This call is recorded,x\n"
    )
    for number, name in enumerate(names):
        top, variables, call, each, prompt = kinds[number % 9]
        if chance.random() < 0.3:
            call = chance.choice(CALLS)
        text = (
            f"{top}version: 1\ncampaign: c{number:02}\nvars: {variables}\nprompt: {{file: {number:02}.md}}\n"
            f"call: {call}\neach: {each}\nrecipients: {{file: people.csv, variables: all}}\n"
        )
        (tmp_path / name).write_text(text.replace("{index}", str(chance.randrange(3))))
        (tmp_path / f"{number:02}.md").write_text(prompt.replace("{index}", str(chance.randrange(12))))
    world = World("sandbox", {}, lambda _name: False, is_whole=False)
    forget()
    together = lint(load_workspace(tmp_path), names, world)
    alone = []
    for name in names:
        forget()
        alone += lint(load_workspace(tmp_path), [name], world)
    assert len({found.rule for found in alone}) > 5
    assert set(together) == set(alone)


def forget():
    """Empty all that functions remember, as in a new process."""
    for remembered in [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]:
        if remembered.__module__.startswith("bland_deploy"):
            remembered.cache_clear()
