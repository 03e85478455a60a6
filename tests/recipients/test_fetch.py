"""Lists that are objects elsewhere, over real sockets on loopback."""

import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

import pytest

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.errors import AuthenticationFailed, InvalidInput, Unavailable
from bland_deploy.model.lists import ListFormat
from bland_deploy.model.recipient import Row
from bland_deploy.model.references import SecretReference
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows
from tests.recipients.people import FILES, PEOPLE, as_csv

HERE = Place("campaigns/x.yaml", 7, 9)
SECRETS = {"ID": "a", "SECRET": "b", "TOKEN": "Bearer the-token"}


def by_env(name):
    return SecretReference(env=name, file=None)


def reach(root):
    return Reach(root, lambda reference: SECRETS[reference.env])


def people(source):
    return [tuple(item.values.values()) for item in source.rows() if isinstance(item, Row)]


def problems(source):
    return [(item.rule, item.severity.value) for item in source.rows() if isinstance(item, Diagnostic)]


@contextmanager
def serving(answer):
    """A server that answers by a function of the request (path, headers) with (status, headers, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = answer(self.path, self.headers)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def served(root, answer, path="/people.csv", **given):
    with serving(answer) as address:
        return read_rows(ListFormat(url=f"{address}{path}", **given), reach(root), HERE)


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read_over_http(tmp_path, name):
    content = FILES[name]()
    source = served(tmp_path, lambda _path, _headers: (200, {}, content), f"/{name}?page=all")
    assert people(source) == list(PEOPLE)
    assert source.sha256() == sha256(content).hexdigest()
    assert people(source) == list(PEOPLE), "what was fetched once is read as often as needed"


def test_two_readers_of_one_object_do_not_disturb_each_other(tmp_path):
    source = served(tmp_path, lambda _path, _headers: (200, {}, as_csv()))
    first, second = source.rows(), source.rows()
    assert [one == other for one, other in zip(first, second, strict=True)] == [True] * len(PEOPLE)


def test_headers_come_from_references_and_a_redirect_stays_on_its_host(tmp_path):
    seen = []

    def answer(path, headers):
        seen.append((path, headers["Authorization"]))
        return (302, {"Location": "/there.csv"}, b"") if path == "/people.csv" else (200, {}, as_csv())

    assert people(served(tmp_path, answer, headers={"Authorization": by_env("TOKEN")})) == list(PEOPLE)
    assert seen == [("/people.csv", "Bearer the-token"), ("/there.csv", "Bearer the-token")]


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        ((403, {}, b""), AuthenticationFailed, "may not be read"),
        ((401, {}, b""), AuthenticationFailed, "may not be read"),
        ((500, {}, b"+14155550100"), Unavailable, "its server answers 500"),
        ((204, {}, b""), Unavailable, "its server answers 204"),
        ((200, {"Content-Length": "1000"}, b"phone_number\n"), Unavailable, "cannot be fetched"),
        ((302, {"Location": "http://127.0.0.2/people.csv"}, b""), InvalidInput, "another host"),
        ((302, {"Location": "/people.csv"}, b""), InvalidInput, "again and again"),
    ],
)
def test_an_answer_that_is_not_the_whole_object_is_a_failure(tmp_path, answer, failure, words):
    with pytest.raises(failure, match=words) as caught:
        served(tmp_path, lambda _path, _headers: answer)
    assert "5550100" not in str(caught.value)


def test_an_object_that_is_not_there_is_a_missing_list_where_it_is_named(tmp_path):
    source = served(tmp_path, lambda _path, _headers: (404, {}, b""))
    assert [(item.rule, item.place) for item in source.rows()] == [("list-missing", HERE)]


def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(Unavailable):
        read_rows(ListFormat(url="http://127.0.0.1:1/people.csv"), reach(tmp_path), HERE)


def test_the_format_may_be_said_where_the_address_does_not_end_in_it(tmp_path):
    content = FILES["people.csv.gz"]()
    source = served(tmp_path, lambda _path, _headers: (200, {}, content), "/export/17", format="csv.gz")
    assert people(source) == list(PEOPLE)
    unsaid = read_rows(ListFormat(url="https://example.com/export/17"), Reach(tmp_path), HERE)
    assert problems(unsaid) == [("list-format-unknown", "error")]


@pytest.mark.parametrize(
    ("url", "given", "rules"),
    [
        ("s3://bucket/people.csv", {}, []),
        ("gs://bucket/people.csv.gz", {}, []),
        ("az://container/a/people.parquet", {"options": {"account_name": "acme"}}, []),
        ("https://example.com/people.csv?page=2", {"headers": {"X-Key": by_env("TOKEN")}}, []),
        ("http://127.0.0.1/people.csv", {}, []),
        ("http://example.com/people.csv", {}, ["list-url"]),
        ("ftp://example.com/people.csv", {}, ["list-url"]),
        ("s4://bucket/people.csv", {}, ["list-url"]),
        ("people.csv", {}, ["list-url"]),
        ("https://[::1/people.csv", {}, ["list-url"]),
        ("s3://bucket", {}, ["list-url"]),
        ("s3://bucket/people.csv?versionId=3", {}, ["list-url"]),
        ("https://me:word@example.com/people.csv", {}, ["secret-in-file"]),
        ("https://example.com/people.csv?X-Amz-Signature=abc", {}, ["secret-in-file"]),
        ("https://example.com/people.csv?api_key=abc", {}, ["secret-in-file"]),
        ("s3://bucket/people.csv", {"options": {"secret_access_key": "abc"}}, ["secret-in-file"]),
        ("s3://bucket/people.csv", {"headers": {"X-Key": by_env("TOKEN")}}, ["list-url"]),
        ("https://example.com/people.csv", {"options": {"region": "eu-west-1"}}, ["list-url"]),
    ],
)
def test_an_address_is_judged_without_a_network(tmp_path, url, given, rules):
    found = problems(read_rows(ListFormat(url=url, **given), Reach(tmp_path), HERE))
    assert found == ([(rule, "error") for rule in rules] or [("list-elsewhere", "note")])


def test_a_secret_in_an_address_is_never_quoted(tmp_path):
    source = read_rows(ListFormat(url="https://me:word@example.com/x.csv?sig=abcdef"), Reach(tmp_path), HERE)
    assert all("word" not in str(item) and "abcdef" not in str(item) for item in source.rows())


KEYS = {"access_key_id": by_env("ID"), "secret_access_key": by_env("SECRET")}


@pytest.mark.parametrize("name", ["people.csv", "a folder/people.csv.zst", "people.parquet", "people.xlsx"])
def test_objects_of_a_store_are_read(tmp_path, s3, name):
    address, put = s3
    content = FILES[name.rpartition("/")[2]]()
    put(name, content)
    listed = ListFormat(
        url=f"s3://lists/{name}", credentials=KEYS, options={"endpoint": address, "region": "us-east-1"}
    )
    source = read_rows(listed, reach(tmp_path), HERE)
    assert people(source) == list(PEOPLE)
    assert source.sha256() == sha256(content).hexdigest()
    put(name, content + b"\n")
    assert people(read_rows(listed, reach(tmp_path), HERE)) != [] or name.endswith(("zst", "xlsx", "parquet"))
    assert people(source) == list(PEOPLE), "a run sees one content of a list"


def test_a_large_object_is_read_whole(tmp_path, s3):
    address, put = s3
    count = 250_000
    put("large.csv", b"phone_number,n\n" + b"".join(b"+14155550100,%d\n" % n for n in range(count)))
    options = {"endpoint": address, "region": "us-east-1"}
    source = read_rows(ListFormat(url="s3://lists/large.csv", credentials=KEYS, options=options), reach(tmp_path))
    assert [row.values["n"] for row in source.rows()] == [str(n) for n in range(count)]


def test_an_object_that_a_store_does_not_have_is_a_missing_list(tmp_path, s3):
    address, _ = s3
    options = {"endpoint": address, "region": "us-east-1"}
    source = read_rows(ListFormat(url="s3://lists/no.csv", credentials=KEYS, options=options), reach(tmp_path), HERE)
    assert [(item.rule, item.place) for item in source.rows()] == [("list-missing", HERE)]


@pytest.mark.parametrize(
    ("status", "failure"), [(403, AuthenticationFailed), (401, AuthenticationFailed), (400, Unavailable)]
)
def test_a_store_that_refuses_is_told_from_one_that_fails(tmp_path, status, failure):
    with serving(lambda _path, _headers: (status, {}, b"<Error><Message>+14155550100</Message></Error>")) as address:
        options = {"endpoint": address, "region": "us-east-1"}
        listed = ListFormat(url="s3://lists/people.csv", credentials=KEYS, options=options)
        with pytest.raises(failure) as caught:
            read_rows(listed, reach(tmp_path), HERE)
    assert "5550100" not in str(caught.value)


def test_an_option_that_a_store_does_not_know_is_a_mistake(tmp_path):
    listed = ListFormat(url="s3://lists/people.csv", options={"regoin": "us-east-1"})
    with pytest.raises(InvalidInput, match="does not know"):
        read_rows(listed, reach(tmp_path), HERE)


@pytest.mark.parametrize(
    ("url", "asked", "given"),
    [
        ("gs://lists/people.csv", "/lists/people.csv", {"skip_signature": "true"}),
        ("az://lists/people.csv", "/acme/lists/people.csv", {"account_name": "acme", "skip_signature": "true"}),
    ],
)
def test_other_stores_are_asked_for_the_same_object(tmp_path, url, asked, given):
    paths = []

    def answer(path, _headers):
        paths.append(path)
        stamps = {"ETag": '"1"', "Last-Modified": "Mon, 05 Jan 2026 00:00:00 GMT"}
        return 200, stamps, as_csv()

    with serving(answer) as address:
        at = {"endpoint": f"{address}/acme"} if url.startswith("az") else {"base_url": address}
        listed = ListFormat(url=url, options={**given, **at})
        assert people(read_rows(listed, reach(tmp_path), HERE)) == list(PEOPLE)
    assert [unquote(path) for path in paths] == [asked]


WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None
from pathlib import Path
from bland_deploy.model.lists import ListFormat, Query
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows
listed = ListFormat(url="s3://lists/people.csv")
if sys.argv[1] != "obstore":
    listed = ListFormat(sql=Query(database=sys.argv[2], query="select 1 order by 1"))
(problem,) = read_rows(listed, Reach(Path(), str)).rows()
print(problem.rule, problem.help)
"""


@pytest.mark.parametrize(
    ("library", "database", "extra"),
    [
        ("obstore", "", "objects"),
        ("sqlalchemy", "sqlite:///x", "sql"),
        ("psycopg", "postgresql://h/d", "postgres"),
        ("pymysql", "mysql://h/d", "mysql"),
        ("duckdb_engine", "duckdb:///pyproject.toml", "duckdb"),
        ("x", "snowflake://h/d", "snowflake"),
        ("x", "bigquery://h/d", "bigquery"),
    ],
)
def test_a_library_that_is_missing_is_named(library, database, extra):
    command = [sys.executable, "-c", WITHOUT, library, database]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == f'extra-missing pip install "bland-deploy[{extra}]"\n'
