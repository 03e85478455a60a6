"""Webhooks: recorded always, signed where the API signs, delivered to loopback only."""

import hmac
import json
import sqlite3
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bland_deploy.sandbox.courier import deliver_due
from bland_deploy.sandbox.deliveries import RETRY_AFTER
from bland_deploy.sandbox.webhooks import (
    NOT_LOOPBACK,
    Attempt,
    Delivery,
    deliver,
    is_acceptable,
    is_loopback,
    sign,
    signing_secret,
)


@pytest.fixture
def receiver():
    """A listener on loopback that keeps what it gets; its answers are the statuses it is given, then 200."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers, server.url = got, answers, f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def books(tmp_path):
    return tmp_path / "books.sqlite"


@pytest.fixture
def api(make_world, another_api, books):
    return another_api(make_world(books, speed=1))


def recorded(books, columns="kind, state, attempts"):
    with sqlite3.connect(books) as connection:
        rows = connection.execute(f"SELECT {columns} FROM webhooks ORDER BY id").fetchall()
    connection.close()
    return rows


def test_a_status_webhook_is_posted_once_for_each_phase(api, clock, receiver):
    batch_id = api.create("+14155550195", "+14155550199", status_webhook=f"{receiver.url}/status?x=1")
    receiver.answers.append(500)
    clock.forward(hours=1)
    assert deliver_due(api.world) == 4
    assert deliver_due(api.world) == 0
    told = sorted((json.loads(body) for _, _, body in receiver.got), key=lambda told: told["timestamp"])
    assert [one["status"] for one in told] == ["validating", "dispatching", "in_progress", "completed"]
    assert {one["batch_id"] for one in told} == {batch_id}
    assert told[2]["message"].startswith("Requested: 2. Validated: 2. Dispatched: 2. CPS: ")
    assert {name: told[3][name] for name in ("calls_total", "calls_successful", "calls_failed")} == {
        "calls_total": 2,
        "calls_successful": 1,
        "calls_failed": 1,
    }
    assert {path for path, _, _ in receiver.got} == {"/status?x=1"}
    assert not any("X-Webhook-Signature" in headers for _, headers, _ in receiver.got)


def test_a_failed_batch_says_why(api, clock, receiver):
    api.create({"task": "no number"}, status_webhook=receiver.url)
    clock.forward(minutes=1)
    deliver_due(api.world)
    last = max((json.loads(body) for _, _, body in receiver.got), key=lambda told: told["timestamp"])
    assert (last["status"], last["code"]) == ("failed", "source_invalid")


def test_v1_tells_the_end_only(api, clock, receiver):
    body = {"base_prompt": "Hi", "batch_webhook": receiver.url, "call_data": [{"phone_number": "+14155550195"}]}
    batch_id = api.post("/v1/batches", body)["batch_id"]
    clock.forward(hours=1)
    deliver_due(api.world)
    assert [json.loads(body) for _, _, body in receiver.got] == [{"batch_id": batch_id, "status": "completed"}]


def test_a_post_call_webhook_is_signed_over_its_raw_body(api, clock, receiver):
    batch_id = api.create("+14155550195", shared={"webhook": receiver.url})
    clock.forward(hours=1)
    deliver_due(api.world)
    [(_, headers, body)] = receiver.got
    expected = hmac.new(signing_secret("sk-test").encode(), body, sha256).hexdigest()
    assert headers["x-webhook-signature"] == expected == sign(body, signing_secret("sk-test"))
    told = json.loads(body)
    assert (told["batch_id"], told["completed"], told["citation_schema_ids"]) == (batch_id, True, [])


def test_a_post_call_webhook_is_tried_again_until_it_is_taken(api, clock, receiver, books):
    api.create("+14155550195", shared={"webhook": receiver.url})
    receiver.answers += [503, 404]
    clock.forward(hours=1)
    attempts = 0
    for wait in (*RETRY_AFTER, 60):
        attempts += deliver_due(api.world)
        clock.forward(seconds=wait)
    assert attempts == len(receiver.got) == 3
    assert len({body for _, _, body in receiver.got}) == 1
    assert recorded(books) == [("call", "delivered", 3)]


def test_a_post_call_webhook_is_given_up_after_some_attempts(api, clock, receiver, books):
    api.create("+14155550195", shared={"webhook": receiver.url})
    receiver.answers += [500] * 9
    clock.forward(hours=1)
    for _ in range(9):
        deliver_due(api.world)
        clock.forward(minutes=1)
    assert recorded(books) == [("call", "failed", 1 + len(RETRY_AFTER))]


def test_what_points_elsewhere_is_recorded_and_not_sent(api, clock, books):
    api.create("+14155550195", shared={"webhook": "https://example.com/a"}, status_webhook="https://example.com/b")
    clock.forward(hours=1)
    deliver_due(api.world)
    rows = recorded(books, "kind, state, body IS NULL")
    assert sorted(set(rows)) == [("call", "recorded", 0), ("status", "recorded", 0)]


def test_all_webhooks_go_where_they_are_told_to(api, clock, receiver):
    api.create("+14155550195", shared={"webhook": "https://example.com/a"})
    clock.forward(hours=1)
    deliver_due(api.world, f"{receiver.url}/all")
    [(path, headers, _)] = receiver.got
    assert (path, headers["x-sandbox-webhook"]) == ("/all", "https://example.com/a")


def test_a_cancelled_call_has_no_webhook_and_a_stopped_one_an_earlier(api, clock, receiver, books):
    late = {"phone_number": "+14155550101", "start_time": "2026-11-02 20:00:00"}
    batch_id = api.create("+14155550195", late, shared={"webhook": receiver.url}, status_webhook=receiver.url)
    clock.forward(seconds=10)
    for call in api.calls(batch_id):
        api.post(f"/v1/calls/{call['call_id']}/stop")
    clock.forward(seconds=11)
    deliver_due(api.world)
    kinds = [kind for kind, _, _ in recorded(books)]
    assert kinds.count("call") == 1
    statuses = [json.loads(body).get("status") for _, headers, body in receiver.got]
    assert statuses.count("completed") == 2  # the call's and the batch's


def test_what_dies_between_taking_and_sending_is_due_again(api, clock):
    api.create("+14155550195", shared={"webhook": "http://127.0.0.1:9/"})
    clock.forward(hours=1)
    assert len(api.world.take_due(10)) == 1
    assert api.world.take_due(10) == []
    clock.forward(minutes=1)
    assert len(api.world.take_due(10)) == 1


def test_a_delivery_that_cannot_connect_is_an_attempt_without_a_status():
    attempt = deliver(Delivery(1, "http://127.0.0.1:1/", b"{}"), None)
    assert (attempt.status, attempt.good) == (None, False)
    assert "refused" in attempt.error.lower()


def test_a_delivery_elsewhere_is_never_tried():
    assert deliver(Delivery(1, "https://example.com/", b"{}"), None) is NOT_LOOPBACK
    assert Attempt(204).good


@pytest.mark.parametrize(
    ("url", "loopback", "acceptable"),
    [
        ("https://example.com/x", False, True),
        ("http://example.com/x", False, False),
        ("http://127.0.0.1:8000/x", True, True),
        ("http://127.9.9.9", True, True),
        ("http://[::1]:8000/x", True, True),
        ("http://localhost/x", True, True),
        ("https://127.0.0.1.example.com", False, True),
        ("http://0.0.0.0/", False, False),
        ("ftp://127.0.0.1/", True, False),
        ("http://127.0.0.1:port/", False, False),
        ("https://", False, False),
        ("", False, False),
    ],
)
def test_only_https_and_plain_loopback_are_taken(url, loopback, acceptable):
    assert (is_loopback(url), is_acceptable(url)) == (loopback, acceptable)


def test_an_address_that_is_no_text_is_not_taken():
    assert not is_acceptable(5)
