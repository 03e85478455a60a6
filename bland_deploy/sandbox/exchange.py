"""What is asked of the sandbox and what it answers, without a socket; and both envelopes of the API."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from bland_deploy.model.json import JsonObject

JSON_HEADERS = (("content-type", "application/json; charset=utf-8"),)


class Ask(NamedTuple):
    """A request: the path without its query, header names in lower case, the whole body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """A response. After `cut` bytes of it, head included, the connection closes; a fault plan does that."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = JSON_HEADERS
    cut: int | None = None


Handler = Callable[[Ask], Answer]


class Refusal(Exception):
    """The API's no: status, text and, in the envelope of v2, a code. The route's family decides how it is written."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST", word: str = "error") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.word = word

    def answer(self, family: str) -> Answer:
        """The refusal in the envelope of `v1` or `v2` (API reference, section 1)."""
        if family == "v2":
            return reply({"data": None, "errors": [{"error": self.code, "message": self.message}]}, self.status)
        if self.code.startswith("AGENT_"):
            return reply({"status": self.word, "code": self.code, "message": self.message}, self.status)
        return reply({"status": self.word, "message": self.message, "errors": [self.message]}, self.status)


def reply(payload: JsonObject, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, orjson.dumps(payload))


def data(value: object) -> Answer:
    """Success in the envelope of v2."""
    return Answer(200, orjson.dumps({"data": value, "errors": None}))


def success(message: str | None = None, **more: object) -> Answer:
    """Success in the envelope of v1."""
    head = {"status": "success"} if message is None else {"status": "success", "message": message}
    return Answer(200, orjson.dumps(head | more))
