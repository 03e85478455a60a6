"""Calls to times: who is called at once, who at a time of their own, and who by a later apply.

A campaign whose schedule says anything gives every call a time within its window. Without a schedule calls begin at
once, and that has to be allowed. Times that users write themselves are kept, and judged alike.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice, starmap
from typing import NamedTuple

import orjson

from bland_deploy.api.starts import start_of
from bland_deploy.model.plan import ANY_MOMENT, Moments
from bland_deploy.model.schedule import Begun
from bland_deploy.operations.calls.everybody import Put, Timed
from bland_deploy.operations.calls.requests import Lot, Pieces, TimedPieces, Timing, count_calls, untimed
from bland_deploy.operations.guards import hindrances
from bland_deploy.operations.guards.calling import LEAD, Calling
from bland_deploy.operations.guards.hindrances import Hindrance, Hindrances
from bland_deploy.operations.guards.starts import MARGIN
from bland_deploy.operations.plans.work import Work
from bland_deploy.planning.split import Piece
from bland_deploy.windows.clocks import write_start_time
from bland_deploy.windows.spread import Spread, spread
from bland_deploy.windows.window import SECONDS_A_DAY, Window

_FORECAST = 60 * SECONDS_A_DAY
# the calls with a start of their own, by their number among all: the instant, None for a field that says no time
Own = Mapping[int, int | None]


class _Asked(NamedTuple):
    """Calls that are to be timed: their window each, and the starts that users wrote."""

    work: Work
    calling: Calling
    pieces: Pieces
    windows: Sequence[int]
    own: Own
    now: int
    begun: Sequence[Begun]

    @property
    def free(self) -> Sequence[int]:
        """The windows of those without a start of their own."""
        if not self.own:
            return self.windows
        return [window for number, window in enumerate(self.windows) if number not in self.own]


def time_calls(work: Work, pieces: Pieces, begun: Sequence[Begun], *, at_once: bool) -> Timing:
    """When these calls begin, beside others that `begun`. `at_once` where the provider knows no other way."""
    calling, now = work.calling, int(work.run.started_at.timestamp())
    if calling is None or not count_calls(pieces):
        return untimed(pieces, work.run)
    asked = _Asked(work, calling, pieces, _windows(calling, pieces), _own_starts(work, pieces), now, begun)
    spreads = calling.schedule.spreads and not at_once
    timing, against = _spread(asked) if spreads else _at_once(asked)
    return timing._replace(objections=tuple(_judged(asked, against).diagnostics()))


def _windows(calling: Calling, pieces: Pieces) -> Sequence[int]:
    """The window of every call."""
    window_of = calling.window_of
    if not window_of:
        return [0] * count_calls(pieces)
    return [window_of[put.places[at]] for put, places in pieces for at in places]


def _own_starts(work: Work, pieces: Pieces) -> Own:
    parts, version = work.parts, work.prepared.version
    shared = parts.call if version.name == "v2" else {**parts.call, **parts.batch}
    own: dict[int, int | None] = {}
    begin = 0
    for put, places in pieces:
        timed = range(put.calls) if "start_time" in shared else put.timed
        calls = {at: orjson.loads(body) for at, body in enumerate(put.bodies()) if at in timed} if timed else {}
        for number, at in enumerate(places if calls else (), start=begin):
            if "start_time" in shared or "start_time" in calls.get(at, ()):
                start = start_of(calls[at], shared, version.calls_key)
                own[number] = None if start is None else int(start.timestamp())
        begin += len(places)
    return own


def _at_once(asked: _Asked) -> tuple[Timing, Mapping[int, list[Hindrance]]]:
    """Everybody without a start of their own is called at once; and what speaks against that, by window."""
    calling, now, free = asked.calling, asked.now, asked.free
    pause = _pauses(asked)
    last = now + pause + _drain(calling, len(free)) + calling.tail
    used = sorted(set(free))
    against = {window: list(hindrances.at_once(calling.windows[window], now, last)) for window in used}
    size = asked.work.prepared.campaign.split.size
    closed = ANY_MOMENT
    if used and calling.holds and not any(against.values()):
        closed = Moments(_moment(_closing(calling, used, now) - _drain(calling, min(size, len(free))) - calling.tail))
    begun = (*_dialled(calling, now, len(free)).begun, *_own_begun(asked.own))
    return Timing((Lot(asked.pieces, moments_of=lambda _pieces: closed),), begun=begun), against


def _closing(calling: Calling, used: Iterable[int], now: int) -> int:
    """The first instant at which one of the windows that are open now closes."""
    ends = [part.end for window in used for part in calling.windows[window].intervals(now, now + SECONDS_A_DAY)[:1]]
    return min(ends, default=now)


def _drain(calling: Calling, calls: int) -> int:
    """Seconds from the first to the last beginning of so many calls, at the pace of the account."""
    finish = _dialled(calling, 0, calls).finish
    return _FORECAST if finish is None and calls else finish or 0


def _dialled(calling: Calling, now: int, calls: int) -> Spread:
    """When so many calls begin that are sent now, at the pace of the account and whatever the hours."""
    free = Window(calling.windows[0].place, ())
    return spread([free], [0] * calls, calling.terms(now, 0)._replace(tail=0))


def _own_begun(own: Own) -> Iterator[Begun]:
    """When the calls begin whose start users wrote."""
    return starmap(Begun, Counter(instant for instant in own.values() if instant is not None).items())


def _pauses(asked: _Asked) -> int:
    split = asked.work.prepared.campaign.split
    return round(split.pause * (len(asked.windows) // split.size))


def _spread(asked: _Asked) -> tuple[Timing, Mapping[int, list[Hindrance]]]:
    """Everybody without a start of their own gets one; and what speaks against it, by window."""
    calling = asked.calling
    found = spread(calling.windows, asked.free, calling.terms(asked.now, LEAD + _pauses(asked), asked.begun))
    lots = _single(asked, found) if asked.work.prepared.version.name == "v2" else _several(asked, found)
    against = {calling.windows.index(window): [hindrances.never()] for window in found.shut if not window.nowhere}
    later = found.finish if found.deferred else None
    first, last, finish = map(_moment_or_none, (found.first, found.last, later))
    begun = (*found.begun, *_own_begun(asked.own))
    timing = Timing(tuple(lots), found.deferred, *((None, None) if asked.own else (first, last)), finish, begun=begun)
    return timing, against


def _instants(asked: _Asked, found: Spread) -> Iterator[tuple[Piece[Put], Sequence[int]]]:
    """The pieces, less those who are deferred, and the instant of each call of their puts; 0 for none of ours."""
    times, number = iter(found.times), 0
    for put, places in asked.pieces:
        numbers = range(number, number + len(places))
        theirs = (
            [0 if at in asked.own else next(times) for at in numbers] if asked.own else [*islice(times, len(places))]
        )
        number += len(places)
        kept = array("H", [at for at, instant in zip(places, theirs, strict=True) if instant is not None])
        if kept:
            yield Piece(put, kept), _by_place(put, places, [instant or 0 for instant in theirs])


def _by_place(put: Put, places: Sequence[int], theirs: Sequence[int]) -> Sequence[int]:
    """The instants of some calls of a put as those of all of them, 0 for the others."""
    if len(places) == put.calls:
        return theirs
    instants = [0] * put.calls
    for at, instant in zip(places, theirs, strict=True):
        instants[at] = instant
    return instants


def _single(asked: _Asked, found: Spread) -> Iterator[Lot]:
    """All calls together: each has a time of its own."""
    calling = asked.calling
    zones = tuple(map(calling.zone_of, calling.places)) or (calling.zone_of(calling.windows[0].place),)
    pieces = [Piece(Timed(piece.where, instants, zones), piece.places) for piece, instants in _instants(asked, found)]
    if pieces:
        yield Lot(pieces, moments_of=partial(_moments, calling), timed=bool(asked.own))


def _moments(calling: Calling, pieces: TimedPieces) -> Moments:
    timed = ((put.instants, places) for put, places in pieces if isinstance(put, Timed))
    instants = {instants[at] for instants, places in timed for at in places} - {0}
    if not instants:
        return Moments(None)
    return _from_to(calling, min(instants), max(instants))


def _from_to(calling: Calling, first: int, last: int) -> Moments:
    begin = _moment(first)
    return Moments(begin - MARGIN if calling.holds else None, begin, _moment(last))


def _several(asked: _Asked, found: Spread) -> list[Lot]:
    """v1: all calls of a request begin together, so those go together whose window is the same and stays open."""
    own: list[Piece[Put]] = []
    groups: dict[tuple[int, int], list[tuple[Piece[Put], int]]] = {}
    for piece, instants in _instants(asked, found):
        put, places = piece
        for at in places:
            instant, one = instants[at], Piece(put, array("H", [at]))
            if not instant:
                own.append(one)
                continue
            window = asked.calling.window_of[put.places[at]] if put.places else 0
            groups.setdefault((window, _opens(asked.calling.windows[window], instant)), []).append((one, instant))
    size = asked.work.prepared.campaign.split.size
    lots = [
        _together(asked.calling, group[begin : begin + size])
        for group in groups.values()
        for begin in range(0, len(group), size)
    ]
    lots.sort(key=lambda lot: lot.moments_of(()).first or _moment(0))
    return [*([Lot(_joined(own))] if own else []), *lots]


def _opens(window: Window, instant: int) -> int:
    """An instant that all those share who can be called without a break from then to an instant."""
    found = window.intervals(instant, instant + SECONDS_A_DAY)
    return found[0].end


def _together(calling: Calling, group: Sequence[tuple[Piece[Put], int]]) -> Lot:
    (piece, first), (_, last) = group[0], group[-1]
    put, places = piece
    place = calling.places[put.places[places[0]]] if put.places else calling.windows[0].place
    moments = _from_to(calling, first, last)
    start = write_start_time(first, calling.zone_of(place))
    return Lot(_joined([one for one, _ in group]), start, lambda _pieces: moments, timed=False)


def _joined(pieces: Iterable[Piece[Put]]) -> list[Piece[Put]]:
    """The pieces with those made one that lie side by side."""
    joined: list[tuple[Put, list[int]]] = []
    for put, places in pieces:
        if not joined or joined[-1][0] is not put:
            joined.append((put, []))
        joined[-1][1].extend(places)
    return [Piece(put, array("H", places)) for put, places in joined]


def _judged(asked: _Asked, against: Mapping[int, list[Hindrance]]) -> Hindrances:
    """What speaks against calls, with their rows: `against` by window, and where people are, and their own starts."""
    calling, own = asked.calling, asked.own
    found = Hindrances(calling, asked.work.prepared.source.name)
    free = {number: [*hindrances.nowhere(window)] for number, window in enumerate(calling.windows)}
    for number, more in against.items():
        free[number] += more if not calling.windows[number].nowhere else []
    unread = {number: list(hindrances.unread(place.unread)) for number, place in enumerate(calling.places)}
    if not own and not any(free.values()) and not any(unread.values()):
        return found
    at_own_time = cache(lambda window, start: [*hindrances.at_own_time(calling.windows[window], start, calling.tail)])
    calls = ((put, at) for put, places in asked.pieces for at in places)
    for number, ((put, at), window) in enumerate(zip(calls, asked.windows, strict=True)):
        start = own.get(number)
        more = free[window] if start is None else at_own_time(window, start)
        for hindrance in (*more, *(unread[put.places[at]] if put.places else ())):
            found.add(hindrance, put.lines[at])
    return found


def _moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)


def _moment_or_none(instant: int | None) -> datetime | None:
    return None if instant is None else _moment(instant)
