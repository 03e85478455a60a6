"""The logs of a run, to which several workers write: whoever comes first writes for all who wait.

What has to be durable before a worker goes on is durable when these functions come back. Entries that come while a
store is busy wait, and go to it together: all who were answered and all who are about to send share one entry.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from bland_deploy.model.entries import Held, Receipt, Sending, Void, instant
from bland_deploy.operations.claim import Claimed, claim_again, claim_rest
from bland_deploy.operations.world import World
from bland_deploy.state.log import Log, LostRace, record_in_turn
from bland_deploy.state.several import together
from bland_deploy.state.store import StoreFailed

_ENTRIES_AHEAD = 2
"""`sending` and the receipt, for each worker: the disk must not run full between them."""


class Less(NamedTuple):
    """People (identities) who are not to be called any more, and how often others had written by then."""

    dropped: frozenset[str]
    others: int


@dataclass(slots=True)
class _Wish:
    """An entry that is to be written, and what became of it: `others` had written so often then.

    Whoever wished waits for `told` to be released: it is over, or (`leads`) it is their turn to write for all who wait.
    """

    entry: Sending | Receipt | Held | Void
    told: Lock
    leads: bool = False
    problem: Exception | None = field(default_factory=lambda: StoreFailed("whoever wrote to the log broke down"))
    others: int = 0


@dataclass(slots=True)
class Book:
    """The logs by campaign, of so many workers. `others` counts entries that other runs wrote meanwhile.

    `writing` guards the logs; `gathering` guards `waiting`: the wishes of each campaign to whose log somebody writes.
    """

    logs: dict[str, Log]
    workers: int
    others: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, list[_Wish]] = field(default_factory=dict)
    writing: Lock = field(default_factory=Lock)
    gathering: Lock = field(default_factory=Lock)


def open_book(logs: Mapping[str, Log], workers: int) -> Book:
    """A book of these logs."""
    return Book(dict(logs), workers)


def write_end(book: Book, campaign: str, entry: Receipt | Held | Void) -> int:
    """Write what became of a send; how often others had written then. Raises as `state.log.record` does."""
    return _write(book, campaign, entry)


def write_sending(book: Book, campaign: str, attempt: str, world: World) -> None:
    """Write that the last byte of an attempt is about to go out, with room kept for what will follow.

    Raises as `state.log.record` does: where another run has declared the attempt void, it must not go out.
    """
    _write(book, campaign, Sending(at=instant(world.now()), attempts=(attempt,)))


def give_back(book: Book, campaign: str, voids: Sequence[Void]) -> None:
    """Void what was claimed and not sent, so that others need not find out. What cannot be, the next run finds."""
    with book.writing:
        _write_all(book, campaign, [_Wish(void, Lock()) for void in voids])


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


def _write(book: Book, campaign: str, entry: Sending | Receipt | Held | Void) -> int:
    wish = _Wish(entry, Lock())
    wish.told.acquire()
    with book.gathering:
        wish.leads = campaign not in book.waiting
        book.waiting.setdefault(campaign, []).append(wish)
    if not wish.leads:
        wish.told.acquire()
    if wish.leads:
        _write_for_all(book, campaign)
    if wish.problem is not None:
        raise wish.problem
    return wish.others


def _write_for_all(book: Book, campaign: str) -> None:
    """All that waits. Then it is the turn of the first who came meanwhile, not of whoever happens to wake up first."""
    with book.gathering:
        wishes, book.waiting[campaign] = book.waiting[campaign], []
    try:
        with book.writing:
            _write_all(book, campaign, wishes)
    finally:
        _hand_over(book, campaign)
        for wish in wishes:
            if not wish.leads:
                wish.told.release()


def _write_all(book: Book, campaign: str, wishes: Sequence[_Wish]) -> None:
    """At once; where that cannot be, one after the other, so that the void of one stops no other."""
    if not _try_to_write(book, campaign, wishes) and len(wishes) > 1:
        for wish in wishes:
            _try_to_write(book, campaign, [wish])


def _hand_over(book: Book, campaign: str) -> None:
    with book.gathering:
        if book.waiting[campaign]:
            following = book.waiting[campaign][0]
            following.leads = True
            following.told.release()
        else:
            del book.waiting[campaign]


def _try_to_write(book: Book, campaign: str, wishes: Sequence[_Wish]) -> bool:
    problem: Exception | None = None
    try:
        _write_together(book, campaign, [wish.entry for wish in wishes])
    except Exception as failure:  # noqa: BLE001 - each of those who wait has to hear of it, whatever it is
        problem = failure
    for wish in wishes:
        wish.problem, wish.others = problem, book.others[campaign]
    return problem is None


def _write_together(book: Book, campaign: str, entries: Sequence[Sending | Receipt | Held | Void]) -> None:
    before = book.logs[campaign]
    if any(isinstance(entry, Sending) for entry in entries):
        before.store.reserve(f"{campaign}/log", _ENTRIES_AHEAD * book.workers)
    written = together(sorted(entries, key=lambda entry: isinstance(entry, Sending)))
    after = book.logs[campaign] = record_in_turn(before, written)
    book.others[campaign] += after.number - before.number - len(written)
