"""The sandbox was written from the documentation without a look at this package: each must understand the other."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from bland_deploy.api.answers import (
    ME_PATH,
    parse_batch_list,
    parse_calls,
    parse_create,
    parse_me,
    parse_status,
    parse_stop,
)
from bland_deploy.api.calls import calls_path
from bland_deploy.api.outcomes import Created, Refused
from bland_deploy.api.versions import VERSIONS
from bland_deploy.model.stamp import Stamp, suffix
from bland_deploy.sandbox.exchange import Ask
from bland_deploy.sandbox.world import World

STAMP = Stamp("a" * 32, "renewals", "1", "abcdefghijklmnop", 2)
NUMBERS = ["+14155550100", "+14155550101"]
APIS = pytest.mark.parametrize("api", ["v1", "v2"])


class Provider:
    def __init__(self):
        self.now = datetime(2026, 1, 5, 15, tzinfo=UTC)
        self.world = World(":memory:", seed=1, clock=lambda: self.now)

    def ask(self, method, path, body=b"", key="sk-test"):
        parts = urlsplit(path)
        return self.world.handle(Ask(method, parts.path, dict(parse_qsl(parts.query)), {"authorization": key}, body))


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.world.close()


def stamped_body(version):
    envelope = version.envelope("Hi {{name}}", {"max_duration": 1}, {}, "Label")
    body = dict(version.stamp_into(envelope, STAMP.to_json(), suffix(STAMP.attempt)).envelope)
    body[version.calls_key] = [version.call_object(number, {"name": "Ada"}, None, {}, None) for number in NUMBERS]
    return orjson.dumps(body)


def create(provider, api, body, key="sk-test"):
    version = VERSIONS[api]
    answer = provider.ask(version.method, version.path, body, key)
    return parse_create(api, answer.status, dict(answer.headers), answer.body)


@APIS
def test_what_is_created_is_listed_with_its_stamp_and_its_people(api, provider):
    version = VERSIONS[api]
    created = create(provider, api, stamped_body(version))
    assert isinstance(created, Created)
    (batch,) = parse_batch_list(api, provider.ask("GET", version.list_path(0, 10)).body)
    assert (batch.batch_id, batch.stamp, batch.attempt) == (created.batch_id, STAMP, STAMP.attempt)
    assert batch.description == "Label [abcdefghijklmnop]"
    page = parse_calls(provider.ask("GET", calls_path(created.batch_id)).body)
    assert (page.total, [call.to for call in page.calls]) == (2, NUMBERS)
    assert {call.batch_id for call in page.calls} == {created.batch_id}


@APIS
def test_a_batch_is_followed_to_its_end(api, provider):
    version = VERSIONS[api]
    batch_id = create(provider, api, stamped_body(version)).batch_id
    assert not parse_status(api, provider.ask("GET", version.status_path(batch_id)).body).final
    provider.now += timedelta(hours=1)
    status = parse_status(api, provider.ask("GET", version.status_path(batch_id)).body)
    assert (status.status, status.calls) == ("completed", 2)
    assert status.successful + status.failed == 2


@APIS
def test_a_running_batch_is_stopped(api, provider):
    version = VERSIONS[api]
    batch_id = create(provider, api, stamped_body(version)).batch_id
    answer = provider.ask("POST", version.stop_path(batch_id))
    assert parse_stop(answer.status, answer.body).done


@APIS
def test_refusals_are_told_apart(api, provider):
    nothing = create(provider, api, b"{}")
    assert (type(nothing), nothing.kind) == (Refused, "invalid")
    stranger = create(provider, api, stamped_body(VERSIONS[api]), key="nobody")
    assert (type(stranger), stranger.kind, stranger.code) == (Refused, "authentication", "AUTH_FAILURE")


def test_an_account_is_the_same_each_time_and_another_for_another_key(provider):
    ids = [parse_me(provider.ask("GET", ME_PATH, key=key).body).id for key in ("sk-a", "sk-a", "sk-b")]
    assert ids[0] == ids[1] != ids[2]
