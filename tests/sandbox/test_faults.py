"""Plans of faults: which request meets which, what each does to it, and plans out of files."""

import json
import subprocess
import sys

import httpx
import pytest

from bland_deploy.errors import InvalidInput
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.exchange import Ask
from bland_deploy.sandbox.faultfile import read_faults
from bland_deploy.sandbox.faults import FaultPlan
from bland_deploy.sandbox.faulty import Faulty, kind_of
from bland_deploy.sandbox.server import Options, serving
from bland_deploy.sandbox.transport import BASE_URL, SandboxTransport

BODY = {"global": {"task": "Hi"}, "call_objects": [{"phone_number": "+14155550101"}]}
KEY = {"authorization": "sk-test"}


class Clock:
    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        self.now += seconds

    def __call__(self):
        return self.now


@pytest.fixture
def world(make_world):
    return make_world(speed=1)


@pytest.fixture
def passing():
    return Clock()


@pytest.fixture
def faulty(world, passing):
    """Asks the world of the fixtures through a plan: `faulty(fault, …).ask(…)`."""

    def plan(*faults, seed=0):
        handler = Faulty(world.handle, FaultPlan(seed=seed, faults=faults), passing.sleep, passing)
        return Through(handler)

    return plan


class Through:
    def __init__(self, handler):
        self.handler = handler
        self.met = handler.met

    def raw(self, method, path, body=None, key="sk-test", **query):
        content = b"" if body is None else json.dumps(body).encode()
        return self.handler(Ask(method, path, query, {"authorization": key}, content))

    def create(self, *numbers):
        calls = [{"phone_number": number} for number in numbers or ["+14155550101"]]
        answer = self.raw("POST", "/v2/batches/create", {**BODY, "call_objects": calls})
        return json.loads(answer.body)["data"]["batch_id"]

    def create_v1(self):
        body = {"base_prompt": "Hi", "call_data": [{"phone_number": "+14155550101"}]}
        return json.loads(self.raw("POST", "/v1/batches", body).body)["batch_id"]

    def listed(self, **query):
        return [item["id"] for item in json.loads(self.raw("GET", "/v2/batches/list", **query).body)["data"]]

    def listed_v1(self):
        return [item["batch_id"] for item in json.loads(self.raw("GET", "/v1/batches").body)["batches"]]


def test_requests_are_told_apart_by_kind():
    asked = [
        ("POST", "/v2/batches/create", "create"),
        ("POST", "/v1/batches", "create"),
        ("GET", "/v1/batches", "list"),
        ("GET", "/v2/batches/list", "list"),
        ("POST", "/v2/batches/b/stop", "stop"),
        ("GET", "/v1/me", "me"),
        ("GET", "/v1/calls", "calls"),
        ("GET", "/v2/batches/b/logs", "read"),
        ("POST", "/v1/calls", "any"),
    ]
    assert [kind_of(Ask(method, path, {}, {}, b"")) for method, path, _ in asked] == [kind for *_, kind in asked]


@pytest.mark.parametrize(
    ("when", "met"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"nth": 2}, [2]),
        ({"nth": [1, 4]}, [1, 4]),
        ({"since": 4}, [4, 5]),
        ({"nth": [1, 4], "since": 2}, [4]),
        ({"chance": 0}, []),
        ({"chance": 1}, [1, 2, 3, 4, 5]),
    ],
)
def test_a_fault_meets_the_requests_it_names_and_counts_only_its_own_kind(faulty, when, met):
    api = faulty({"on": "me", "do": "lose-request", **when})
    found = []
    for number in range(1, 6):
        api.listed()
        if api.raw("GET", "/v1/me").cut == 0:
            found.append(number)
    assert found == met
    assert api.met["lose-request"] == len(met)


def test_chance_follows_the_seed(faulty):
    def pattern(seed):
        api = faulty({"on": "me", "do": "lose-request", "chance": 0.5}, seed=seed)
        return [api.raw("GET", "/v1/me").cut for _ in range(30)]

    assert pattern(1) == pattern(1)
    assert pattern(1) != pattern(2)
    assert 5 < sum(cut == 0 for cut in pattern(1)) < 25


def test_a_lost_request_is_not_carried_out_and_a_lost_answer_is(faulty):
    api = faulty({"on": "create", "nth": 1, "do": "lose-request"}, {"on": "create", "nth": 2, "do": "lose-answer"})
    assert api.raw("POST", "/v2/batches/create", BODY).cut == 0
    assert api.listed() == []
    assert api.raw("POST", "/v2/batches/create", BODY).cut == 0
    assert len(api.listed()) == 1


def test_an_answer_may_be_another_than_the_true_one(faulty):
    api = faulty(
        {"on": "create", "nth": 1, "do": "replace-answer", "retry_after": "3"},
        {
            "on": "create",
            "nth": 2,
            "do": "replace-answer",
            "status": 200,
            "body": "{oh",
            "content_type": "application/json",
        },
    )
    proxy = api.raw("POST", "/v2/batches/create", BODY)
    assert (proxy.status, proxy.body[:12]) == (502, b"<html><head>")
    assert ("retry-after", "3") in proxy.headers
    garbage = api.raw("POST", "/v2/batches/create", BODY)
    assert (garbage.status, garbage.body) == (200, b"{oh")
    assert len(api.listed()) == 2


def test_a_refusal_carries_nothing_out_and_speaks_the_envelope_of_the_path(faulty):
    api = faulty({"on": "create", "do": "refuse", "message": "Blacklisted", "code": "NO", "retry_after": "9"})
    told = api.raw("POST", "/v2/batches/create", BODY)
    assert told.status == 429
    assert json.loads(told.body) == {"data": None, "errors": [{"error": "NO", "message": "Blacklisted"}]}
    assert ("retry-after", "9") in told.headers
    assert json.loads(api.raw("POST", "/v1/batches", {}).body)["status"] == "error"
    assert api.listed() == []


def test_a_late_answer_is_of_a_request_carried_out_at_once(faulty, passing):
    api = faulty({"on": "create", "do": "delay", "seconds": 30})
    assert api.create()
    assert passing.now == 30


def test_a_repeated_request_is_carried_out_twice(faulty):
    api = faulty({"on": "create", "do": "repeat"})
    first = api.create()
    assert len(api.listed()) == 2
    assert first in api.listed()


def test_a_hidden_batch_shows_after_so_many_lists(faulty):
    api = faulty({"on": "create", "nth": 1, "do": "hide", "lists": 2})
    hidden, seen = api.create(), api.create()
    assert api.listed() == [seen]
    assert api.listed(skip="1") == [hidden][:0]
    assert api.listed() == [seen]
    assert sorted(api.listed()) == sorted([hidden, seen])


def test_a_hidden_batch_shows_after_so_many_seconds_also_in_v1(faulty, passing):
    api = faulty({"on": "create", "do": "hide", "seconds": 20})
    hidden = api.create_v1()
    passing.now = 19.0
    assert api.listed_v1() == []
    passing.now = 21.0
    assert api.listed_v1() == [hidden]


def test_nothing_is_hidden_of_a_create_that_made_nothing(faulty):
    api = faulty({"on": "create", "do": "hide", "lists": 1}, {"on": "create", "do": "replace-answer"})
    api.raw("POST", "/v2/batches/create", BODY)
    assert len(api.listed()) == 1


def test_a_list_may_be_shuffled_and_may_end_early(faulty):
    api = faulty({"on": "list", "nth": 1, "do": "shuffle"}, {"on": "list", "nth": 2, "do": "shorten", "most": 2})
    made = [api.create() for _ in range(8)]
    shuffled = api.listed()
    assert sorted(shuffled) == sorted(made)
    assert shuffled not in (made, made[::-1])
    assert api.listed() == made[:-3:-1]


def test_only_lists_are_shuffled(faulty):
    api = faulty({"on": "any", "do": "shuffle"})
    assert json.loads(api.raw("GET", "/v1/me").body)["status"] == "active"
    assert api.raw("GET", "/v1/me", key="nobody").status == 401


def test_a_batch_may_fail_after_it_was_accepted(faulty, clock):
    api = faulty({"on": "create", "do": "fail"})
    batch_id = api.create("+14155550101", "+14155550102")
    clock.forward(minutes=1)
    (newest, *_) = json.loads(api.raw("GET", f"/v2/batches/{batch_id}/logs").body)["data"]
    assert newest["payload"]["state_change"] == "failed"
    assert api.create_v1()
    assert api.raw("POST", "/v2/batches/create").status == 400


def test_a_key_may_come_to_belong_to_another_account(faulty):
    api = faulty({"since": 2, "do": "switch-account"})
    before, after = (json.loads(api.raw("GET", "/v1/me").body)["org_id"] for _ in range(2))
    assert before != after


def test_the_first_fault_of_a_plan_is_the_nearest_to_the_client(faulty):
    cut, repeat = {"on": "create", "do": "lose-answer"}, {"on": "create", "do": "repeat"}
    api = faulty(cut, repeat)
    assert api.raw("POST", "/v2/batches/create", BODY).cut == 0
    assert len(api.listed()) == 2


@pytest.mark.parametrize("at", [0, 1, 12, 60, 10_000])
def test_an_answer_is_cut_at_the_byte_on_the_wire(tmp_path, at):
    plan = FaultPlan(faults=({"on": "create", "nth": 1, "do": "cut-answer", "at": at},))
    books = tmp_path / "books.sqlite"
    with (
        serving(Options(port=0, db=books, faults=lambda handler: Faulty(handler, plan))) as address,
        httpx.Client(base_url=address, headers=KEY) as client,
    ):
        if at < 10_000:
            with pytest.raises(httpx.RemoteProtocolError):
                client.post("/v2/batches/create", json=BODY)
        else:
            assert client.post("/v2/batches/create", json=BODY).headers["connection"] == "close"
        assert client.post("/v2/batches/create", json=BODY).status_code == 200
    assert len(rings(books)) == 2


def test_an_answer_is_cut_inside_the_process_too(world):
    plan = FaultPlan(faults=({"on": "create", "do": "lose-answer"},))
    transport = SandboxTransport(Faulty(world.handle, plan))
    with httpx.Client(transport=transport, base_url=BASE_URL, headers=KEY) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/v2/batches/create", json=BODY)
        assert len(client.get("/v2/batches/list").json()["data"]) == 1


def test_a_plan_is_read_from_yaml_and_from_json(tmp_path):
    yaml, json_ = tmp_path / "plan.yaml", tmp_path / "plan.json"
    yaml.write_text("seed: 7\nfaults:\n  - {on: create, nth: [1, 2], do: delay, seconds: 1}\n")
    json_.write_text('{"seed": 7, "faults": [{"on": "create", "nth": [1, 2], "do": "delay", "seconds": 1}]}')
    assert read_faults(yaml) == read_faults(json_)
    assert read_faults(yaml).faults[0].do == "delay"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("faults:\n  - {do: explode}\n", 2, "`faults.0`: input tag 'explode'"),
        ("faults:\n  - {do: shuffle}\n  - {do: lose-answer, seconds: 1}\n", 3, "`faults.1.seconds`: is not a key"),
        ("faults:\n  - {do: delay}\n", 2, "`faults.0.seconds`: field required"),
        ("faults:\n  - {on: crate, do: shuffle}\n", 2, "`faults.0.on`: input should be 'create'"),
        ("seed: 1\n", 1, "`faults`: field required"),
        ("faults: [\n", None, ""),
        ("", None, ""),
    ],
)
def test_a_plan_with_a_mistake_is_refused_with_its_place(tmp_path, text, line, said):
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    with pytest.raises(InvalidInput, match="is not a plan of faults") as caught:
        read_faults(file)
    first = caught.value.diagnostics[0]
    assert first.message.startswith(said)
    assert line in {None, first.place.line}


def test_a_plan_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InvalidInput, match="is not a plan of faults"):
        read_faults(tmp_path / "none.yaml")


def test_serve_takes_a_plan_and_refuses_what_is_none(tmp_path):
    plan, none = tmp_path / "plan.yaml", tmp_path / "none.yaml"
    plan.write_text("faults:\n  - {on: me, nth: 1, do: refuse, status: 503}\n")
    none.write_text("faults:\n  - {do: explode}\n")
    serve = [sys.executable, "-m", "bland_deploy", "sandbox", "serve", "--port", "0", "--faults"]
    refused = subprocess.run([*serve, none], capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 3
    assert "none.yaml:2:5" in refused.stderr
    with subprocess.Popen([*serve, plan], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        address = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=address, headers=KEY) as client:
            assert [client.get("/v1/me").status_code for _ in range(2)] == [503, 200]
        process.terminate()
        assert process.wait(30) == 0
