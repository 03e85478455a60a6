"""A sample of the kills at system calls; `python tests/chaos/sweep.py --all` tries every one."""

import json
import secrets

import pytest

from tests.chaos.sweep import KINDS, Point, everything, sample, sweep, why_not

POINTS = 200


def test_a_kill_at_any_system_call_rings_nobody_twice_and_loses_nobody(tmp_path, say):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    seed = secrets.randbelow(10**9)
    found = sweep(tmp_path, 2, sample(seed, POINTS)).report()
    say(f"system calls: {json.dumps(found)} (seed {seed})")
    assert found["wrong"] == []
    assert found["tried"] == POINTS
    assert found["killed"] > POINTS * 0.9
    assert {"openat", "write", "fsync", "link", "unlink", "connect", "sendto", "recvfrom"} <= set(
        found["tried_by_call"]
    )


def test_a_sample_has_the_edges_of_each_call_and_follows_its_seed():
    last = [Point(KINDS[0], "fsync", 40), Point(KINDS[1], "write", 3)]
    drawn = sample(7, 10)(last)
    assert len(set(drawn)) == 10
    assert {Point(KINDS[0], "fsync", 1), Point(KINDS[0], "fsync", 40), Point(KINDS[1], "write", 3)} <= set(drawn)
    assert drawn == sample(7, 10)(last)
    assert len(everything(last)) == 45
