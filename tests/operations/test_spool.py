"""Bytes put aside are the same bytes when they are asked for, and nobody else can have them."""

import resource
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.errors import ExitCode
from bland_deploy.operations.calls.spool import FEW, Spool, SpoolFailed


@given(st.lists(st.binary(max_size=20)), st.integers(0, 100))
def test_what_is_read_is_what_was_added_in_memory_and_on_the_disk(pieces, few):
    spool = Spool(few)
    offsets = []
    for piece in pieces:
        offsets.append(spool.add(piece))
        assert spool.read(offsets[-1], len(piece)) == piece
    assert [spool.read(*place) for place in zip(offsets, map(len, pieces), strict=True)] == pieces
    assert spool.read(0, sum(map(len, pieces))) == b"".join(pieces)


def test_many_threads_may_read_at_once():
    spool = Spool(few=0)
    offsets = [spool.add(number.to_bytes(4)) for number in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda offset: spool.read(offset, 4), offsets)) == [
            number.to_bytes(4) for number in range(2_000)
        ]


def test_few_bytes_need_no_file_and_the_file_of_many_has_no_name():
    there = set(Path(tempfile.gettempdir()).glob("bland-deploy-*"))
    spool = Spool()
    spool.add(bytes(FEW))
    assert spool._file is None
    spool.add(b"more")
    assert spool.read(FEW - 1, 5) == b"\0more"
    assert set(Path(tempfile.gettempdir()).glob("bland-deploy-*")) == there


@contextmanager
def no_room():
    """Files cannot grow meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_without_room_is_said_with_the_way_out():
    spool = Spool(few=0)
    with no_room(), pytest.raises(SpoolFailed) as caught:
        spool.add(bytes(1_000_000))
    assert "TMPDIR" in caught.value.help
    assert caught.value.exit_code is ExitCode.UNEXPECTED
