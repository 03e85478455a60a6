"""The forges, each served on loopback while a test runs."""

import pytest

from tests.ci.forges import GitHubHandler, GitLabHandler, serving


@pytest.fixture
def github():
    with serving(GitHubHandler) as books:
        yield books


@pytest.fixture
def gitlab():
    with serving(GitLabHandler) as books:
        yield books
