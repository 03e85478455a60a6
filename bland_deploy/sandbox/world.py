"""The simulated provider: one request in, one answer out, one transaction on the books in between."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock

import orjson

from bland_deploy.errors import InvalidInput
from bland_deploy.sandbox import accounts, routes
from bland_deploy.sandbox.books import Where, open_books, transaction
from bland_deploy.sandbox.deliveries import settle, take_due
from bland_deploy.sandbox.exchange import Answer, Ask, Refusal
from bland_deploy.sandbox.usual import USUAL_SPEED
from bland_deploy.sandbox.visit import Visit
from bland_deploy.sandbox.webhooks import Attempt, Delivery

FASTEST = 1_000_000.0


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


class World:
    """The provider over one set of books. Safe to use from several threads, and from several processes on one file.

    `speed` is sandbox seconds for each real one after a create; `clock` gives aware times. Raises Unavailable where
    the books cannot be opened, and InvalidInput for a speed that makes no sense.
    """

    def __init__(
        self,
        db: Where,
        seed: int = 0,
        speed: float = USUAL_SPEED,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        if not 0 < speed <= FASTEST:
            raise InvalidInput(f"the sandbox's speed must be above 0 and at most {FASTEST:,.0f}")
        self._seed = seed
        self._speed = speed
        self._clock = clock
        self._turn = Lock()
        self._books = open_books(db)
        self._counted: dict[int, tuple[int, int]] = {}

    def handle(self, ask: Ask) -> Answer:
        """The answer to a request. No kill loses what the request changed once the answer is returned."""
        found, ident = routes.find(ask.path)
        family = found[0].family if found else "v2"
        try:
            account = accounts.account_of(ask.headers)
        except Refusal as no:
            return no.answer("v2")
        try:
            return self._visit(_choose(found, ask), ident, ask, account)
        except Refusal as no:
            return no.answer(family)
        except orjson.JSONEncodeError:
            return Refusal(400, "Request body is nested too deeply.", "INVALID_JSON").answer(family)
        except sqlite3.Error as reason:
            return Refusal(500, f"Internal server error: {reason}", "INTERNAL_ERROR").answer(family)

    def _visit(self, route: routes.Route, ident: str, ask: Ask, account: accounts.Account) -> Answer:
        if route.dials and ask.headers.get("encrypted_key") == "wrong":
            raise Refusal(500, "Invalid encrypted_key.", "INVALID_ENCRYPTED_KEY")
        changes = route.method != "GET"
        with self._turn, transaction(self._books, write=changes):
            row = accounts.enter(self._books, account) if changes else accounts.find(self._books, account)
            return route.answer(
                Visit(
                    books=self._books,
                    account=row,
                    org=account.org,
                    now=self._now(),
                    seed=self._seed,
                    speed=self._speed,
                    ident=ident,
                    query=ask.query,
                    body=ask.body,
                    counted=self._counted,
                )
            )

    def _now(self) -> float:
        return self._clock().timestamp()

    def take_due(self, most: int) -> list[Delivery]:
        """Webhooks that are due, as they are sent."""
        with self._turn, transaction(self._books, write=True):
            return take_due(self._books, self._now(), most)

    def settle(self, delivery: Delivery, attempt: Attempt) -> None:
        """Record what became of a delivery."""
        with self._turn, transaction(self._books, write=True):
            settle(self._books, delivery, attempt, self._now())

    def close(self) -> None:
        """Close the books."""
        with self._turn:
            self._books.close()


def _choose(found: Sequence[routes.Route], ask: Ask) -> routes.Route:
    if not found:
        raise Refusal(404, f"Cannot {ask.method} {ask.path}", "NOT_FOUND")
    for route in found:
        if route.method == ask.method:
            return route
    raise Refusal(405, f"{ask.method} is not allowed here", "METHOD_NOT_ALLOWED")
