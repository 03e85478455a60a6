"""200 applies by real processes under random faults, and the verdict of the books."""

import json
import secrets
import time

from tests.chaos.run import report, stories

APPLIES = 200


def test_under_random_faults_nobody_is_rung_twice_and_nobody_is_lost(tmp_path, say):
    seed, began = secrets.randbelow(10**9), time.monotonic()
    found = report(stories(APPLIES, seed, 2, tmp_path), time.monotonic() - began)
    say(json.dumps(found))
    again = [f"python tests/chaos/run.py --story {number}" for number in found["wrong"]]
    assert (again, found["wrong"]) == ([], {})
    assert found["applies"] >= APPLIES
    assert found["faults_in_all"] >= 100
    assert found["rung"] == found["people"]
