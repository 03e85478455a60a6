import sys

import pytest

from tests.chaos.bench import benching


@pytest.fixture
def bench(tmp_path):
    with benching(tmp_path) as bench:
        yield bench


@pytest.fixture
def say(capsys):
    """Tell the reader of the tests' output something that is worth knowing also where all is well."""

    def say(line):
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say
