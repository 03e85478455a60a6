"""One delivery at a time: who vouches for it, what is answered, and what is kept."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from hmac import new as hmac

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bland_deploy.api.webhooks import is_signed, parse_event
from bland_deploy.errors import InvalidInput, Unavailable
from bland_deploy.events import MOST_HINTS, open_events, told_of_batches
from bland_deploy.listener.app import Bounds, Receiver
from bland_deploy.listener.proof import Trust
from bland_deploy.listener.server import Address, _open
from bland_deploy.listener.tokens import check_tokens
from bland_deploy.listener.writer import writing
from bland_deploy.model.workspace import WebhookTokens
from tests.cli.workspace import Workspace

SECRET = "a-signing-secret"
FINAL = (
    b'{"batch_id":"b-1","status":"completed","calls_total":3,"calls_successful":2,"calls_failed":1,'
    b'"timestamp":"2026-02-20T15:00:05Z"}'
)
EARLY = b'{"batch_id":"b-1","status":"in_progress","timestamp":"2026-02-20T15:00:01Z"}'
CALL = b'{"call_id":"c-1","batch_id":"b-1","to":"+14155550100","status":"completed","variables":{"name":"Ada"}}'


def test_no_answer_waits_for_the_acknowledgement_of_its_first_half():
    with (
        closing(_open(Address("127.0.0.1", 0))) as door,
        socket.create_connection(door.getsockname()),
        closing(door.accept()[0]) as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def signed(body, secret=SECRET):
    return {"x-webhook-signature": hmac(secret.encode(), body, sha256).hexdigest()}


def deliver(file, *posts, trust=None, **bounds):
    """The status of each answer; a post is a body with headers, or a list of pieces of a body."""

    async def one(receiver, body, headers, scope):
        pieces = [body] if isinstance(body, bytes) else list(body)
        answers = []

        async def receive():
            if not pieces:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message):
            answers.append(message)

        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await receiver({"type": "http", "method": "POST", "path": "/", "headers": encoded} | scope, receive, send)
        return answers[0]["status"]

    async def all_of_them(writer):
        receiver = Receiver(writer, trust or Trust(SECRET), Bounds(**bounds))
        return [await one(receiver, body, headers, *scope or [{}]) for body, headers, *scope in posts]

    with writing(file) as writer:
        return asyncio.run(all_of_them(writer))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept" / "events.sqlite"


def amount(file):
    with open_events(file) as events:
        return events.amount()


def test_a_signed_event_is_kept_once_however_often_it_comes(file):
    assert deliver(file, (FINAL, signed(FINAL)), (FINAL, signed(FINAL)), (CALL, signed(CALL))) == [200, 200, 200]
    assert amount(file) == (2, 0)


def test_nothing_personal_is_kept_and_the_file_is_its_owners(file):
    deliver(file, (CALL, signed(CALL)))
    failed = b'{"batch_id":"b-2","status":"failed","reason":"Entry +14155550100 did not have a phone number."}'
    deliver(file, (failed, signed(failed)))
    content = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"Ada" not in content
    assert b"14155550100" not in content
    assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_signature_is_refused_and_a_missing_one_makes_it_a_hint(file):
    assert deliver(file, (FINAL, signed(FINAL, "other")), (FINAL, signed(EARLY)), (FINAL, {}), (CALL, {})) == [
        401,
        401,
        202,
        401,
    ]
    assert amount(file) == (0, 1)
    assert told_of_batches(file) == {}


def test_without_a_secret_everything_is_a_hint_at_most(file):
    assert deliver(file, (FINAL, signed(FINAL)), (CALL, signed(CALL)), trust=Trust()) == [202, 401]
    assert amount(file) == (0, 1)


def test_what_is_no_webhook_is_refused(file):
    bodies = [b"", b"[]", b"{}", b"{", b'{"batch_id":7}', b'{"batch_id":""}', b'{"call_id":"a\\nb"}', b"\xff"]
    assert deliver(file, *((body, signed(body)) for body in bodies)) == [400] * len(bodies)


def test_other_paths_and_methods_are_refused(file):
    assert deliver(file, (FINAL, signed(FINAL), {"path": "/x"}), (FINAL, signed(FINAL), {"method": "GET"})) == [
        404,
        405,
    ]


def test_a_body_may_be_so_large_and_take_so_long(file):
    pieces = [FINAL[:50], FINAL[50:]]
    told = signed(FINAL) | {"content-length": "1000"}
    assert deliver(file, (pieces, signed(FINAL)), most_bytes=len(FINAL)) == [200]
    assert deliver(file, (pieces, signed(FINAL)), (FINAL, told), most_bytes=len(FINAL) - 1) == [413, 413]
    assert deliver(file, ([], signed(FINAL)), longest=0.01) == [408]


def test_what_cannot_be_recorded_is_not_acknowledged(file):
    with open_events(file), sqlite3.connect(file) as books:
        books.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT raise(abort, 'disk full'); END")
    books.close()
    assert deliver(file, (FINAL, signed(FINAL))) == [503]


def test_the_end_of_a_batch_counts_in_whatever_order_events_come(file):
    late = EARLY.replace(b"15:00:01", b"23:00:00")
    deliver(file, *((body, signed(body)) for body in (FINAL, EARLY, late)))
    told = told_of_batches(file)["b-1"]
    assert (told.status, told.calls, told.successful, told.failed) == ("completed", 3, 2, 1)


def test_hints_do_not_fill_the_disk(file):
    with open_events(file) as events:
        events.add([], [f"b-{number}" for number in range(MOST_HINTS + 50)], 1.0)
        events.add([], ["newest"], 2.0)
        assert events.amount() == (0, MOST_HINTS)


def test_a_file_that_is_something_else_is_left_alone(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("my notes, which are longer than the head of a database would have to be" * 20)
    with pytest.raises(InvalidInput, match="holds no events"), open_events(other):
        pass
    assert other.read_text().startswith("my notes")
    with pytest.raises(Unavailable), open_events(tmp_path / "notes.txt" / "below"):
        pass


def test_a_signature_is_over_the_raw_bytes():
    assert is_signed(b"{ }", hmac(b"s", b"{ }", sha256).hexdigest(), "s")
    assert not is_signed(b"{}", hmac(b"s", b"{ }", sha256).hexdigest(), "s")
    assert not is_signed(b"{ }", "é", "s")


def test_a_later_enrichment_of_a_call_is_an_event_of_its_own():
    first, second = parse_event(CALL), parse_event(CALL[:-1] + b',"event_type":"citations"}')
    assert first.call_id == second.call_id
    assert first.digest != second.digest


# --------------------------------------------------------------------- tokens


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def check(tmp_path, key):
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k1", "alg": "RS256"}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public]}))
    return check_tokens(WebhookTokens(keys="jwks.json", issuer="bland", audience="us"), tmp_path)


def token(key, kid="k1", algorithm="RS256", **changes):
    now = int(time.time())
    claims = {"iss": "bland", "aud": "us", "exp": now + 60, "iat": now} | changes
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm, {"kid": kid})


def test_a_token_vouches_only_if_it_is_whole(check, key):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert check(token(key))
    for bad in (
        token(stranger),
        token(key, kid="k2"),
        token(key, aud="them"),
        token(key, iss="evil"),
        token(key, exp=1),
        token(key, exp=None),
        token("x" * 32, algorithm="HS256"),
        "not.a.token",
        "",
    ):
        assert not check(bad)


def test_a_good_token_makes_an_event_and_a_bad_one_spoils_a_good_signature(file, check, key):
    trust = Trust(SECRET, check)
    good, bad = ({"authorization": f"Bearer {text}"} for text in (token(key), token(key, aud="them")))
    assert deliver(file, (FINAL, good), (EARLY, good | signed(EARLY)), trust=trust) == [200, 200]
    assert deliver(file, (CALL, bad | signed(CALL)), (CALL, bad), trust=trust) == [401, 401]
    assert amount(file) == (2, 0)


def test_keys_that_cannot_be_read_name_where_they_come_from(tmp_path):
    (tmp_path / "jwks.json").write_text("{}")
    for name in ("jwks.json", "absent.json"):
        with pytest.raises(InvalidInput, match="keys of webhooks cannot be read"):
            check_tokens(WebhookTokens(keys=name, issuer=None, audience=None), tmp_path)


# ------------------------------------------------------- the command, and after


@pytest.fixture
def listening(tmp_path):
    """`bland-deploy listen` as a process, its address, and its workspace."""
    workspace = Workspace(tmp_path / "w").hello()
    sandbox = {"provider": "sandbox", "webhooks": {"secret": {"env": "HOOK"}}}
    workspace.settings({"sandbox": sandbox})
    command = [
        sys.executable,
        "-m",
        "bland_deploy",
        "-C",
        str(workspace.root),
        "listen",
        "--port",
        "0",
        "--path",
        "hook",
    ]
    with subprocess.Popen(
        command, env=os.environ | {"HOOK": SECRET}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield workspace, process, process.stdout.readline().split()[-1]
        process.kill()


def test_status_and_wait_believe_a_signed_end_and_the_receiver_ends_by_a_signal(listening):
    workspace, process, address = listening
    applied = workspace.apply()
    (batch,) = applied.json["batches"]
    body = FINAL.replace(b"b-1", batch["batch_id"].encode())
    assert httpx.post(address, content=body, headers=signed(body), trust_env=False).status_code == 200
    (told,) = workspace.run("status", "--format", "json").json["batches"]
    assert (told["status"], told["successful"], told["failed"], told["final"]) == ("completed", 2, 1, True)
    assert workspace.run("wait", "--timeout", "0s").code == 0
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert "Traceback" not in process.stderr.read()


def test_an_unsigned_end_is_not_believed(listening):
    workspace, _, address = listening
    (batch,) = workspace.apply().json["batches"]
    body = FINAL.replace(b"b-1", batch["batch_id"].encode())
    assert httpx.post(address, content=body, trust_env=False).status_code == 202
    (told,) = workspace.run("status", "--format", "json").json["batches"]
    assert told["calls"] == 2


def test_a_taken_port_is_named(listening):
    workspace, _, address = listening
    port = address.rsplit(":", 1)[1].split("/")[0]
    refused = workspace.run("listen", "--port", port, HOOK=SECRET)
    assert (refused.code, "choose another --host or --port" in refused.err) == (3, True)


def test_a_missing_secret_is_named(tmp_path):
    workspace = Workspace(tmp_path / "w").hello()
    workspace.settings({"sandbox": {"provider": "sandbox", "webhooks": {"secret": {"env": "HOOK"}}}})
    refused = workspace.run("listen", "--port", "0")
    assert (refused.code, "HOOK" in refused.err) == (4, True)
