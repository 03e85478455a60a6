"""The logs of a run, to which several workers write: one thread writes for all of them.

Entries that come while a store is busy wait, and go to it together: all who were answered and all who are about to send
share one entry. A worker waits until its `sending` is durable, but not for a receipt: entries are written in the order
in which they come, so the receipt is durable before the worker's next last byte. Where one cannot be written, nothing
more goes out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import NamedTuple

from bland_deploy.model.entries import Held, Receipt, Sending, Void, instant
from bland_deploy.operations.sending.claim import Claimed, claim_again, claim_rest
from bland_deploy.operations.sending.world import World
from bland_deploy.state.log import Log, LostRace, record_in_turn
from bland_deploy.state.several import together

_ENTRIES_AHEAD = 2
"""`sending` and the receipt, for each worker: the disk must not run full between them."""
_MOMENT = 0.005
"""Seconds for which receipts wait for the `sending` that their workers are about to want: less than a sync may take."""


class Less(NamedTuple):
    """People (identities) who are not to be called any more, and how often others had written by then."""

    dropped: frozenset[str]
    others: int


@dataclass(slots=True)
class _Wish:
    """An entry that is to be written. `then` is called when it is, or cannot be for a `problem`; it must not raise.

    `others` is how often other runs had written by then.
    """

    campaign: str
    entry: Sending | Receipt | Held | Void
    then: Callable[["_Wish"], None] = lambda _wish: None
    problem: BaseException | None = None
    others: int = 0


@dataclass(slots=True)
class Book:
    """The logs by campaign, of so many workers. `others` counts entries that other runs wrote meanwhile.

    `writing` guards the logs. `wishes` are for the thread of `write_for_all`, up to the None that ends it; a single
    worker writes for itself. `lost` is why a receipt could not be written.
    """

    logs: dict[str, Log]
    workers: int
    others: Counter[str] = field(default_factory=Counter)
    writing: Lock = field(default_factory=Lock)
    wishes: SimpleQueue[_Wish | None] = field(default_factory=SimpleQueue)
    lost: BaseException | None = None


def open_book(logs: Mapping[str, Log], workers: int) -> Book:
    """A book of these logs. For more than one worker a thread has to `write_for_all`, until `close_book`."""
    return Book(dict(logs), workers)


def close_book(book: Book) -> None:
    """Let the thread that writes come to its end when everything is written."""
    book.wishes.put(None)


def write_for_all(book: Book) -> None:
    """Write what the workers want written, as it comes, until the book is closed."""
    over = False
    while not over:
        wishes = _next_wishes(book)
        over = None in wishes
        _write_all(book, [wish for wish in wishes if wish is not None])


def _next_wishes(book: Book) -> list[_Wish | None]:
    """What waits. Were receipts written by themselves, what their workers want next would have to wait for that."""
    wishes = [book.wishes.get()]
    until = monotonic() + _MOMENT
    with suppress(Empty):
        while all(wish is not None and isinstance(wish.entry, Receipt) for wish in wishes):
            wishes.append(book.wishes.get(timeout=max(until - monotonic(), 0)))
    while not book.wishes.empty():
        wishes.append(book.wishes.get())
    return wishes


def write_end(book: Book, campaign: str, entry: Held | Void) -> int:
    """Write why a batch was not sent, or may not have been; how often others had written then.

    Raises as `state.log.record` does.
    """
    return _written(book, campaign, entry)


def write_receipt(book: Book, campaign: str, receipt: Receipt, then: Callable[[BaseException | None], None]) -> None:
    """Have it written that a batch was sent. `then` is told once it is, or why it cannot be; it must not raise."""
    _want(book, _Wish(campaign, receipt, lambda wish: then(wish.problem)))


def write_sending(book: Book, campaign: str, attempt: str, world: World) -> None:
    """Write that the last byte of an attempt is about to go out, with room kept for what will follow.

    Raises as `state.log.record` does: where another run has declared the attempt void, it must not go out. Raises too
    where a receipt could not be written.
    """
    _written(book, campaign, Sending(at=instant(world.now()), attempts=(attempt,)))


def give_back(book: Book, campaign: str, voids: Sequence[Void]) -> None:
    """Void what was claimed and not sent, so that others need not find out. What cannot be, the next run finds."""
    wishes = [_Wish(campaign, void) for void in voids]
    with book.writing:
        _write_of_one(book, campaign, wishes)
    for wish in wishes:
        if wish.problem is not None and not isinstance(wish.problem, Exception):
            raise wish.problem


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


def _written(book: Book, campaign: str, entry: Sending | Held | Void) -> int:
    told = Lock()
    told.acquire()
    wish = _Wish(campaign, entry, lambda _wish: told.release())
    _want(book, wish)
    told.acquire()
    if wish.problem is not None:
        raise wish.problem
    return wish.others


def _want(book: Book, wish: _Wish) -> None:
    if book.workers == 1:
        _write_all(book, [wish])
    else:
        book.wishes.put(wish)


def _write_all(book: Book, wishes: Sequence[_Wish]) -> None:
    """All that waits; nobody hears of theirs before what came earlier is durable too."""
    by_campaign = dict[str, list[_Wish]]()
    for wish in wishes:
        by_campaign.setdefault(wish.campaign, []).append(wish)
    for campaign, some in by_campaign.items():
        with book.writing:
            _write_of_one(book, campaign, some)
    book.lost = book.lost or next((wish.problem for wish in _of(Receipt, wishes) if wish.problem), None)
    for wish in _of(Sending, wishes):
        wish.problem = wish.problem or book.lost
    for wish in wishes:
        wish.then(wish)


def _of(kind: type, wishes: Iterable[_Wish]) -> Iterable[_Wish]:
    return (wish for wish in wishes if isinstance(wish.entry, kind))


def _write_of_one(book: Book, campaign: str, wishes: Sequence[_Wish]) -> None:
    """At once; where that cannot be, one after the other, so that the void of one stops no other."""
    problem = _try_to_write(book, campaign, wishes)
    if isinstance(problem, Exception) and len(wishes) > 1:
        for wish in wishes:
            _try_to_write(book, campaign, [wish])


def _try_to_write(book: Book, campaign: str, wishes: Sequence[_Wish]) -> BaseException | None:
    problem: BaseException | None = None
    try:
        _write_together(book, campaign, [wish.entry for wish in wishes])
    except BaseException as failure:  # noqa: BLE001 - each of those who wait has to hear of it, whatever it is
        problem = failure
    for wish in wishes:
        wish.problem, wish.others = problem, book.others[campaign]
    return problem


def _write_together(book: Book, campaign: str, entries: Sequence[Sending | Receipt | Held | Void]) -> None:
    before = book.logs[campaign]
    if any(isinstance(entry, Sending) for entry in entries):
        before.store.reserve(f"{campaign}/log", _ENTRIES_AHEAD * book.workers)
    written = together(sorted(entries, key=lambda entry: isinstance(entry, Sending)))
    after = book.logs[campaign] = record_in_turn(before, written)
    book.others[campaign] += after.number - before.number - len(written)
