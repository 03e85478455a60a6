"""What may be shown of a request."""

import json

from bland_deploy.model.plan import Content, Route, finish
from bland_deploy.views.mask import Privacy, request_document

BODY = {
    "global": {"task": "Call {{name}}; our line is +14155550199", "from": "+12125550123"},
    "call_objects": [
        {
            "phone_number": "+14155550100",
            "request_data": {"name": "Ann", "home": "(415) 555-0100", "id": 14155550100, "vip": True, "gap": None},
            "metadata": {"bland_deploy": {"attempt": "0" * 16, "calls": 1}},
        }
    ],
}


def shown(privacy, body=BODY):
    route = Route("hello", "sandbox", "POST", "/v2/batches/create", ("authorization",), "call_objects")
    request = finish(route, lambda: Content(json.dumps(body).encode(), (), (b"k" * 16,), ("+14155550100",)))
    return request_document(request, privacy)["body"]


def test_a_recipients_number_is_masked_wherever_and_however_it_is_written():
    body = shown(Privacy())
    call = body["call_objects"][0]
    assert call["phone_number"] == "+1415•••0100"
    assert call["request_data"]["home"] == "(415•••0100"
    assert call["request_data"]["id"] == "141•••0100"
    assert "5550100" not in json.dumps(body)


def test_other_numbers_and_values_stay_readable():
    body = shown(Privacy())
    assert body["global"] == BODY["global"]
    assert body["call_objects"][0]["request_data"]["name"] == "Ann"


def test_in_ci_no_value_of_a_row_is_shown_but_the_stamp():
    call = shown(Privacy(row_values=False))["call_objects"][0]
    assert call["request_data"] == {"name": "•••", "home": "•••", "id": "•••", "vip": "•••", "gap": None}
    assert call["phone_number"] == "+1415•••0100"
    assert call["metadata"] == BODY["call_objects"][0]["metadata"]


def test_asked_for_everything_is_shown_as_it_is():
    assert shown(Privacy(numbers=True)) == BODY


def test_short_numbers_are_hidden_whole():
    call = {"phone_number": "55501"}
    assert shown(Privacy(), {"global": {}, "call_objects": [call]})["call_objects"] == [{"phone_number": "•••"}]
