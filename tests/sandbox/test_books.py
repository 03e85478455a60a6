"""The books: private, durable, refused when they are something else; and what an oracle reads from them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from bland_deploy.errors import ExitCode, Unavailable
from bland_deploy.sandbox.accounts import org_of
from bland_deploy.sandbox.books import open_books, remove_books, rings, transaction
from bland_deploy.sandbox.world import World


@pytest.fixture
def books(tmp_path):
    return tmp_path / "deep" / "books.sqlite"


def test_rings_are_the_accepted_entries_with_their_stamp(books, make_world, another_api):
    api = another_api(make_world(books))
    stamp = {"lineage": "l", "campaign": "c", "round": "1", "attempt": "a", "calls": 2}
    batch_id = api.create("+14155550101", "4155550102", "4155550101", shared={"metadata": {"bland_deploy": stamp}})
    api.post(f"/v2/batches/{batch_id}/stop")
    unmarked = api.create("+447700900001", shared={"metadata": {"bland_deploy": "?"}})
    api.post("/v1/calls", {"phone_number": "+14155550103", "task": "Hi"})
    found = rings(books)
    assert [ring.number for ring in found] == ["+14155550101", "+14155550102", "+447700900001", "+14155550103"]
    assert [ring.batch_id for ring in found] == [batch_id, batch_id, unmarked, None]
    assert [ring.stamp for ring in found] == [stamp, stamp, None, None]
    assert [ring.canceled for ring in found] == [True, True, False, False]
    assert {ring.account for ring in found} == {org_of("sk-test")}


def test_the_books_are_private_and_hold_no_key(books, make_world, another_api):
    another_api(make_world(books), "sk-very-secret").create("+14155550101")
    assert books.stat().st_mode & 0o777 == 0o600
    assert all(b"very-secret" not in path.read_bytes() for path in books.parent.iterdir())


def test_the_books_stay_when_they_are_opened_again(books, make_world, another_api):
    first = another_api(make_world(books))
    batch_id = first.create("+14155550101")
    again = another_api(make_world(books))
    assert again.get(f"/v2/batches/{batch_id}") == first.get(f"/v2/batches/{batch_id}")
    assert again.create("+14155550101") != batch_id


def test_many_worlds_share_one_file(books, make_world, another_api):
    apis = [another_api(make_world(books)) for _ in range(4)]

    def create_some(number):
        return [apis[number].create(f"+1415100{number}{extra:03}") for extra in range(20)]

    with ThreadPoolExecutor(4) as pool:
        ids = [batch_id for made in pool.map(create_some, range(4)) for batch_id in made]
    assert len(set(ids)) == len(rings(books)) == 80


def test_many_worlds_may_open_a_new_file_at_once(books):
    with ThreadPoolExecutor(8) as pool:
        for world in pool.map(lambda _: World(books), range(8)):
            world.close()


def test_removed_books_leave_nothing_behind(books, another_api):
    for _ in range(2):
        world = World(books)
        another_api(world).create("+14155550101")
        remove_books(books)
        assert list(books.parent.iterdir()) == []
        world.close()
    remove_books(books)


@pytest.mark.parametrize("content", [b"this is not a database, whatever its name says" * 20, None])
def test_what_is_not_ours_is_refused_with_a_way_out(books, content):
    if content is None:
        books.mkdir(parents=True)
    else:
        books.parent.mkdir()
        books.write_bytes(content)
    with pytest.raises(Unavailable) as failure:
        open_books(books)
    assert failure.value.exit_code == ExitCode.UNAVAILABLE
    assert "sandbox reset" in failure.value.help


def test_books_of_a_later_format_are_refused(books, make_world):
    make_world(books)
    with sqlite3.connect(books) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Unavailable, match="format 99"):
        open_books(books)


def test_a_failure_midway_leaves_nothing_behind(books):
    connection = open_books(books)
    with pytest.raises(sqlite3.IntegrityError), transaction(connection, write=True):
        connection.executemany("INSERT INTO accounts (org, secret) VALUES (?, 's')", [("o",), ("o",)])
    assert connection.execute("SELECT count(*) FROM accounts").fetchone()[0] == 0
    connection.close()


def test_books_that_fail_are_a_500_and_no_traceback(api):
    api.world.close()
    status, answer = api.ask("POST", "/v2/batches/create", {"global": {"task": "x"}, "call_objects": [{}]})
    assert (status, answer["errors"][0]["error"]) == (500, "INTERNAL_ERROR")


def test_a_body_that_is_nested_too_deeply_is_refused(api):
    nested = b'{"global":{"task":"x","metadata":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b'},"call_objects":[{}]}'
    assert api.ask("POST", "/v2/batches/create", nested)[0] == 400
    assert api.get("/v2/batches/list")["data"] == []
