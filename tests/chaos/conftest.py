import pytest

from tests.chaos.bench import benching


@pytest.fixture
def bench(tmp_path):
    with benching(tmp_path) as bench:
        yield bench
