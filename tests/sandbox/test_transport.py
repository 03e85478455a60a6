"""The embedded sandbox, as an httpx transport."""

import httpx
import pytest

from bland_deploy.errors import Unavailable
from bland_deploy.sandbox.books import rings
from bland_deploy.sandbox.transport import BASE_URL, SandboxTransport, embedded

BODY = b'{"global":{"task":"Hi"},"call_objects":[{"phone_number":"+14155550101"}]}'
KEY = {"authorization": "sk-sandbox"}


@pytest.fixture
def books(tmp_path):
    return tmp_path / "books.sqlite"


@pytest.fixture
def client(books):
    with httpx.Client(transport=embedded(books), base_url=BASE_URL, headers=KEY) as client:
        yield client


def test_a_create_and_its_reads_work_without_a_socket(client, books):
    batch_id = client.post("/v2/batches/create", content=BODY).json()["data"]["batch_id"]
    assert client.get("/v1/calls", params={"batch_id": batch_id, "limit": 5}).json()["count"] == 1
    assert len(rings(books)) == 1


def test_an_id_with_odd_characters_is_found(client):
    body = {"base_prompt": "Hi", "batch_id": "a$b c", "call_data": [{"phone_number": "+14155550101"}]}
    client.post("/v1/batches", json=body)
    assert client.get("/v1/batches/a%24b%20c").json()["batch_params"]["id"] == "a$b c"


def test_a_body_that_breaks_off_is_never_handled(client, books):
    def halves():
        yield BODY[:20]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.post("/v2/batches/create", content=halves())
    assert rings(books) == []


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) + 1])
def test_a_body_of_another_length_than_announced_is_never_handled(client, books, length):
    with pytest.raises(httpx.LocalProtocolError):
        client.post("/v2/batches/create", content=iter([BODY]), headers={"content-length": str(length)})
    assert rings(books) == []


def test_a_body_in_pieces_arrives_whole(client, books):
    pieces = (BODY[at : at + 1] for at in range(len(BODY)))
    client.post("/v2/batches/create", content=pieces, headers={"content-length": str(len(BODY))}).raise_for_status()
    assert len(rings(books)) == 1


def test_books_that_cannot_be_opened_are_said_at_once(tmp_path):
    with pytest.raises(Unavailable):
        embedded(tmp_path)


def test_a_transport_over_a_handler_of_another_leaves_its_world_open(make_world):
    world = make_world()
    SandboxTransport(world.handle).close()
    with httpx.Client(transport=SandboxTransport(world.handle), base_url=BASE_URL, headers=KEY) as client:
        assert client.get("/v1/me").status_code == 200
