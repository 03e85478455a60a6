"""Lists that are the answers of databases: SQLite and DuckDB in files, Postgres over a socket."""

import sqlite3
from contextlib import closing

import duckdb
import psycopg
import pytest

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.errors import AuthenticationFailed, InvalidInput, Unavailable
from bland_deploy.model.lists import ListFormat, Query
from bland_deploy.model.recipient import LeftOut, Row
from bland_deploy.model.references import FileText, SecretReference
from bland_deploy.recipients.databases import DIALECTS, open_engine
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows
from tests.recipients.people import COLUMNS, PEOPLE

HERE = Place("campaigns/x.yaml", 7, 9)
BY_ENV = SecretReference(env="DATABASE_URL", file=None)
EVERYBODY = "SELECT phone_number, first_name, plan FROM people ORDER BY place"
TABLE = "CREATE TABLE people (place integer, phone_number text, first_name text, plan text)"
NUMBERED = [(place, *person) for place, person in enumerate(PEOPLE)]


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def url(request, tmp_path):
    """The URL of a database that holds the people."""
    if request.param == "sqlite":
        with closing(sqlite3.connect(tmp_path / "people.sqlite")) as database, database:
            database.execute(TABLE)
            database.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", NUMBERED)
        return "sqlite:///people.sqlite"
    if request.param == "duckdb":
        with duckdb.connect(tmp_path / "people.duckdb") as database:
            database.execute(TABLE)
            database.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", NUMBERED)
        return f"duckdb:///{tmp_path / 'people.duckdb'}"
    address = request.getfixturevalue("postgres")
    with psycopg.connect(address, autocommit=True) as database, database.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS people")
        cursor.execute(TABLE)
        cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", NUMBERED)
    return address


def asked(root, url, query=EVERYBODY, **given):
    listed = ListFormat(sql=Query(database=BY_ENV, query=query, **given))
    return read_rows(listed, Reach(root, lambda _reference: url), HERE)


def rules(source):
    items = [item for item in source.rows() if not isinstance(item, Row)]
    return [(item if isinstance(item, Diagnostic) else item.problem).rule for item in items]


def test_the_answer_of_a_database_is_a_list_like_any_other(tmp_path, url):
    source = asked(tmp_path, url)
    rows = list(source.rows())
    assert [tuple(row.values.values()) for row in rows] == list(PEOPLE)
    assert [row.line for row in rows] == [1, 2, 3, 4]
    assert source.columns == COLUMNS
    assert list(source.rows()) == rows, "it is asked once"


def test_the_digest_is_of_the_question_and_of_the_rows(tmp_path, url):
    def digest(*arguments, **given):
        source = asked(tmp_path, url, *arguments, **given)
        assert source.sha256() is None
        assert list(source.rows())
        return source.sha256()

    usual = digest()
    assert digest() == usual
    assert digest(EVERYBODY + " ") != usual
    limited = "SELECT * FROM people WHERE place < :least ORDER BY place"
    assert digest(limited, parameters={"least": 2}) != digest(limited, parameters={"least": 3})


def test_parameters_travel_beside_the_query(tmp_path, url):
    query = "SELECT phone_number FROM people WHERE first_name = :name ORDER BY place"
    (row,) = asked(tmp_path, url, query, parameters={"name": 'Ben "B", jr'}).rows()
    assert row.values == {"phone_number": "+14155550101"}
    assert list(asked(tmp_path, url, query, parameters={"name": "' OR 1=1 --"}).rows()) == []
    assert rules(asked(tmp_path, url, query)) == ["query-failed"]


def test_a_query_may_lie_in_a_file(tmp_path, url):
    (tmp_path / "all.sql").write_text(f"-- everybody\n{EVERYBODY};\n")
    source = asked(tmp_path, url, FileText(file="all.sql"))
    assert len(list(source.rows())) == len(PEOPLE)
    assert source.name == "rows of all.sql"
    assert rules(asked(tmp_path, url, FileText(file="none.sql"))) == ["unreadable-file"]


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone ORDER BY place",
        "SELECT * FROM people ORDER BY place; DELETE FROM people",
        "DELETE FROM people",
    ],
)
def test_no_query_changes_the_database(tmp_path, url, query):
    assert set(rules(asked(tmp_path, url, query))) & {"query-failed", "query-not-select"}
    assert len(list(asked(tmp_path, url).rows())) == len(PEOPLE)


def test_postgres_is_told_that_nothing_is_to_change(tmp_path, postgres):
    with psycopg.connect(postgres, autocommit=True) as database:
        database.execute("CREATE SEQUENCE IF NOT EXISTS drawn")
    source = asked(tmp_path, postgres, "SELECT '+14155550100' AS phone_number, nextval('drawn') AS n ORDER BY 1")
    (problem,) = source.rows()
    assert problem.message == "the query cannot be answered: ReadOnlySqlTransaction"


def test_a_query_that_is_wrong_is_told_in_the_words_of_the_database(tmp_path, url):
    source = asked(tmp_path, url, "SELECT * FROM peeple ORDER BY 1")
    (problem,) = source.rows()
    assert (problem.rule, problem.place) == ("query-failed", HERE)
    assert "peeple" in problem.message
    assert source.sha256() is None


def test_columns_of_an_answer_are_judged(tmp_path, url):
    source = asked(tmp_path, url, "SELECT first_name FROM people ORDER BY place")
    assert rules(source) == ["phone-column-missing"]
    assert (source.columns, source.sha256()) == (None, None)


def test_an_answer_without_an_order_is_a_warning_and_a_list(tmp_path, url):
    source = asked(tmp_path, url, "SELECT * FROM people")
    first, *rows = source.rows()
    assert (first.rule, first.severity.value) == ("query-unordered", "warning")
    assert len(rows) == len(PEOPLE)
    assert source.columns == ("place", *COLUMNS)


def test_many_rows_come_in_parts_and_in_order(tmp_path, url):
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001)"
    rows = asked(tmp_path, url, f"{many} SELECT 14155550100 AS phone_number, i FROM n ORDER BY i").rows()
    assert [(row.values["i"], row.values["phone_number"]) for row in rows] == [
        (number, "14155550100") for number in range(1, 5002)
    ]


def test_the_types_of_postgres_survive(tmp_path, postgres):
    query = """
        SELECT 14155550100 AS phone_number, 19.90 AS owed, true AS vip, NULL AS note, DATE '2026-01-31' AS since,
               TIMESTAMPTZ '2026-01-31 08:30+00' AS seen, '{"voice": "June"}'::jsonb AS call, ARRAY[1, 2] AS tags
        ORDER BY 1
    """
    (row,) = asked(tmp_path, postgres, query).rows()
    assert row == Row(
        1,
        {
            "phone_number": "14155550100",
            "owed": "19.90",
            "vip": True,
            "note": None,
            "since": "2026-01-31",
            "seen": "2026-01-31T08:30:00+00:00",
            "tags": [1, 2],
        },
        {"voice": "June"},
    )


def test_a_cell_that_cannot_be_sent_leaves_its_row_out(tmp_path, url):
    blob = {"s": "x'00'", "d": "'x'::blob", "p": "'x'::bytea"}[url[0]]
    query = f"SELECT '+14155550100' AS phone_number, {blob} AS x ORDER BY 1"
    (bad,) = asked(tmp_path, url, query).rows()
    assert isinstance(bad, LeftOut)
    assert bad.problem.rule == "cell-type"


def test_an_integer_of_any_size_survives(tmp_path):
    with duckdb.connect(tmp_path / "x.duckdb"):
        pass
    query = f"SELECT '+14155550100' AS phone_number, {2**127 - 1} AS x ORDER BY 1"
    (row,) = asked(tmp_path, "duckdb:///x.duckdb", query).rows()
    assert row.values["x"] == 2**127 - 1


def test_what_goes_wrong_in_the_rows_is_told_without_them(tmp_path, postgres):
    query = (
        "SELECT '+14155550100' AS phone_number, ('Ann ' || place)::int AS x FROM (SELECT 5 AS place) AS p ORDER BY 1"
    )
    (problem,) = asked(tmp_path, postgres, query).rows()
    assert problem.rule == "query-failed"
    assert "Ann" not in problem.message


def test_a_database_that_does_not_let_us_in_is_told_without_its_address(tmp_path, postgres):
    for url in (postgres.replace("the-password", "another-password"), postgres.replace("reader", "nobody-known")):
        with pytest.raises(AuthenticationFailed, match="the database in DATABASE_URL does not let us in") as caught:
            asked(tmp_path, url)
        assert "password@" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "mysql", "mariadb"])
def test_a_database_that_is_not_there_is_unavailable(tmp_path, scheme):
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        asked(tmp_path, f"{scheme}://reader:the-password@127.0.0.1:1/people")
    assert "the-password" not in f"{caught.value}{caught.value.help}"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["oracle://h/d", "people.csv", "postgresql://h:port/d", ""])
def test_what_is_no_address_of_a_database_is_a_mistake(tmp_path, url):
    with pytest.raises(InvalidInput, match=r"the (URL of the )?database in DATABASE_URL"):
        asked(tmp_path, url)


@pytest.mark.parametrize(
    "url", ["sqlite:///none.sqlite", "sqlite://", "sqlite:///:memory:", "duckdb:///none.duckdb", "sqlite:///."]
)
def test_a_database_in_no_file_is_a_missing_list_and_makes_none(tmp_path, url):
    source = asked(tmp_path, url)
    assert [(item.rule, item.place) for item in source.rows()] == [("list-missing", HERE)]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_a_mistake(tmp_path):
    (tmp_path / "x.sqlite").write_text("phone_number\n" * 100)
    assert rules(asked(tmp_path, "sqlite:///x.sqlite")) == ["query-failed"]


def test_duckdb_reads_nothing_but_its_database(tmp_path):
    (tmp_path / "secret.csv").write_text("phone_number\n+14155550100\n")
    with duckdb.connect(tmp_path / "x.duckdb"):
        pass
    query = f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}') ORDER BY 1"
    assert rules(asked(tmp_path, "duckdb:///x.duckdb", query)) == ["query-failed"]


def written(root, database):
    listed = ListFormat(sql=Query(database=database, query="SELECT '+14155550100' AS phone_number ORDER BY 1"))
    return read_rows(listed, Reach(root, str), HERE)


def test_a_campaign_names_a_file_of_the_workspace_itself_and_no_other(tmp_path):
    root = tmp_path / "workspace"
    root.mkdir()
    for folder in (root, tmp_path):
        sqlite3.connect(folder / "x.sqlite").close()
    assert rules(written(root, "sqlite:///x.sqlite")) == []
    assert rules(written(root, "sqlite:///../x.sqlite")) == ["outside-workspace"]
    assert rules(written(root, f"sqlite:///{tmp_path}/x.sqlite")) == ["outside-workspace"]


@pytest.mark.parametrize(
    "database", ["postgresql://me:word@h/d", "postgresql://h/d?password=word", "postgresql://[h/d"]
)
def test_a_password_never_stands_in_a_campaign(tmp_path, database):
    (problem,) = written(tmp_path, database).rows()
    assert (problem.rule, problem.place) == ("secret-in-file", HERE)
    assert "word@" not in str(problem)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "mysql", "mariadb", "mysql+pymysql"])
def test_a_url_is_for_the_driver_that_its_extra_brings(tmp_path, scheme):
    query = Query(database=f"{scheme}://h/d", query="SELECT 1")
    engine = open_engine("x", query, Reach(tmp_path, str)).engine
    dialect = DIALECTS[scheme.partition("+")[0]]
    assert f"{engine.dialect.name}+{engine.dialect.driver}" == dialect.driver
    assert "READ ONLY" in dialect.first


def test_lint_asks_no_database(tmp_path):
    listed = ListFormat(sql=Query(database=BY_ENV, query=EVERYBODY))
    assert rules(read_rows(listed, Reach(tmp_path), HERE)) == ["list-elsewhere"]
