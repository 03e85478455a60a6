"""How a call stands or ended, by whatever marks the provider's list has."""

import pytest

from bland_deploy.api.outcomes import OUTCOMES, ListedCall

CASES = [
    ({}, "queued"),
    ({"queue_status": "queued"}, "queued"),
    ({"queue_status": "started"}, "running"),
    ({"started_at": "2026-03-15T09:00:00Z"}, "running"),
    ({"completed": True, "answered_by": "human"}, "answered"),
    ({"completed": True, "answered_by": "voicemail", "status": "completed"}, "voicemail"),
    ({"completed": True, "answered_by": "no-answer"}, "no-answer"),
    ({"completed": True, "status": "no-answer"}, "no-answer"),
    ({"completed": True, "status": "busy", "queue_status": "call_error"}, "busy"),
    ({"completed": True, "queue_status": "call_error", "error_message": "The number is busy (SIP 486)."}, "busy"),
    ({"completed": True, "queue_status": "call_error", "error_message": "Not found (SIP 404)."}, "failed"),
    ({"completed": True, "queue_status": "pre_queue_error"}, "failed"),
    ({"completed": True, "status": "canceled", "queue_status": "queue_error"}, "canceled"),
    ({"completed": True, "status": "completed", "answered_by": "unknown"}, "unknown"),
    ({"completed": True}, "unknown"),
]


@pytest.mark.parametrize(("marks", "outcome"), CASES)
def test_an_outcome_follows_from_the_marks_that_are_there(marks, outcome):
    assert ListedCall("c", "+14155550100", **marks).outcome == outcome


def test_every_outcome_has_a_case():
    assert {outcome for _, outcome in CASES} == set(OUTCOMES)
