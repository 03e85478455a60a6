"""All orders of the steps of several runs, with faults, over the real code of apply. `check.py` goes deeper."""

import pytest

from bland_deploy.model.keys import new_attempt
from bland_deploy.operations.apply import apply
from bland_deploy.operations.provider.witness import by_attempt
from tests.dispatch.broken import BROKEN
from tests.dispatch.search import Protocol, search
from tests.dispatch.variants import variant
from tests.dispatch.world import Rules

# A search makes the same steps a million times: measured for coverage they take thrice as long, and cover nothing more.
pytestmark = pytest.mark.no_cover

DEPTH = 5
"""So many faults at most, in every place and order."""


@pytest.fixture
def protocol(tmp_path):
    return Protocol(tmp_path)


def test_one_run_at_a_time_rings_nobody_twice_and_loses_nobody(protocol):
    found = search(protocol, Rules(runs=3, lock=True), DEPTH)
    assert not found.bad, str(found.bad)
    assert found.ends.keys() == {"rung", "held", "refused"}


def test_two_runs_without_a_lock_ring_nobody_twice_and_lose_nobody(protocol):
    found = search(protocol, Rules(runs=2, rollback=False), DEPTH)
    assert not found.bad, str(found.bad)
    assert found.ends.keys() == {"rung", "held"}


def test_two_runs_that_begin_the_log_at_once_ring_nobody_twice_and_lose_nobody(protocol):
    found = search(protocol, Rules(runs=2, rollback=False), 0, begun=False)
    assert not found.bad, str(found.bad)
    assert found.ends.keys() == {"rung"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_protocol_is_found_out(name, tmp_path):
    broken = BROKEN[name]
    protocol = Protocol(tmp_path, broken.replaced, broken.settle, counted=broken.counted)
    found = search(protocol, broken.rules, broken.faults, rings_only=True)
    assert found.bad
    assert found.bad.what == "2 rings"
    assert found.bad.faults <= broken.faults


def test_no_client_can_help_a_rollback_while_the_provider_delays_more_than_the_settle_time(tmp_path):
    rules = Rules(runs=2, lock=True, late_delivery=True)
    assert not search(Protocol(tmp_path), rules, 1, rings_only=True).bad
    found = search(Protocol(tmp_path), rules, 2, rings_only=True)
    assert found.bad
    assert any("rolled back" in step for step in found.bad.steps)


def test_a_search_is_the_same_when_it_is_repeated(tmp_path):
    rules = Rules(runs=2, lock=True)
    first, second = (search(Protocol(tmp_path), rules, 1) for _ in range(2))
    assert (first.states, first.steps, first.ends) == (second.states, second.steps, second.ends)


def test_a_replacement_of_what_is_never_called_is_refused():
    with pytest.raises(AssertionError, match="nobody_calls_this"):
        variant(apply, {nobody_calls_this: by_attempt})
    assert variant(apply, {new_attempt: str}) is not apply


def nobody_calls_this():
    """Nobody does."""
