"""Kinds of databases: which driver each takes, and how a connection is kept from changing anything."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.documents.files import Unreadable, resolve
from bland_deploy.errors import InvalidInput
from bland_deploy.model.lists import Query
from bland_deploy.model.references import SecretReference
from bland_deploy.recipients.broken import MISSING, BrokenList, needs_extra
from bland_deploy.recipients.reach import Reach


class Dialect(NamedTuple):
    """The extra with the driver, the driver's name for SQLAlchemy, what it is given, and what is said to begin with."""

    extra: str
    driver: str
    arguments: Mapping[str, Any] = {}
    first: str | None = None
    is_file: bool = False


_PATIENCE = {"connect_timeout": 10}
_POSTGRES = Dialect("postgres", "postgresql+psycopg", _PATIENCE, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
_MYSQL = Dialect("mysql", "mysql+pymysql", _PATIENCE, "SET SESSION TRANSACTION READ ONLY")
# a query of DuckDB could otherwise read any file and any address
_DUCKDB = {"read_only": True, "config": {"enable_external_access": "false"}}
DIALECTS = {
    "postgresql": _POSTGRES,
    "postgres": _POSTGRES,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "sqlite": Dialect("sql", "sqlite", is_file=True),
    "duckdb": Dialect("duckdb", "duckdb", _DUCKDB, is_file=True),
    "snowflake": Dialect("snowflake", "snowflake"),
    "bigquery": Dialect("bigquery", "bigquery"),
}


class Opened(NamedTuple):
    """An engine of SQLAlchemy, and what a connection is told first."""

    engine: Any
    first: str | None


def named(query: Query) -> str:
    """How messages call the database: never by its address."""
    if isinstance(query.database, SecretReference):
        return f"the database in {query.database.env or query.database.file}"
    return "the database"


def check_database(query: Query, place: Place) -> tuple[Diagnostic, ...]:
    """An error for a password in the campaign's file."""
    if isinstance(query.database, SecretReference):
        return ()
    way_out = "write {env: NAME} or {file: PATH} in place of the URL; if a password stood here, change it"
    try:
        url = urlsplit(query.database)
        secret = url.password is not None or any("pass" in name.lower() for name, _ in parse_qsl(url.query))
    except ValueError:
        secret = True
    return (error("secret-in-file", "the address of the database holds a password", place, way_out),) if secret else ()


def open_engine(name: str, query: Query, reach: Reach) -> Opened:
    """An engine that reads and changes nothing; it is not connected yet.

    Raises BrokenList where a driver or the file of a database is missing, InvalidInput for what is no address of one.
    """
    try:
        sqlalchemy = importlib.import_module("sqlalchemy")
    except ImportError:
        raise needs_extra(name, "lists from databases", "sql") from None
    literal = isinstance(query.database, str)
    assert reach.reveal is not None
    address = query.database if isinstance(query.database, str) else reach.reveal(query.database)
    dialect = DIALECTS.get(address.partition(":")[0].partition("+")[0])
    if dialect is None:
        raise InvalidInput(f"{named(query)} is of no known kind", help=f"its URL begins with {', '.join(DIALECTS)}")
    try:
        url = sqlalchemy.make_url(address).set(drivername=dialect.driver)
        if dialect.is_file:
            url = _in_file(url, _path(name, url.database, reach.root, literal=literal))
        pool = importlib.import_module("sqlalchemy.pool").NullPool
        engine = sqlalchemy.create_engine(url, poolclass=pool, connect_args=dict(dialect.arguments))
    except (ModuleNotFoundError, sqlalchemy.exc.NoSuchModuleError):
        raise needs_extra(name, f"lists from {dialect.driver.partition('+')[0]}", dialect.extra) from None
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InvalidInput(
            f"the URL of {named(query)} cannot be read", help="scheme://user:password@host/name"
        ) from None
    return Opened(engine, dialect.first)


def _path(name: str, written: str | None, root: Path, *, literal: bool) -> Path:
    """The file of a database. One that a campaign names lies inside the workspace; a reference may lead anywhere."""
    if not written or written == ":memory:":
        raise BrokenList(error(MISSING, "the database is in no file", Place(name), "write sqlite:///PATH"))
    path = resolve(root, written) if literal else root / written
    if isinstance(path, Unreadable):
        raise BrokenList(path.diagnostic(Place(name)))
    if not path.is_file():
        raise BrokenList(error(MISSING, "the file of the database does not exist", Place(name), "correct its path"))
    return path


def _in_file(url: Any, path: Path) -> Any:
    """The address of a file of a database; SQLite is told in it to change nothing."""
    if url.drivername == "sqlite":
        return url.set(database=f"file:{quote(str(path.absolute()))}", query={"mode": "ro", "uri": "true"})
    return url.set(database=str(path))
