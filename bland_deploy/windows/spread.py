"""Calls to times: when each call begins, inside the window of its place and within the limits of the account.

Whoever's window closes first is called first; within a window the order of the list is kept. Work is done for windows
and minutes, not for calls: a call takes the next time of its window, which is one step.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import chain, repeat, starmap
from typing import NamedTuple

from bland_deploy.model.schedule import Begun, Pace
from bland_deploy.windows.allowance import MINUTE, Allowance, limits_of
from bland_deploy.windows.window import SECONDS_A_DAY, Interval, Window

FARTHEST = 23 * 60 * 60
_FORECAST = 60 * SECONDS_A_DAY


class Terms(NamedTuple):
    """What calls are spread by. Instants are seconds since 1970 UTC, durations are seconds.

    `lead`: how far ahead of now the first call begins. `tail`: how long after its beginning the last dial of a call may
    come (the wait of a retry after voicemail, and ringing); the whole of it lies in the window. `seconds_a_call`: how
    long a call takes its line. `begun`: when other calls of the account begin, in order. `farthest`: what begins later
    than that from now is deferred.
    """

    now: int
    pace: Pace | None = None
    lead: int = 10 * 60
    tail: int = 0
    seconds_a_call: int = 120
    begun: tuple[Begun, ...] = ()
    farthest: int = FARTHEST


class Spread(NamedTuple):
    """When calls begin.

    `times` are in the order of the calls, None where a call is deferred. `first` and `last` are those of the calls that
    have a time. `finish` is when the last call of all would begin if the rest went on day by day; None where that is
    more than 60 days away, or where some calls have no window at all. `shut` are the windows that never open. `begun`
    counts the calls that have a time, by that time and in order.
    """

    times: tuple[int | None, ...]
    first: int | None
    last: int | None
    deferred: int
    finish: int | None
    shut: tuple[Window, ...]
    begun: tuple[Begun, ...]


class _Share(NamedTuple):
    """Calls of one window that begin in the same minute."""

    instant: int
    window: int
    calls: int


def spread(windows: Sequence[Window], members: Sequence[int], terms: Terms) -> Spread:
    """Times for calls; `members` says for each call, in order, which of the windows is its own."""
    of_window = Counter(members)
    sizes = [of_window[window] for window in range(len(windows))]
    starts: list[list[Iterable[int]]] = [[] for _ in windows]
    begin, farthest = _minute_after(terms.now + terms.lead), terms.now + terms.farthest
    taken, finish = [0] * len(windows), None
    counts: Counter[int] = Counter()
    for share in _shares(windows, sizes, terms, begin):
        finish = share.instant
        if share.instant <= farthest:
            starts[share.window].append(repeat(share.instant, share.calls))
            counts[share.instant] += share.calls
        taken[share.window] += share.calls
    nexts = [chain.from_iterable([*some, repeat(None)]) for some in starts]
    return Spread(
        times=tuple(map(next, map(nexts.__getitem__, members))),
        first=min(counts, default=None),
        last=max(counts, default=None),
        deferred=len(members) - counts.total(),
        finish=finish if taken == sizes else None,
        shut=tuple(
            window
            for window, size, begun in zip(windows, sizes, taken, strict=True)
            if size and not begun and _is_shut(window, terms, begin)
        ),
        begun=tuple(starmap(Begun, sorted(counts.items()))),
    )


def _is_shut(window: Window, terms: Terms, begin: int) -> bool:
    return not _opening([window], [1], terms.tail, Interval(begin, begin + _FORECAST))


def _shares(windows: Sequence[Window], sizes: Sequence[int], terms: Terms, begin: int) -> Iterator[_Share]:
    """Who begins when, in the order of time, until all have a time or the forecast ends."""
    allowance = Allowance(limits_of(terms.pace, terms.seconds_a_call), terms.begun)
    left, waiting = list(sizes), sum(sizes)
    for start in range(begin, begin + _FORECAST, SECONDS_A_DAY):
        if not waiting:
            return
        end = start + SECONDS_A_DAY
        day = _opening(windows, left, terms.tail, Interval(start, end))
        for share in _day(day, left, allowance, end):
            waiting -= share.calls
            yield share


def _opening(windows: Sequence[Window], left: Sequence[int], tail: int, day: Interval) -> list[tuple[int, int, int]]:
    """The hours in which calls of windows that still have some can begin, last one first: start, end, window."""
    found = []
    for index, window in enumerate(windows):
        if left[index]:
            for start, end in window.intervals(day.start, day.end + SECONDS_A_DAY):
                opens, closes = _minute_after(start), end - tail
                if opens < min(closes, day.end):
                    found.append((opens, closes, index))
    return sorted(found, reverse=True)


def _day(hours: list[tuple[int, int, int]], left: list[int], allowance: Allowance, end: int) -> Iterator[_Share]:
    """The shares of one day; `left` is counted down."""
    open_now: list[tuple[int, int]] = []
    instant = hours[-1][0] if hours else end
    while instant < end:
        while hours and hours[-1][0] <= instant:
            _, closes, window = hours.pop()
            heappush(open_now, (closes, window))
        yield from _minute(instant, open_now, left, allowance)
        if not open_now:
            instant = hours[-1][0] if hours else end
        else:
            instant = max(instant + MINUTE, _minute_after(allowance.free_at(instant)))


def _minute(instant: int, open_now: list[tuple[int, int]], left: list[int], allowance: Allowance) -> Iterator[_Share]:
    """The shares of one minute: those whose window closes first, as many as the account may begin."""
    while open_now:
        closes, window = open_now[0]
        if closes <= instant or not left[window]:
            heappop(open_now)
            continue
        allowed = allowance.left(instant)
        calls = left[window] if allowed is None else min(allowed, left[window])
        if not calls:
            return
        allowance.take(instant, calls)
        left[window] -= calls
        yield _Share(instant, window, calls)


def _minute_after(instant: int) -> int:
    return -(-instant // MINUTE) * MINUTE
