"""What the sandbox does otherwise on request, where no document of the API says what is right."""

import json
import socket
from urllib.parse import urlsplit

import pytest

from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.exchange import Ask
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty
from bland_deploy.sandbox.server import Options, serving

NUMBER = "+14155550101"
KEY = {"authorization": "sk-test"}


@pytest.fixture
def through(make_world):
    """A function that makes a function which asks the sandbox through faults."""

    def plan(*faults):
        handler = Faulty(make_world().handle, FaultPlan(faults=faults))

        def ask(method, path, body=None, **query):
            content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
            return json.loads(handler(Ask(method, path, query, KEY, content)).body)

        return ask

    return plan


def create(ask, shared=None, call=None, **more):
    body = {"global": {"task": "Hi", **(shared or {})}, "call_objects": [{"phone_number": NUMBER, **(call or {})}]}
    return ask("POST", "/v2/batches/create", {**body, **more})["data"]["batch_id"]


def calls(ask, batch_id):
    return ask("GET", "/v1/calls", batch_id=batch_id)["calls"]


def test_answers_can_lack_keys_however_deep_they_stand(through):
    ask = through({"on": "list", "do": "omit", "keys": ["metadata"]}, {"on": "read", "do": "omit", "keys": ["data"]})
    batch_id = create(ask, {"metadata": {"a": 1}}, {"metadata": {"b": 1}})
    (listed,) = ask("GET", "/v2/batches/list")["data"]
    assert json.loads(listed["base_prompt"]) == {"task": "Hi"}
    assert listed["call_objects"] == [{"phone_number": NUMBER}]
    assert ask("GET", f"/v2/batches/{batch_id}") == {"errors": None}
    (call,) = calls(ask, batch_id)
    assert call["metadata"] == {"b": 1}


def test_keys_of_requests_can_be_ignored(through):
    ask = through({"on": "create", "do": "strip", "keys": ["start_time", "batch_id"]})
    batch_id = create(ask, {"start_time": "2030-01-01 12:00:00"})
    assert "start_time" not in json.loads(ask("GET", f"/v2/batches/{batch_id}")["data"]["base_prompt"])
    made = ask("POST", "/v1/batches", {"base_prompt": "Hi", "call_data": [{"phone_number": NUMBER}], "batch_id": "own"})
    assert made["batch_id"] != "own"


def test_objects_can_be_merged(through):
    shared, call = {"metadata": {"a": 1, "b": 1}, "voice": "June"}, {"metadata": {"b": 2}, "request_data": {"c": 3}}
    merged = through({"on": "create", "do": "merge"})
    assert calls(merged, create(merged, shared, call))[0]["metadata"] == {"a": 1, "b": 2}
    usual = through()
    assert calls(usual, create(usual, shared, call))[0]["metadata"] == {"b": 2}


@pytest.mark.parametrize(("creates", "batches"), [(False, 1), (True, 2)])
def test_an_id_can_be_taken_again(through, creates, batches):
    ask = through({"on": "create", "do": "take-again", "creates": creates})
    body = {"base_prompt": "Hi", "call_data": [{"phone_number": NUMBER}], "batch_id": "own"}
    first, second = ask("POST", "/v1/batches", body), ask("POST", "/v1/batches", body)
    assert first["message"] == second["message"] == "success"
    assert (second["batch_id"] == "own") is not creates
    assert len(ask("GET", "/v1/batches")["batches"]) == batches


def test_calls_that_wait_can_be_withheld(through):
    ask = through({"on": "calls", "do": "withhold"})
    assert calls(ask, create(ask, {"start_time": "2030-01-01 12:00:00"})) == []


def test_a_stop_can_pretend_to_have_stopped(through):
    ask = through({"on": "stop", "do": "pretend"})
    batch_id = create(ask, {"start_time": "2030-01-01 12:00:00"})
    assert ask("POST", f"/v2/batches/{batch_id}/stop") == {"data": None, "errors": None}
    assert [call["completed"] for call in calls(ask, batch_id)] == [False]
    made = ask("POST", "/v1/batches", {"base_prompt": "Hi", "call_data": [{"phone_number": NUMBER}]})
    assert ask("POST", f"/v1/batches/{made['batch_id']}/stop")["status"] == "success"


@pytest.mark.parametrize("do", [{"do": "strip", "keys": ["x"]}, {"do": "merge"}, {"do": "take-again"}])
@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"{}"])
def test_what_is_no_request_is_refused_as_ever(through, do, body):
    assert through({"on": "create", **do})("POST", "/v2/batches/create", body)["errors"]


@pytest.mark.parametrize(("mends", "rung"), [(False, []), (True, [NUMBER])])
def test_requests_cut_short_are_carried_out_only_on_request(books, mends, rung):
    body = json.dumps({"global": {"task": "Hi"}, "call_objects": [{"phone_number": NUMBER}]}).encode()
    head = (
        f"POST /v2/batches/create HTTP/1.1\r\nHost: x\r\nAuthorization: sk-test\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with serving(Options(port=0, db=books, mends_cut_bodies=mends)) as address:
        with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), timeout=10) as connection:
            connection.sendall(head.encode() + body[:-1])
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        assert [ring.number for ring in rings(books)] == rung
