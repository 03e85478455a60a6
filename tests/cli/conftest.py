"""A workspace for each test, and the sandbox over HTTP."""

import pytest

from bland_deploy.sandbox.server import Options, serving
from tests.cli.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    """A workspace with the usual campaign."""
    return Workspace(tmp_path / "w").hello()


@pytest.fixture
def served(tmp_path):
    """The address of a sandbox over HTTP whose books lie in `served.sqlite`."""
    with serving(Options(port=0, db=tmp_path / "served.sqlite")) as address:
        yield address
