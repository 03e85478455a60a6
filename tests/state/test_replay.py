import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bland_deploy.errors import StateProblem
from bland_deploy.model.entries import (
    Ended,
    EndedPeople,
    Held,
    Receipt,
    Receipts,
    Resolve,
    Sending,
    Taken,
    Verified,
    Void,
)
from bland_deploy.state.keyset import pack_keys
from bland_deploy.state.replay import Phase, follow, known, replay
from bland_deploy.state.several import receipts
from tests.state.building import AT, claimed, keys


def sending(*attempts):
    return Sending(at=AT, attempts=attempts)


def receipt(attempt, batch_id="b-1"):
    return Receipt(at=AT, attempt=attempt, batch_id=batch_id)


def void(attempt):
    return Void(at=AT, attempt=attempt, reason="no connection")


def held(attempt):
    return Held(at=AT, attempt=attempt, reason="no answer")


def resolve(attempt, outcome, **more):
    return Resolve(at=AT, attempt=attempt, outcome=outcome, who="someone", reason="asked the provider", **more)


@pytest.fixture
def claim():
    return claimed([1, 2, 3], [4, 5])


@pytest.fixture
def attempts(claim):
    return [batch.attempt for batch in claim[0].batches]


def one(entries, attempt):
    return replay(entries).attempts[attempt]


def numbers_of(known_, claim_keys=range(1, 6)):
    """For each kind of known people, their numbers."""
    names = {keys(person)[0]: person for person in claim_keys}
    return tuple({names[key] for key in part} for part in known_)


def known_after(claim, *entries, round_="1"):
    return numbers_of(known(replay([claim[0], *entries]), round_, claim[1].__getitem__))


def test_an_empty_log_knows_nobody():
    standing = replay([])
    assert standing.attempts == {}
    assert standing.rounds() == ()
    assert numbers_of(known(standing, "1", {}.__getitem__)) == (set(), set(), set())


def test_a_claim_without_an_end_keeps_its_people_back(claim, attempts):
    assert known_after(claim) == (set(), set(), {1, 2, 3, 4, 5})
    assert known_after(claim, sending(*attempts)) == (set(), set(), {1, 2, 3, 4, 5})
    assert one([claim[0], sending(attempts[0])], attempts[0]).phase is Phase.SENDING


def test_a_receipt_makes_its_people_sent(claim, attempts):
    entries = [sending(attempts[0]), receipt(attempts[0])]
    assert known_after(claim, *entries) == ({1, 2, 3}, set(), {4, 5})
    attempt = one([claim[0], *entries], attempts[0])
    assert (attempt.phase, attempt.batch_id, attempt.number, attempt.verified) == (Phase.SENT, "b-1", 1, False)
    assert one([claim[0], *entries, Verified(at=AT, attempts=(attempts[0],))], attempts[0]).verified


def test_void_makes_people_eligible_and_held_does_not(claim, attempts):
    assert known_after(claim, void(attempts[0]), held(attempts[1])) == (set(), {4, 5}, set())
    assert one([claim[0], held(attempts[0])], attempts[0]).reason == "no answer"


def test_a_person_decides_about_held_people(claim, attempts):
    holds = [sending(*attempts), held(attempts[0]), held(attempts[1])]
    decided = [resolve(attempts[0], "sent", batch_id="b-9"), resolve(attempts[1], "not_sent")]
    assert known_after(claim, *holds, *decided) == ({1, 2, 3}, set(), set())
    attempt = one([claim[0], *holds, *decided], attempts[0])
    assert (attempt.phase, attempt.batch_id, attempt.resolved) == (Phase.SENT, "b-9", decided[0])


def test_people_who_were_not_rung_are_freed_all_or_some(claim, attempts):
    sent = [sending(*attempts), receipt(attempts[0], "b-1"), receipt(attempts[1], "b-2")]
    name, packed = pack_keys(keys(2))
    claim[1][name] = packed
    some = resolve(attempts[0], "not_rung", keys_sha256=name)
    everybody = resolve(attempts[1], "not_rung")
    assert known_after(claim, *sent, some, everybody) == ({1, 3}, set(), set())


def test_who_is_freed_counts_again_when_claimed_again(claim, attempts):
    again, files = claimed([4, 5])
    everything = {**claim[1], **files}
    entries = [claim[0], void(attempts[1]), again]
    assert numbers_of(known(replay(entries), "1", everything.__getitem__)) == (set(), set(), {1, 2, 3, 4, 5})


def test_rounds_do_not_know_each_other(claim, attempts):
    other, files = claimed([1, 2], round_="2")
    standing = replay([claim[0], other])
    assert standing.rounds() == ("1", "2")
    assert len(known(standing, "2", files.__getitem__).unfinished) == 2
    assert known_after(claim, round_="3") == (set(), set(), set())
    assert replay([claim[0], void(attempts[0]), void(attempts[1])]).rounds() == ()


def test_calls_with_an_earlier_text_are_counted(claim, attempts):
    standing = replay([claim[0], void(attempts[1])])
    assert standing.earlier_text("1", "c" * 64) == 3
    assert standing.earlier_text("1", "b" * 64) == 0
    assert standing.earlier_text("2", "c" * 64) == 0


@pytest.mark.parametrize(
    "impossible",
    [
        lambda a: [void(a), sending(a)],
        lambda a: [held(a), sending(a)],
        lambda a: [receipt(a), sending(a)],
        lambda a: [sending(a), sending(a)],
        lambda a: [receipt(a), void(a)],
        lambda a: [receipt(a), held(a)],
        lambda a: [held(a), void(a)],
        lambda a: [void(a), held(a)],
        lambda a: [receipt(a, "b-1"), receipt(a, "b-2")],
        lambda a: [receipt(a), resolve(a, "not_sent")],
        lambda a: [receipt(a), resolve(a, "sent", batch_id="b-2")],
        lambda a: [resolve(a, "not_rung")],
        lambda a: [Verified(at=AT, attempts=(a,))],
        lambda a: [sending(a), ended(a)],
        lambda a: [receipt("zzzzzzzzzzzzzzzz")],
    ],
)
def test_what_cannot_be_is_a_problem_of_the_state(claim, attempts, impossible):
    with pytest.raises(StateProblem, match=r"entry \d of the log") as caught:
        replay([claim[0], *impossible(attempts[0])])
    assert caught.value.exit_code == 9


@pytest.mark.parametrize(
    "possible",
    [
        lambda a: [void(a), void(a)],
        lambda a: [held(a), held(a), receipt(a), receipt(a)],
        lambda a: [sending(a), void(a), receipt(a)],
        lambda a: [receipt(a), ended(a), ended(a)],
        lambda a: [void(a), resolve(a, "sent", batch_id="b-1"), receipt(a, "b-1")],
        lambda a: [sending(a), held(a), resolve(a, "not_sent"), resolve(a, "not_sent")],
    ],
)
def test_what_two_runs_may_write_one_after_the_other_is_no_problem(claim, attempts, possible):
    replay([claim[0], *possible(attempts[0])])


def test_a_batch_is_claimed_once(claim):
    with pytest.raises(StateProblem, match="claimed before"):
        replay([claim[0], claim[0]])


def several(*ones):
    """Receipts in one entry."""
    return Receipts(at=AT, taken=tuple(Taken(at=one.at, attempt=one.attempt, batch_id=one.batch_id) for one in ones))


def test_several_receipts_in_one_entry_say_what_each_of_them_would(claim, attempts):
    before = [claim[0], sending(*attempts)]
    ones = [receipt(attempts[1], "b-1"), receipt(attempts[0], "b-0")]
    assert replay([*before, several(*ones)]) == replay([*before, *ones])
    assert list(receipts([*before, several(*ones), receipt(attempts[0], "b-0")])) == [
        *ones,
        receipt(attempts[0], "b-0"),
    ]


def test_what_is_about_to_be_sent_may_stand_with_receipts(claim, attempts):
    one = receipt(attempts[1], "b-1")
    both = several(one).model_copy(update={"sending": (attempts[0],)})
    assert replay([claim[0], sending(attempts[1]), both]) == replay(
        [claim[0], sending(attempts[1]), one, sending(attempts[0])]
    )
    with pytest.raises(StateProblem, match=f".sending. cannot be, since {attempts[0]} is void"):
        replay([claim[0], sending(attempts[1]), void(attempts[0]), both])


def test_each_of_several_receipts_may_contradict_the_log(claim, attempts):
    before = [claim[0], sending(*attempts), receipt(attempts[1], "b-1")]
    with pytest.raises(StateProblem, match=f"entry 4 of the log .receipt. cannot be, since {attempts[1]} is sent"):
        replay([*before, several(receipt(attempts[0], "b-0"), receipt(attempts[1], "another"))])


def ended(attempt):
    group = EndedPeople(outcome="busy", people=1, keys_sha256="ab" * 32, ended=AT)
    return Ended(at=AT, attempt=attempt, groups=(group,))


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from(["sending", "receipt", "void", "held", "sent", "not_sent", "not_rung", "verified", "ended"]),
    ),
    max_size=8,
)


def entry(attempt, word):
    makers = {
        "sending": lambda: sending(attempt),
        "receipt": lambda: receipt(attempt, f"b-{attempt}"),
        "void": lambda: void(attempt),
        "held": lambda: held(attempt),
        "verified": lambda: Verified(at=AT, attempts=(attempt,)),
        "ended": lambda: ended(attempt),
        "sent": lambda: resolve(attempt, "sent", batch_id=f"b-{attempt}"),
    }
    return makers.get(word, lambda: resolve(attempt, word))()


@settings(deadline=None)
@given(STEPS)
def test_only_a_void_a_decision_or_nothing_else_ever_makes_people_eligible(steps):
    claim, files = claimed([1, 2, 3], [4, 5])
    ids = [batch.attempt for batch in claim.batches]
    attempts = {}
    assert list(follow(attempts, 1, claim)) == []
    freed = {0: False, 1: False}
    accepted = [claim]
    for which, word in steps:
        candidate = entry(ids[which], word)
        if not list(follow(attempts, len(accepted) + 1, candidate)):
            accepted.append(candidate)
            freed[which] = {"void": True, "not_sent": True, "receipt": False, "sent": False}.get(word, freed[which])
            freed[which] |= word == "not_rung" or attempts[ids[which]].all_freed
    people = set().union(*numbers_of(known(replay(accepted), "1", files.__getitem__)))
    assert people == (set() if freed[0] else {1, 2, 3}) | (set() if freed[1] else {4, 5})


def test_an_adopted_batch_is_held_from_the_start_and_never_void():
    claim, _ = claimed([1, 2])
    adopted = claim.model_copy(update={"adopted": True})
    attempt = adopted.batches[0].attempt
    assert [one.phase for one in replay([adopted]).attempts.values()] == [Phase.HELD]
    with pytest.raises(StateProblem, match="cannot be"):
        replay([adopted, void(attempt)])
    assert replay([adopted, receipt(attempt)]).attempts[attempt].phase is Phase.SENT
