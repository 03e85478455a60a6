"""What is shown of a file whose lines may hold people."""

import pytest

from bland_deploy.views.diagnostics.checked import lines_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("recipients:\n  inline:\n  - {name: Ada}\nnext: one", "recipients:\n  inline:\n  - {name: •••}\nnext: one"),
        ("inline:\n    - name: Ada\n\n      x: 1\nnext: one", "inline:\n    - name: •••\n\n      x: •\nnext: one"),
        ("r: {inline: [\n{name: Ada}\n], x: Ada}\nnext: one", "r: {inline: [\n{name: •••}\n], x: •••}\nnext: one"),
        ('"inline": [\n {"name": "Ada"}\n],\n"next": 1', '"inline": [\n {"name": "•••"}\n],\n"next": 1'),
        ("inline: [{name: Ada\nnever: closed", "inline: [{name: •••\nnever: ••••••"),
        ("# inline: no\nprompt: inline\nnot-inline: one", "# inline: no\nprompt: inline\nnot-inline: one"),
        ("inline:\n- {name: Wil: Ada, +14155550100: Ada}", "inline:\n- {name: •••: •••, +•••••••••••: •••}"),
        ("inline: []\ninline: [Ada]\nnext: one", "inline: []\ninline: [•••]\nnext: one"),
    ],
)
def test_of_rows_in_a_campaign_only_keys_and_shape_is_shown(text, shown):
    assert "\n".join(lines_of("campaigns/hello.yaml", lambda _name: text)) == shown


@pytest.mark.parametrize("name", ["people.csv", "people.TSV", "people.json", "people.jsonl"])
def test_of_a_list_nothing_is_shown(name):
    assert lines_of(name, lambda _name: "Ada") == []
