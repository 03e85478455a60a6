"""Small logs to test with."""

from bland_deploy.model.entries import Claim, ClaimedBatch, Manifest, Receipt, Sending
from bland_deploy.model.keys import key_check, key_id, new_attempt, recipient_keys
from bland_deploy.state.keyset import pack_together
from bland_deploy.state.log import append, append_claim, begin_log

STATE_KEY = bytes(range(32))
CAMPAIGN = "renewal"
AT = "2026-03-02T15:00:00Z"
TEXT = "b" * 64


def manifest(campaign=CAMPAIGN, lineage="1" * 32):
    return Manifest(
        campaign=campaign,
        lineage=lineage,
        account="acct-1",
        key_id=key_id(STATE_KEY),
        key_check=key_check(STATE_KEY),
        normalisation="9.0.43",
        at=AT,
        by="someone@example",
    )


def keys(*people, round_="1"):
    of = recipient_keys(STATE_KEY, CAMPAIGN, round_)
    return [of(f"+1415555{person:04d}") for person in people]


def claimed(*groups, round_="1", text=TEXT):
    """A claim of one batch for each group of people, and its key files."""
    where, files = pack_together(keys(*group, round_=round_) for group in groups)
    batches = tuple(
        ClaimedBatch(
            attempt=new_attempt(),
            calls=len(group),
            keys_sha256=packed.file,
            keys_at=packed.at,
            payload_sha256="a" * 64,
            prompt_sha256=text,
        )
        for group, packed in zip(groups, where, strict=True)
    )
    return Claim(at=AT, by="someone@example", round=round_, api="v2", environment="production", batches=batches), files


def begun(store):
    return begin_log(store, manifest())


def with_claim(log, *groups, round_="1"):
    """The log with a claim, and the attempts of its batches."""
    claim, files = claimed(*groups, round_=round_)
    return append_claim(log, claim, files), [batch.attempt for batch in claim.batches]


def with_sent(log, *groups, round_="1"):
    """The log with batches that were claimed, sent and taken by the provider."""
    log, attempts = with_claim(log, *groups, round_=round_)
    for number, attempt in enumerate(attempts):
        log = append(log, Sending(at=AT, attempts=(attempt,)))
        log = append(log, Receipt(at=AT, attempt=attempt, batch_id=f"batch-{number}-{attempt}"))
    return log, attempts
