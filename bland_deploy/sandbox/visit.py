"""One request on its way through the sandbox: whose it is, when it came, and what it may touch."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson

from bland_deploy.model.json import JsonObject
from bland_deploy.sandbox.exchange import Refusal

_LONGEST_INTEGER = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """What an endpoint sees. `account` is the row of the key's account, `now` seconds since the epoch.

    `ident` is the id in the path, empty where there is none. `speed` is sandbox seconds for each real second. `counted`
    is for each account the row of its last batch that was counted, and how many it had up to there.
    """

    books: sqlite3.Connection
    account: int
    org: str
    now: float
    seed: int
    speed: float
    ident: str
    query: Mapping[str, str]
    body: bytes
    counted: dict[int, tuple[int, int]]

    def count_batches(self) -> int:
        """How many batches the account has: none is ever removed, so only those since the last time are looked at."""
        last, known = self.counted.get(self.account, (0, 0))
        last, more = self.books.execute(
            "SELECT coalesce(max(id), ?), count(*) FROM batches WHERE id > ? AND +account = ?",
            (last, last, self.account),
        ).fetchone()
        self.counted[self.account] = last, known + more
        return known + int(more)

    @property
    def fingerprint(self) -> str:
        """What the ids of new things follow from, beside their order: the exact bytes of the request."""
        return sha256(self.body).hexdigest()

    def json(self) -> JsonObject:
        """The body, which has to be a JSON object; whatever its content type says."""
        try:
            parsed = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Refusal(400, "Request body is not valid JSON.", "INVALID_JSON") from None
        if not isinstance(parsed, dict):
            raise Refusal(400, "Request body must be a JSON object.", "INVALID_JSON")
        return parsed

    def integer(self, name: str, default: int, most: int = 1_000_000_000) -> int:
        """A whole number of the query, at most `most`."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_INTEGER):
            raise Refusal(400, f"{name} must be an integer", "VALIDATION_ERROR")
        return min(int(text), most)

    def flag(self, name: str, *, default: bool | None) -> bool | None:
        """A boolean of the query; None where it is absent and has no default."""
        text = self.query.get(name, "").lower()
        if not text:
            return default
        if text not in {"true", "false"}:
            raise Refusal(400, f"{name} must be a boolean", "VALIDATION_ERROR")
        return text == "true"
