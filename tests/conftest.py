"""What holds for every test: nothing of the caller's environment, and no network but loopback."""

import errno
import ipaddress
import os
import socket
import sys

import pytest

from bland_deploy.sandbox.server import Options, serving

INFLUENCES = ("BLAND_", "CI", "CLICOLOR", "COLUMNS", "FORCE_COLOR", "GITHUB_", "NO_COLOR")


def is_loopback(host):
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host if isinstance(host, str) else host.decode()).is_loopback
    except ValueError:
        return False


def stay_at_home(event, arguments):
    """An audit hook: names do not resolve and addresses cannot be reached, as on a machine without a network."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname"} and not is_loopback(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, "tests resolve loopback names only")
    if event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        if not is_loopback(host):
            raise OSError(errno.ENETUNREACH, "tests connect to loopback only")


sys.addaudithook(stay_at_home)


@pytest.fixture(autouse=True, scope="session")
def neutral_environment():
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(INFLUENCES)]:
            environment.delenv(name)
        yield


THOROUGH = (
    "tests/chaos/",
    "tests/ci/test_loop",
    "tests/privacy/test_canaries",
    "tests/crashes/",
    "tests/dispatch/",
    "tests/stateful/",
    "tests/test_proof.py",
    "tests/bland_cli/",
    "tests/listener/test_deliveries",
    "tests/state/test_git",
    "tests/cli/test_follow.py::test_every_batch_is_stopped_in_one_command",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid.startswith(THOROUGH):
            item.add_marker(pytest.mark.thorough)
    # what takes minutes begins first, so that no worker waits for another one at the end; the model check above all
    thorough = {item.path for item in items if item.nodeid.startswith(THOROUGH)}
    items.sort(key=lambda item: (item.path not in thorough, not item.nodeid.startswith("tests/dispatch/")))


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite golden files with what the code says now")


@pytest.fixture
def golden(request):
    """A function (path, text) that compares a text with a golden file, or rewrites the file under --update."""

    def compare(path, text):
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture
def books(tmp_path):
    """The file in which a served sandbox keeps its books."""
    return tmp_path / "books.sqlite"


@pytest.fixture
def address(books):
    """Where a sandbox is served over HTTP while the test runs."""
    with serving(Options(port=0, db=books)) as address:
        yield address
