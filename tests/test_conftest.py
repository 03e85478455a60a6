"""The fence around the tests holds."""

import os
import socket

import pytest


def test_names_do_not_resolve():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.bland.ai", 443)


def test_addresses_outside_cannot_be_reached():
    with socket.socket() as client, pytest.raises(OSError, match="loopback only"):
        client.connect(("192.0.2.1", 443))


def test_loopback_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]) as client:
        client.sendall(b"hello")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(5) == b"hello"


def test_the_callers_environment_does_not_matter():
    assert [name for name in os.environ if name == "CI" or name.startswith("BLAND_")] == []
