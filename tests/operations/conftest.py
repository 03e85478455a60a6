"""A workspace for each test."""

import pytest

from tests.cli.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    """A workspace with the usual campaign."""
    return Workspace(tmp_path / "w").hello()
