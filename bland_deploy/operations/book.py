"""The logs of a run, to which several workers write: one entry at a time, and one for all who are about to send.

What has to be durable before a worker goes on is durable when these functions come back. Where a store is slow, the
workers that wait for their `sending` meanwhile share the next one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from bland_deploy.model.entries import Held, Receipt, Sending, Void, instant
from bland_deploy.operations.claim import Claimed, claim_again, claim_rest
from bland_deploy.operations.world import World
from bland_deploy.state.log import Log, LostRace, record

_ENTRIES_AHEAD = 2
"""`sending` and the receipt, for each worker: the disk must not run full between them."""


class Less(NamedTuple):
    """People (identities) who are not to be called any more, and how often others had written by then."""

    dropped: frozenset[str]
    others: int


@dataclass(slots=True)
class Book:
    """The logs by campaign, of so many workers. `others` counts entries that other runs wrote meanwhile.

    `writing` guards the logs and `written`, which has the attempts of which a `sending` is written or could not be, and
    why; `gathering` guards `waiting`, the attempts that wait for theirs.
    """

    logs: dict[str, Log]
    workers: int
    others: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    written: dict[str, Exception | None] = field(default_factory=dict)
    writing: Lock = field(default_factory=Lock)
    gathering: Lock = field(default_factory=Lock)


def open_book(logs: Mapping[str, Log], workers: int) -> Book:
    """A book of these logs."""
    return Book(dict(logs), workers)


def write_end(book: Book, campaign: str, entry: Receipt | Held | Void) -> int:
    """Write what became of a send; how often others had written then. Raises as `state.log.record` does."""
    with book.writing:
        _write(book, campaign, entry)
        return book.others[campaign]


def write_sending(book: Book, campaign: str, attempt: str, world: World) -> None:
    """Write that the last byte of an attempt is about to go out, with room kept for what will follow.

    Raises as `state.log.record` does: where another run has declared the attempt void, it must not go out.
    """
    with book.gathering:
        book.waiting.setdefault(campaign, []).append(attempt)
    with book.writing:
        if attempt not in book.written:
            _write_for_all(book, campaign, world)
        problem = book.written.pop(attempt)
    if problem is not None:
        raise problem


def claim_anew(book: Book, claimed: Claimed, others: int, world: World) -> Claimed:
    """Claim a batch once more after its `void`, when `others` were counted.

    LostRace where anybody else has written since: they may have claimed these people.
    """
    campaign = claimed.request.campaign
    with book.writing:
        log = _unless_others_wrote(book, campaign, others)
        anew, book.logs[campaign] = claim_again(log, claimed, world)
        return anew


def claim_less(book: Book, claimed: Claimed, less: Less, world: World) -> Claimed | None:
    """Claim a batch once more without some people, right after its `void`; None where nobody is left.

    LostRace as `claim_anew` says.
    """
    campaign = claimed.request.campaign
    with book.writing:
        log = _unless_others_wrote(book, campaign, less.others)
        rest = claim_rest(log, claimed, less.dropped, world)
        if rest is None:
            return None
        anew, book.logs[campaign] = rest
        return anew


def _unless_others_wrote(book: Book, campaign: str, others: int) -> Log:
    if book.others[campaign] != others:
        raise LostRace(f"somebody else wrote to the log of {campaign}", help="run it again")
    return book.logs[campaign]


def _write_for_all(book: Book, campaign: str, world: World) -> None:
    """One `sending` for all who wait; where that cannot be, one for each, so that the void of one stops no other."""
    with book.gathering:
        attempts = tuple(book.waiting.pop(campaign))
    if not _try_to_write(book, campaign, attempts, world) and len(attempts) > 1:
        for attempt in attempts:
            _try_to_write(book, campaign, (attempt,), world)


def _try_to_write(book: Book, campaign: str, attempts: tuple[str, ...], world: World) -> bool:
    problem: Exception | None = None
    try:
        book.logs[campaign].store.reserve(f"{campaign}/log", _ENTRIES_AHEAD * book.workers)
        _write(book, campaign, Sending(at=instant(world.now()), attempts=attempts))
    except Exception as failure:  # noqa: BLE001 - each of those who wait has to hear of it, whatever it is
        problem = failure
    book.written.update(dict.fromkeys(attempts, problem))
    return problem is None


def _write(book: Book, campaign: str, entry: Sending | Receipt | Held | Void) -> None:
    before = book.logs[campaign]
    after = book.logs[campaign] = record(before, entry)
    book.others[campaign] += after.number - before.number - 1
