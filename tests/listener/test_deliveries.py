"""A receiver that is killed again and again loses nothing that it acknowledged, and takes in nothing forged."""

import pytest

from tests.listener.deliveries import run

CLEAN = {"lost": 0, "twice": 0, "forged_but_stored": 0, "wrong_answers": {}, "personal_data_kept": False}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_event_is_stored_once_whatever_happens(tmp_path, seed):
    found = run(tmp_path, amount=1_000, seed=seed, kills=4)
    assert found["kills"] == 4
    assert found["events"] > 300
    assert found == found | CLEAN
