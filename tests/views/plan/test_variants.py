"""What is said in the calls of a campaign, each text once."""

import json

from bland_deploy.model.plan import Content, Route, finish
from bland_deploy.views.mask import Privacy, shown_body
from bland_deploy.views.plan.variants import variants
from tests.views.plan.making import number_of, request_of

HELLO = {0: "Hello {{name}}, {{ phone_number }}?", 1: "Good day."}


def said(*requests, privacy=None):
    privacy = privacy or Privacy()
    return variants([(request, shown_body(request, privacy)) for request in requests], privacy)


def test_each_text_is_shown_once_with_how_many_hear_it_and_the_first_of_them():
    found, more = said(request_of(range(9), first_sentence=lambda person: HELLO[person % 3 % 2]))
    assert more == 0
    assert [variant.title for variant in found] == [
        "6 calls: Hello {{name}}, {{ phone_number }}?",
        "3 calls: Good day.",
    ]
    parts = dict(found[0].parts)
    assert parts["task"] == "Greet {{name}}."
    assert parts["task, as the first of them hears it"] == "Greet Person 0."
    assert parts["first_sentence, as the first of them hears it"] == "Hello Person 0, +1200•••0100?"


def test_where_values_of_rows_are_hidden_there_is_no_example():
    found, _ = said(request_of(range(2)), privacy=Privacy(row_values=False))
    assert [variant.parts for variant in found] == [(("task", "Greet {{name}}."),)]


def test_the_first_generation_has_its_text_at_the_top_and_objects_are_shown_as_json():
    call = {"phone_number": number_of(0), "name": "Ada", "voicemail": {"message": "Hi {{name}}"}}
    body = json.dumps({"base_prompt": "Greet {{name}}.", "call_data": [call]}).encode()
    route = Route("old", "production", "POST", "/v1/batches", ("authorization",), "call_data")
    ((variant,), _) = said(finish(route, lambda: Content(body, (), (b"k" * 16,), (number_of(0),))))
    parts = dict(variant.parts)
    assert parts["base_prompt, as the first of them hears it"] == "Greet Ada."
    assert json.loads(parts["voicemail"]) == {"message": "Hi {{name}}"}
    assert json.loads(parts["voicemail, as the first of them hears it"]) == {"message": "Hi Ada"}


def test_of_very_many_texts_the_others_are_counted():
    found, more = said(request_of(range(20), first_sentence=str))
    assert (len(found), more) == (8, 12)
