"""What is said in calls, call by call: what is remembered of one is not taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.operations.calls.checks.speech import speech_reader

SAYS = "This is the AI assistant of Acme calling. To be called no more, say so: you can opt out at any time."
NOTICE = "This call is recorded."
TEXTS = st.sampled_from(["", "Hi.", SAYS, NOTICE, "{{notice}}", "Never say that you are an AI."])
CALLS = st.fixed_dictionaries(
    {},
    optional={
        "task": TEXTS,
        "first_sentence": TEXTS,
        "voicemail_message": TEXTS,
        "voicemail": TEXTS | st.builds(lambda text: {"message": text}, TEXTS),
        "record": st.sampled_from([True, False, 1, "true"]),
        "language": st.sampled_from(["en", "de", "xx"]),
        "pathway_id": st.just("p"),
        "request_data": st.builds(lambda text: {"notice": text}, TEXTS),
        "notice": TEXTS,
        "phone_number": st.just("+14155550100"),
    },
).flatmap(lambda call: st.permutations(list(call.items())).map(dict))


@given(st.lists(CALLS, max_size=6), st.sampled_from(["marketing", None]), st.sampled_from(["Greet.", SAYS]))
def test_what_is_remembered_of_calls_is_what_is_found_of_each(calls, purpose, prompt):
    shared = {"base_prompt": prompt, "record": True}
    speech = speech_reader(shared, purpose)
    for call in calls:
        alone = speech_reader(shared, purpose)
        assert speech.filled(call) == alone.filled(call)
        assert speech.as_written(call) == alone.as_written(call)


def test_a_call_that_is_recorded_is_told_from_one_that_says_it_by_a_number():
    speech = speech_reader({"base_prompt": "Greet.", "language": "en"}, None)
    assert speech.filled({"phone_number": "+14155550100", "record": 1}) == ()
    assert [found.rule for found in speech.filled({"phone_number": "+14155550101", "record": True})] == [
        "recording-disclosure-missing"
    ]


def test_a_text_that_is_wrong_as_written_is_judged_by_what_each_call_fills_in():
    speech = speech_reader({"base_prompt": "Say: {{notice}}", "record": True}, None)
    told = {"request_data": {"notice": "This call is recorded."}}
    for call, is_wrong in [(told, False), ({"request_data": {"notice": "Hi."}}, True), (told, False), ({}, True)]:
        assert bool(speech.filled({"phone_number": "+14155550100", **call})) == is_wrong
    assert speech.as_written(told) == speech.as_written({})
    assert speech.as_written(told)


def test_the_same_text_is_judged_by_where_it_stands():
    speech = speech_reader({"base_prompt": "Greet.", "language": "en"}, "marketing")
    for name, is_wrong in [("task", False), ("voicemail_message", True), ("task", False)]:
        assert bool(speech.filled({"phone_number": "+14155550100", name: SAYS})) == is_wrong


def test_what_a_call_has_beside_its_parameters_is_filled_in_as_well():
    speech = speech_reader({"base_prompt": "Say: {{notice}}", "record": True}, None)
    assert speech.filled({"notice": NOTICE}) == ()
    assert speech.filled({"notice": "Hi."}) != ()


@pytest.mark.parametrize(
    ("call", "purpose", "is_wrong"),
    [
        ({"voicemail_message": "Hi."}, "marketing", True),
        ({"voicemail_message": "Hi."}, "informational", False),
        ({"voicemail": {"message": "Hi."}}, "marketing", True),
        ({"voicemail": {"message": SAYS}, "voicemail_message": "Hi."}, "marketing", False),
        ({"voicemail_message": "{{says}}", "request_data": {"says": SAYS}}, "marketing", False),
        ({"voicemail_message": "{{says}}", "request_data": {"says": "Hi."}}, "marketing", True),
    ],
)
def test_what_is_left_on_a_voicemail_has_to_say_for_itself_who_calls(call, purpose, is_wrong):
    found = speech_reader({"base_prompt": SAYS, "language": "en"}, purpose).filled(call)
    assert {one.rule for one in found} == ({"identity-missing", "opt-out-missing"} if is_wrong else set())


@pytest.mark.parametrize(("elsewhere", "where"), [({}, "the text"), ({"persona_id": "p"}, "the text that is here")])
def test_where_bland_holds_more_of_a_text_it_is_told_of_what_text_the_complaint_is(elsewhere, where):
    (found,) = speech_reader({"base_prompt": "Greet.", "record": True, "language": "en"}, None).filled(elsewhere)
    assert found.what == f"{where} does not say that the call is recorded"
