"""Entries that say the same of several attempts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.model.entries import Held, Receipt, Receipts, Sending, Void, Voids
from bland_deploy.state.replay import replay
from bland_deploy.state.several import one_by_one, receipts, together
from tests.state.building import AT, claimed

CLAIM, _ = claimed(*([person] for person in range(6)))
ENDS = st.sampled_from(
    [
        lambda attempt: Receipt(at=AT, attempt=attempt, batch_id=f"b-{attempt}"),
        lambda attempt: Receipt(at=AT, attempt=attempt, batch_id=f"b-{attempt}", by="someone"),
        lambda attempt: Void(at=AT, attempt=attempt, reason="the run ended before it"),
        lambda attempt: Void(at=AT, attempt=attempt, reason="refused"),
        lambda attempt: Held(at=AT, attempt=attempt, reason="no answer"),
        lambda attempt: Sending(at=AT, attempts=(attempt,)),
    ]
)


@settings(deadline=None)
@given(st.lists(ENDS, max_size=len(CLAIM.batches)))
def test_entries_together_say_what_they_say_one_by_one(ends):
    entries = [end(batch.attempt) for end, batch in zip(ends, CLAIM.batches, strict=False)]
    fewer = together(entries)
    assert replay([CLAIM, *fewer]) == replay([CLAIM, *entries])
    assert sorted(receipts(fewer), key=str) == sorted(receipts(entries), key=str)
    kinds = [(_KINDS.get(entry.kind, entry.kind), entry.by, getattr(entry, "reason", "")) for entry in fewer]
    assert len({kind for kind in kinds if kind[0] != "held"}) == sum(kind[0] != "held" for kind in kinds)


_KINDS = {"voids": "void", "receipt": "receipts", "sending": "receipts"}
"""Entries of which there is one for all that are alike."""


def test_an_entry_for_one_attempt_stays_as_it_is():
    first, second, third, *_ = (batch.attempt for batch in CLAIM.batches)
    receipt, void = Receipt(at=AT, attempt=first, batch_id="b"), Void(at=AT, attempt=second, reason="refused")
    assert together([receipt, void]) == [receipt, void]
    several = together([void, receipt, void.model_copy(update={"attempt": third})])
    assert several == [Voids(at=AT, attempts=(second, third), reason="refused"), receipt]
    assert not any(isinstance(entry, Receipts) for entry in several)


def test_what_is_about_to_be_sent_shares_the_entry_of_receipts():
    first, second, third, fourth, fifth, *_ = (batch.attempt for batch in CLAIM.batches)
    whose = "someone"
    taken = [
        Receipt(at=AT, by=whose, attempt=first, batch_id="b"),
        Receipt(at="2026-03-02T15:00:01Z", by=whose, attempt=second, batch_id="c"),
    ]
    sending = [
        Sending(at="2026-03-02T15:00:02Z", by=whose, attempts=(third, fourth)),
        Sending(at="2026-03-02T15:00:03Z", by=whose, attempts=(fifth,)),
    ]
    all_sending = sending[0].model_copy(update={"attempts": (third, fourth, fifth)})
    (entry,) = together([*taken, *sending])
    assert [*one_by_one([entry])] == [*taken, all_sending.model_copy(update={"at": AT})]
    (entry,) = together([*sending, *taken])
    assert [*one_by_one([entry])] == [*taken, all_sending]
    assert together(sending) == [all_sending]
