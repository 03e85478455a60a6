"""Servers on loopback, each for a whole run of the tests: Postgres, S3, and one that serves files."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

# initdb and postgres refuse to run as root
NOBODY = "nobody"


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def tool_of_postgres(name):
    known = [shutil.which(name), *sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)]
    return next(path for path in known if path)


@contextmanager
def unprivileged_folder():
    """A folder for whoever may run Postgres, and who that is."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY)
        yield folder, NOBODY if os.geteuid() == 0 else None
    finally:
        shutil.rmtree(folder)


# ends with whoever holds its standard input, also if that is killed
UNTIL_LET_GO = '"$@" & server=$!; cat >/dev/null; kill -QUIT "$server"; wait "$server"'


@pytest.fixture(scope="session")
def postgres():
    """The URL of a Postgres that asks for a password, and is empty."""
    import psycopg

    port = free_port()
    with unprivileged_folder() as (folder, user):
        (folder / "password").write_text("the-password")
        (folder / "password").chmod(0o644)
        initdb = [tool_of_postgres("initdb"), "-D", folder / "data", "-U", "reader", "-A", "scram-sha-256", "-N"]
        asked = [*initdb, f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C"]
        subprocess.run(asked, check=True, capture_output=True, cwd=folder, user=user)
        start = [tool_of_postgres("postgres"), "-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", str(port)]
        held = ["sh", "-c", UNTIL_LET_GO, "sh", *start, "-F"]
        with subprocess.Popen(held, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, user=user):
            url = f"postgresql://reader:the-password@127.0.0.1:{port}/postgres"
            wait_for(lambda: psycopg.connect(url).close(), psycopg.OperationalError)
            yield url


def wait_for(connect, refusal):
    deadline = time.monotonic() + 30
    while True:
        try:
            return connect()
        except refusal:
            if time.monotonic() > deadline:
                raise
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(["true"], check=True)


@pytest.fixture(scope="session")
def s3():
    """The address of a stand-in for S3, and a function (key, bytes) that puts an object into its bucket `lists`."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket="lists")
    try:
        yield address, lambda key, content: client.put_object(Bucket="lists", Key=key, Body=content)
    finally:
        client.close()
        server.stop()
