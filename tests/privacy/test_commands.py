"""Whoever adds a command says how it is tried, or why it cannot show anybody."""

from bland_deploy.cli.app import COMMANDS
from tests.privacy.commands import CASES, LEAVES, WITHOUT_PEOPLE


def test_every_command_is_tried():
    assert set(COMMANDS) == {name.split()[0] for name in LEAVES}
    assert set(LEAVES) == set(CASES) | set(WITHOUT_PEOPLE)
