from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from bland_deploy.model.entries import Claim, ClaimedBatch, Entry, Link, Manifest, Receipt, Resolve, instant

AT = "2026-03-02T15:00:00Z"
ATTEMPT = "abcdefghij234567"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=-5))), "2026-03-02T15:00:00Z"),
        (datetime(2026, 3, 2, 15, 0, 0, 120, tzinfo=UTC), "2026-03-02T15:00:00.000120Z"),
    ],
)
def test_moments_are_written_in_utc(moment, text):
    assert instant(moment) == text
    Receipt(at=text, attempt=ATTEMPT, batch_id="b")


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        instant(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize("at", ["2026-03-02", "2026-03-02T15:00:00", "2026-03-02T15:00:00+00:00", "yesterday"])
def test_other_ways_to_write_a_moment_are_refused(at):
    with pytest.raises(ValidationError):
        Receipt(at=at, attempt=ATTEMPT, batch_id="b")


@pytest.mark.parametrize("attempt", ["0" * 16, "short", "ABCDEFGHIJ234567", "abcdefghij2345678", "+14155550100abcd"])
def test_only_attempts_are_attempts(attempt):
    with pytest.raises(ValidationError):
        Receipt(at=AT, attempt=attempt, batch_id="b")


def test_a_decision_that_a_batch_was_sent_names_the_batch():
    with pytest.raises(ValidationError, match="needs the batch_id"):
        Resolve(at=AT, attempt=ATTEMPT, outcome="sent", who="someone", reason="seen in the dashboard")


def test_only_not_rung_frees_some_people():
    with pytest.raises(ValidationError, match="only `not_rung`"):
        Resolve(at=AT, attempt=ATTEMPT, outcome="not_sent", keys_sha256="a" * 64, who="someone", reason="why")


@pytest.mark.parametrize("batch", [{"calls": 1}, {"calls": 0, "payload_sha256": "b" * 64}])
def test_only_an_adopted_batch_may_be_without_payload_or_calls(batch):
    batches = (ClaimedBatch(attempt=ATTEMPT, keys_sha256="a" * 64, **batch),)
    facts = {"at": AT, "round": "1", "api": "v2", "environment": "production", "batches": batches}
    Claim(**facts, adopted=True)
    with pytest.raises(ValidationError, match="has calls and a payload"):
        Claim(**facts)


def test_an_entry_of_an_unknown_kind_is_no_entry():
    with pytest.raises(ValidationError):
        TypeAdapter(Entry).validate_json(b'{"kind":"surprise","at":"2026-03-02T15:00:00Z"}')


@pytest.mark.parametrize("model", [Manifest, Link, Claim])
def test_every_file_of_the_log_has_a_json_schema(model):
    assert model.model_json_schema()["additionalProperties"] is False
