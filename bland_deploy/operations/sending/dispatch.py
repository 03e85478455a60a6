"""Claimed batches onto the wire: one after the other, or several at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import NamedTuple

from bland_deploy.errors import DeployError, ExitCode
from bland_deploy.model.applied import AppliedBatch, BatchFate
from bland_deploy.model.entries import Void, instant
from bland_deploy.operations.sending.book import (
    Book,
    Less,
    claim_anew,
    claim_less,
    close_book,
    give_back,
    open_book,
    write_for_all,
    write_receipt,
)
from bland_deploy.operations.sending.claim import Claimed
from bland_deploy.operations.sending.pacing import Pace
from bland_deploy.operations.sending.send import Sent, receipt_of, recorded, send
from bland_deploy.operations.sending.world import Asked, World
from bland_deploy.state.log import Log

UNKNOWN_IN_A_ROW = 3
"""So many sends in a row whose outcome is unknown end a run: something on the way eats answers."""
REFUSED_IN_A_ROW = 3
"""So many refused batches in a row end a run: the next one would fare no better."""
_GLANCE = 0.2
"""Seconds after which the main thread looks up from waiting: it hears signals, and tells what has ended."""


class Dispatched(NamedTuple):
    """A claimed batch and what became of it."""

    claimed: Claimed
    sent: Sent


@dataclass(slots=True)
class _Line:
    """The batches of a run in their order, which workers take and bring back. `lock` guards all of it.

    `ended` are numbers of batches in the order in which their outcome was known; `failure` is what broke a worker.
    """

    claimed: Sequence[Claimed]
    taken: int = 0
    pace: Pace = field(default_factory=Pace)
    done: dict[int, Dispatched] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    over: bool = False
    failure: BaseException | None = None
    lock: Lock = field(default_factory=Lock)


class _Run(NamedTuple):
    """What all workers of a run share. `asked.told` hears of a batch from the worker that brings it back."""

    line: _Line
    book: Book
    world: World
    asked: Asked


def dispatch(
    claimed: Sequence[Claimed], logs: Mapping[str, Log], world: World, asked: Asked, pauses: Mapping[str, float]
) -> tuple[list[Dispatched], dict[str, Log]]:
    """Send all batches, until going on makes no sense; the rest is void again. The result is in the order of batches.

    `pauses` are seconds between the batches of a campaign: where there are any, batches go one by one.
    """
    workers = 1 if any(pauses.values()) else max(1, min(world.parallelism, len(claimed)))
    run = _Run(_Line(claimed), open_book(logs, workers), world, asked)
    if workers == 1:
        _work(run, pauses)
    else:
        _work_together(run)
    if run.line.failure is not None:
        raise run.line.failure
    _give_back(run)
    return [run.line.done[number] for number in sorted(run.line.done)], run.book.logs


def _work_together(run: _Run) -> None:
    """Several workers, until the line is over. A second signal leaves them behind: the log is exact all the same.

    The main thread tells of batches, so that a terminal that stands still keeps nobody from writing to the log.
    """
    news = SimpleQueue[AppliedBatch]()
    shared = run._replace(asked=replace(run.asked, told=news.put))
    writer = Thread(target=write_for_all, args=(run.book,), name="log", daemon=True)
    workers = [
        Thread(target=_work_beside_others, args=(shared,), name=f"send-{number}", daemon=True)
        for number in range(run.book.workers)
    ]
    for thread in (writer, *workers):
        thread.start()
    _wait_for(workers, run, news)
    close_book(run.book)
    _wait_for([writer], run, news)


def _wait_for(threads: Sequence[Thread], run: _Run, news: SimpleQueue[AppliedBatch]) -> None:
    """Wait until threads have ended, and tell of batches meanwhile, and of those that they brought back last."""
    for thread in threads:
        while thread.is_alive():
            thread.join(_GLANCE)
            _tell(run, news)
    _tell(run, news)


def _tell(run: _Run, news: SimpleQueue[AppliedBatch]) -> None:
    try:
        while not news.empty():
            run.asked.told(news.get())
    except Exception as failure:  # noqa: BLE001 - what is on its way comes back first
        _fail(run.line, failure)


@contextmanager
def _heard(line: _Line) -> Iterator[None]:
    """What breaks inside ends the line, and is raised again where the others are waited for."""
    try:
        yield
    except BaseException as failure:  # noqa: BLE001 - whatever it is
        _fail(line, failure)


def _fail(line: _Line, failure: BaseException) -> None:
    with line.lock:
        line.over, line.failure = True, line.failure or failure


def _work_beside_others(run: _Run) -> None:
    with _heard(run.line):
        _work(run, {})


def _work(run: _Run, pauses: Mapping[str, float]) -> None:
    """Take batch after batch and send it, as long as going on makes sense. Receipts are written meanwhile."""
    line, world = run.line, run.world
    while (number := _take(line)) is not None:
        batch = line.claimed[number]
        campaign = batch.request.campaign
        goes_on = number > 0 and line.claimed[number - 1].request.campaign == campaign
        world.sleep(max(line.pace.pause, pauses.get(campaign, 0.0) if goes_on else 0.0))
        if world.interrupted() is not None:
            return
        item, pace = _send(run, batch)
        if item.sent.batch.fate is BatchFate.SENT:
            receipt = receipt_of(item.claimed, item.sent, world)
            write_receipt(run.book, campaign, receipt, partial(_end_recorded, run, number, item, pace))
        else:
            _end(run, number, item, pace)


def _end_recorded(run: _Run, number: int, item: Dispatched, pace: Pace, problem: BaseException | None) -> None:
    """The end of a batch whose receipt is in the log, or could not be written for a problem."""
    with _heard(run.line):
        _end(run, number, item._replace(sent=recorded(run.world, item.sent, problem)), pace)


def _end(run: _Run, number: int, item: Dispatched, pace: Pace) -> None:
    _bring_back(run.line, number, item, pace)
    run.asked.told(item.sent.batch)


def _take(line: _Line) -> int | None:
    """The number of the next batch, or None where there is none to be sent."""
    with line.lock:
        if line.over or line.taken == len(line.claimed):
            return None
        line.taken += 1
        return line.taken - 1


def _bring_back(line: _Line, number: int, item: Dispatched, pace: Pace) -> None:
    with line.lock:
        line.done[number], line.pace = item, pace
        line.ended.append(number)
        if not item.sent.goes_on or _broken([line.done[ended] for ended in line.ended[-_LONGEST:]]):
            line.over = True


def _send(run: _Run, batch: Claimed) -> tuple[Dispatched, Pace]:
    """Send a batch; where it was provably not sent and may be sent again, claim it anew and do so, ever more slowly."""
    pace = Pace(run.line.pace.pause)
    batch, sent = _send_rest(run, batch)
    while sent.again is not None:
        pace = pace.slower()
        anew = _after_a_wait(run, batch, sent, pace.wait(sent.again))
        if anew is None:
            break
        batch, sent = _send_rest(run, anew)
    code = run.world.interrupted()
    if sent.again is not None and code is not None:
        sent = replace(sent, code=code)
    return Dispatched(batch, sent), pace.faster() if sent.batch.fate is BatchFate.SENT else pace


def _send_rest(run: _Run, batch: Claimed) -> tuple[Claimed, Sent]:
    """Send a batch; where people of it were suppressed meanwhile, void it and claim it anew for the rest."""
    world, book = run.world, run.book
    planned, sent = batch.request.calls, send(world, book, batch)
    while sent.dropped:
        world.passed("dropped people")
        try:
            anew = claim_less(book, batch, Less(sent.dropped, sent.others), world)
        except DeployError:
            return batch, sent
        if anew is None:
            return batch, replace(sent, code=ExitCode.DONE)
        batch = anew
        sent = send(world, book, batch)
    less = planned - batch.request.calls
    if less and sent.batch.reason is None:
        sent = replace(sent, batch=replace(sent.batch, reason=f"{less:,} suppressed meanwhile, and left out"))
    return batch, sent


def _after_a_wait(run: _Run, batch: Claimed, sent: Sent, wait: float | None) -> Claimed | None:
    """The batch claimed anew; None where it is not to be sent again: too often, interrupted, or others were faster."""
    if wait is None:
        return None
    run.asked.waits(sent.batch.reason or "", wait)
    run.world.sleep(wait)
    if run.world.interrupted() is not None:
        return None
    try:
        return claim_anew(run.book, batch, sent.others, run.world)
    except DeployError:
        return None


_BREAKERS = ((BatchFate.HELD, UNKNOWN_IN_A_ROW), (BatchFate.FAILED, REFUSED_IN_A_ROW))
_LONGEST = max(most for _, most in _BREAKERS)


def _broken(last: Sequence[Dispatched]) -> bool:
    """Whether the last outcomes say that the next send would fare no better."""
    fates = [item.sent.batch.fate for item in last]
    return any(len(fates) >= most and set(fates[-most:]) == {fate} for fate, most in _BREAKERS)


def _give_back(run: _Run) -> None:
    """Void what was claimed and not sent. What ended the run need not have come back last."""
    line, world = run.line, run.world
    codes = [line.done[number].sent.code for number in reversed(line.ended)]
    failures = (code for code in codes if code is not ExitCode.DONE)
    code = world.interrupted() or next(failures, ExitCode.UNAVAILABLE)
    at, reason, voids = instant(world.now()), "the run ended before it", dict[str, list[Void]]()
    for number, batch in enumerate(line.claimed):
        if number in line.done:
            continue
        campaign = batch.request.campaign
        voids.setdefault(campaign, []).append(Void(at=at, attempt=batch.attempt, reason=reason))
        fate = AppliedBatch(campaign, batch.request.calls, BatchFate.NOT_SENT, reason=reason)
        line.done[number] = Dispatched(batch, Sent(fate, code))
    for campaign, some in voids.items():
        give_back(run.book, campaign, some)
