"""Calls to finished requests: the envelope rendered for each batch, the stamp put in its places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

from bland_deploy.api.stamps import Stamped
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import ANY_MOMENT, NO_ATTEMPT, Content, Moments, Request, Route, describe
from bland_deploy.model.run import Run
from bland_deploy.model.schedule import Begun
from bland_deploy.model.stamp import Stamp, suffix
from bland_deploy.operations.calls.checks.shared import check_parts, stamp_notes
from bland_deploy.operations.calls.everybody import Calls, Put, Timed
from bland_deploy.operations.calls.prepare import Parts, Prepared, RenderParts, parts_renderer
from bland_deploy.planning.assemble import Marks, assemble
from bland_deploy.planning.split import Piece, split
from bland_deploy.prompts.scopes import make_batch_scope

T = TypeVar("T")
Pieces: TypeAlias = Sequence[Piece[Put]]
TimedPieces: TypeAlias = Sequence[Piece[Put | Timed]]


class Lot(NamedTuple):
    """Calls that may travel together. `start` is when all of them begin, where no call can have a time of its own.

    `moments_of` gives the times of a batch of them; `timed` is whether some may have times that users wrote.
    """

    pieces: TimedPieces
    start: str | None = None
    moments_of: Callable[[TimedPieces], Moments] = lambda _pieces: ANY_MOMENT
    timed: bool = True


class Timing(NamedTuple):
    """The calls to send now, who is left for later, when calls begin (aware), and what speaks against it.

    `first` and `last` are None where calls begin at once; `finish` is when the last of all would begin. `begun` is when
    these calls begin, for those that the account makes beside them.
    """

    lots: tuple[Lot, ...]
    deferred: int = 0
    first: datetime | None = None
    last: datetime | None = None
    finish: datetime | None = None
    objections: tuple[Diagnostic, ...] = ()
    begun: tuple[Begun, ...] = ()


class Target(NamedTuple):
    """Where requests go, with which headers beside the version's, under which lineage, and how calls were marked."""

    environment: str
    headers: tuple[str, ...]
    lineage: str
    marks: Marks


def everybody(calls: Calls) -> Pieces:
    """All of these calls."""
    return [Piece(put, range(put.calls)) for put in calls.puts]


def count_calls(pieces: TimedPieces) -> int:
    """How many calls these are."""
    return sum(len(piece.places) for piece in pieces)


def untimed(pieces: Pieces, run: Run) -> Timing:
    """These calls, which begin at once."""
    calls = count_calls(pieces)
    return Timing((Lot(pieces),), begun=(Begun(int(run.started_at.timestamp()), calls),) if calls else ())


def make_requests(prepared: Prepared, lots: Sequence[Lot], run: Run, target: Target) -> tuple[Request, ...]:
    """The requests for these calls, in order. Raises RenderFailed where a template cannot be rendered."""
    size = prepared.campaign.split.size
    sizes = [batch for lot in lots for batch in _sizes(count_calls(lot.pieces), size)]
    batches = ((lot, batch) for lot in lots for batch in split(lot.pieces, size))
    return tuple(
        _in_lot(lot, batch, _request(prepared, batch, _starting(shared.parts, lot.start), target))
        for (lot, batch), shared in zip(batches, _shared(prepared, parts_renderer(prepared, run), sizes), strict=False)
    )


def _in_lot(lot: Lot, batch: TimedPieces, request: Request) -> Request:
    return replace(request, moments=lot.moments_of(batch), timed=request.timed and lot.timed)


def _starting(parts: Parts, start: str | None) -> Parts:
    """The parts with the time at which all calls begin."""
    return parts if start is None else parts._replace(call={**parts.call, "start_time": start})


def check_requests(prepared: Prepared, calls: int, render: RenderParts) -> Iterator[Diagnostic]:
    """What is wrong with what the calls of each batch share, as it is rendered. Raises RenderFailed."""
    before: Parts | None = None
    for _, parts in _shared(prepared, render, _sizes(calls, prepared.campaign.split.size)):
        if parts != before:
            yield from check_parts(prepared, parts)
            yield from stamp_notes(prepared, _stamped(prepared, parts, "", NO_ATTEMPT))
        before = parts


def envelopes(prepared: Prepared, calls: int, run: Run) -> Iterator[tuple[int, JsonObject]]:
    """How many calls each batch has, and what they share, with the attempt as zeros. Raises RenderFailed."""
    sizes = _sizes(calls, prepared.campaign.split.size)
    for size, parts in _shared(prepared, parts_renderer(prepared, run), sizes):
        yield size, _stamped(prepared, parts, "", NO_ATTEMPT).envelope


def route_of(prepared: Prepared, environment: str, headers: tuple[str, ...]) -> Route:
    """Where the requests of a campaign go; `headers` are those beside the version's."""
    version = prepared.version
    every = (*version.headers, *headers)
    return Route(prepared.campaign.campaign, environment, version.method, version.path, every, version.calls_key)


class _Shared(NamedTuple):
    """What the calls of a batch share, and how many they are."""

    size: int
    parts: Parts


def _sizes(calls: int, size: int) -> list[int]:
    """How many calls each batch has."""
    return [min(size, calls - start) for start in range(0, calls, size)]


def _shared(prepared: Prepared, render: RenderParts, sizes: Sequence[int]) -> Iterator[_Shared]:
    """What is shared in each batch."""
    for index, size in enumerate(sizes, start=1):
        parts = render(make_batch_scope(index, len(sizes), size))
        yield _Shared(size, parts)
        if is_test(prepared, parts):
            break


def is_test(prepared: Prepared, parts: Parts) -> bool:
    """Whether the provider dials the first recipient only (v1's `test_mode`)."""
    return prepared.version.name == "v1" and parts.test_mode


def _stamped(prepared: Prepared, parts: Parts, stamp: str, attempt: str) -> Stamped:
    """The envelope with marks where its stamp goes, as far as the campaign wants one."""
    wanted = prepared.campaign.stamp
    envelope = prepared.version.envelope(parts.prompt, parts.call, parts.batch, parts.description)
    return prepared.version.stamp_into(
        envelope,
        stamp if "metadata" in wanted else None,  # type: ignore[arg-type]  # a mark stands in for the stamp
        suffix(attempt) if "description" in wanted else None,
    )


def _request(prepared: Prepared, batch: TimedPieces, parts: Parts, target: Target) -> Request:
    campaign, marks = prepared.campaign, target.marks
    calls = count_calls(batch)
    rings = 1 if is_test(prepared, parts) else calls
    stamp = Stamp(target.lineage, campaign.campaign, campaign.round, NO_ATTEMPT, rings)
    route = route_of(prepared, target.environment, target.headers)
    envelope = {**_stamped(prepared, parts, marks.stamp, marks.attempt).envelope, route.calls_key: marks.calls}

    def assembled() -> tuple[bytes, tuple[int, ...]]:
        bodies = [body for put, places in batch for body in put.bodies(places)]
        return assemble(envelope, bodies, stamp, marks)

    def read() -> Content:
        body, slots = assembled()
        keys = [key for put, places in batch for key in put.keys(places)]
        numbers = tuple(number for put, places in batch for number in _at(put.numbers(), places))
        return Content(body, slots, tuple(keys[:rings]), numbers)

    return describe(route, rings, assembled()[0], read)


def _at(items: list[T], places: Sequence[int]) -> list[T]:
    """The items at some places, in order."""
    return items if len(places) == len(items) else [items[at] for at in places]
