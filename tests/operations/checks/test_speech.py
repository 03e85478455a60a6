"""What is said in calls, call by call: what is remembered of one is not taken for another."""

from bland_deploy.operations.checks.speech import speech_reader


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
