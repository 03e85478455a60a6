"""A list to calls, chunk by chunk: everybody's, whoever was called before, and everyone left out with a reason.

Nothing of a row is held but the person, so that nobody is called twice; keys, numbers and bodies go to a spool.
"""

import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from bland_deploy.api.starts import MARK
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.keys import KEY_SIZE, unpack_keys
from bland_deploy.model.place import Place
from bland_deploy.model.recipient import LeftOut, Outcome
from bland_deploy.model.run import Run
from bland_deploy.operations.calls.chunk import Chunk
from bland_deploy.operations.calls.chunks import Checks, Marked, chunk_maker, look_of
from bland_deploy.operations.calls.objections import Objections
from bland_deploy.operations.calls.parts import Part, pack, read_parts, unpack
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.operations.calls.relay import map_along
from bland_deploy.operations.calls.shares import processors
from bland_deploy.operations.calls.spool import Spool
from bland_deploy.planning.assemble import Marks
from bland_deploy.recipients.again import Met, meet
from bland_deploy.windows.clocks import write_start_time

ROWS = 1000
"""How many rows travel together."""
_FEW = 5  # times as many are made sooner than another process is started
_MOST_PROCESSES = 8
_KEPT = 1 << 16


class Put(NamedTuple):
    """The calls of a chunk as they lie in the spool: so many, from an offset on; bytes of their numbers and bodies.

    `timed` are those that may have a `start_time` of their own. `lines` are their rows and `places` where they may be,
    by index; `places` is empty where nobody needs to know. `objections` is what speaks against each, by index; empty
    where nothing does.
    """

    spool: Spool
    offset: int
    calls: int
    numbers_size: int
    bodies_size: int
    timed: Sequence[int] = ()
    lines: Sequence[int] = ()
    places: Sequence[int] = ()
    objections: Sequence[int] = ()

    def keys(self, places: Sequence[int] | None = None) -> list[bytes]:
        """Their recipient keys (16 bytes each), or those of some of them."""
        if places is None:
            return unpack_keys(self.spool.read(self.offset, self.calls * KEY_SIZE))
        packed = _packed(self.spool, self.offset, self.calls * KEY_SIZE)
        return [packed[at * KEY_SIZE : (at + 1) * KEY_SIZE] for at in places]

    def numbers(self) -> list[str]:
        """The normal forms of their numbers."""
        return _numbers(self.spool, self.offset + self.calls * KEY_SIZE, self.numbers_size)

    def bodies(self, places: Sequence[int] | None = None) -> list[bytes]:
        """Their JSON, with marks where the stamp goes, or that of some of them."""
        return self._lines(self.bodies_size, b"\n", places)

    def opened(self, places: Sequence[int] | None = None) -> list[bytes]:
        """The same without the braces that end them."""
        return self._lines(self.bodies_size - 1, b"}\n", places)

    def _lines(self, size: int, end: bytes, places: Sequence[int] | None) -> list[bytes]:
        lines = _lines(self.spool, self.offset + self.calls * KEY_SIZE + self.numbers_size, size, end)
        return lines if places is None or len(places) == len(lines) else [lines[at] for at in places]


@lru_cache(maxsize=2)
def _lines(spool: Spool, offset: int, size: int, end: bytes) -> list[bytes]:
    """Lines of a spool. The last ones are kept, since small batches ask for the same chunk again and again."""
    return spool.read(offset, size).split(end)


@lru_cache(maxsize=2)
def _packed(spool: Spool, offset: int, size: int) -> bytes:
    """Keys of a spool, kept as lines are."""
    return spool.read(offset, size)


@lru_cache(maxsize=2)
def _numbers(spool: Spool, offset: int, size: int) -> list[str]:
    """Numbers of a spool, kept as lines are."""
    return spool.read(offset, size).decode().split("\n")


class Timed(NamedTuple):
    """The calls of a put, each with the `start_time` that it is given: seconds since 1970 UTC, 0 for none.

    `zones` are those in which times are written, by place.
    """

    put: Put
    instants: Sequence[int]
    zones: Sequence[str]

    def keys(self, places: Sequence[int] | None = None) -> list[bytes]:
        """As the put's."""
        return self.put.keys(places)

    def numbers(self) -> list[str]:
        """As the put's."""
        return self.put.numbers()

    def bodies(self, places: Sequence[int] | None = None) -> list[bytes]:
        """As the put's, with their times."""
        zones, instants, whereabouts = self.zones, self.instants, self.put.places or bytes(self.put.calls)
        some = range(self.put.calls) if places is None else places
        return [
            body + _end_of(instants[at], zones[whereabouts[at]])
            for at, body in zip(some, self.put.opened(places), strict=True)
        ]


@lru_cache(_KEPT)
def _end_of(instant: int, zone: str) -> bytes:
    """The end of a call that begins at an instant, 0 for a call without a time."""
    if not instant:
        return b"}"
    return b',%b:"%b"}' % (MARK, write_start_time(instant, zone).encode())


@dataclass(frozen=True, slots=True)
class Calls:
    """Every call of a campaign in the order of its list, how many rows were left out, and what is wrong with rows.

    `puts` is where they lie, and empty where nobody asked for a spool; `sha256` (hex) is of all their bodies, without
    their stamps. `places` are those that people may be in, `objections` all that speak against single calls.
    """

    count: int
    puts: tuple[Put, ...]
    places: tuple[Place, ...]
    sha256: str
    left_out: Mapping[Outcome, int]
    diagnostics: tuple[Diagnostic, ...]
    objections: tuple[Objections, ...] = ((),)


def make_calls(
    prepared: Prepared, run: Run, marked: Marked, checks: Checks | None = None, spool: Spool | None = None
) -> Calls:
    """The calls of everybody on the list, whether called before or not.

    `checks`, if given, see every call; `spool`, if given, takes their bytes. Raises SpoolFailed.
    """
    make_chunk = chunk_maker(prepared, run, marked, checks)
    met = meet(prepared.source, prepared.campaign.recipients, look_of(prepared, prepared.scopes(run)))
    gathered = _Gathered(met, marked.marks, checks, spool)
    for chunk in _map(make_chunk, read_parts(prepared.source.pieces(), ROWS)):
        gathered.take(chunk)
    return gathered.calls()


def _map(make_chunk: Callable[[Part], Chunk], parts: Iterator[Part]) -> Iterator[Chunk]:
    """The chunks in order: the first ones are made here, those of a long list by several processes."""
    yield from map(make_chunk, islice(parts, _FEW))
    processes = min(processors(), _MOST_PROCESSES)
    if processes > 1 and hasattr(os, "fork"):
        yield from map_along(lambda data: make_chunk(unpack(data)), map(pack, parts), processes)
    else:
        yield from map(make_chunk, parts)


class _Gathered:
    """What the chunks of a list add up to, in their order."""

    def __init__(self, met: Met, marks: Marks, checks: Checks | None, spool: Spool | None) -> None:
        self._met, self._checks, self._spool = met, checks, spool
        self._mark, self._hasher = b'"%b"' % marks.stamp.encode(), sha256()
        self._count, self._puts = 0, list[Put]()
        self._places: dict[tuple[tuple[str, ...], ...], tuple[int, Place]] = {}
        self._left_out: Counter[Outcome] = Counter()
        self._problems: list[Diagnostic] = []
        self._objections: dict[Objections, int] = {(): 0}

    def take(self, chunk: Chunk) -> None:
        """The next chunk."""
        for item in chunk.left_out:
            self._leave_out(item)
        if self._met.all_new(chunk.people):
            for withheld in chunk.withheld.values():
                self._withhold(withheld.why)
        else:
            chunk = chunk.only([*self._new(chunk)])
        if chunk.lines:
            self._keep(chunk)

    def calls(self) -> Calls:
        """All of them."""
        places = tuple(place for _, place in self._places.values())
        found = dict(self._left_out), tuple(self._problems), tuple(self._objections)
        return Calls(self._count, tuple(self._puts), places, self._hasher.hexdigest(), *found)

    def _is_new(self, identity: str, line: int) -> bool:
        again = self._met.again(identity, line)
        if again is not None:
            self._leave_out(again)
        return again is None

    def _new(self, chunk: Chunk) -> Iterator[int]:
        """Those of a chunk's calls whose people were not met before."""
        called, identities = 0, chunk.identities
        for at in range(len(chunk.people)):
            withheld = chunk.withheld.get(at)
            if withheld is not None:
                if self._is_new(withheld.identity, withheld.line):
                    self._withhold(withheld.why)
                continue
            if self._is_new(identities[called], chunk.lines[called]):
                yield called
            called += 1

    def _withhold(self, why: Diagnostic | None) -> None:
        """A person without a call: because of what is wrong with the row, or because they are suppressed."""
        if why is None:
            self._left_out[Outcome.SUPPRESSED] += 1
        else:
            self._problems.append(why)

    def _leave_out(self, item: LeftOut | Diagnostic) -> None:
        if isinstance(item, Diagnostic):
            self._problems.append(item)
            return
        self._left_out[item.outcome] += 1
        if item.problem is not None:
            self._problems.append(item.problem)

    def _keep(self, chunk: Chunk) -> None:
        """A chunk of which everybody is called."""
        count = len(chunk.lines)
        self._count += count
        self._hasher.update(chunk.bodies.replace(self._mark, b"null"))
        self._hasher.update(b"\n")
        if self._checks is not None:
            of_fields, of_names, of_callees = self._checks
            of_names.note(chunk.names, chunk.lines)
            for at, remarks in chunk.remarks.items():
                of_fields.note(remarks.doubts, chunk.lines[at])
                of_names.note_in_row(remarks.own_names, chunk.lines[at])
                of_callees.note(remarks.objections, chunk.lines[at])
        if self._spool is not None:
            offset = self._spool.add(b"".join((chunk.keys, chunk.numbers, chunk.bodies)))
            put = Put(self._spool, offset, count, len(chunk.numbers), len(chunk.bodies), chunk.timed, chunk.lines)
            self._puts.append(put._replace(places=self._known(chunk), objections=self._objected(chunk)))

    def _known(self, chunk: Chunk) -> Sequence[int]:
        """The places by index. Equal ones that were found by several processes are several objects."""
        known = self._places
        index = [
            known.setdefault((place.zones, place.jurisdictions, place.unread), (len(known), place))[0]
            for place in chunk.places
        ]
        return array("I", [index[at] for at in chunk.whereabouts])

    def _objected(self, chunk: Chunk) -> Sequence[int]:
        """What speaks against the calls, by index; empty where nothing does."""
        known = self._objections
        against = {at: remarks.objections for at, remarks in chunk.remarks.items() if remarks.objections}
        if not against:
            return ()
        objections = array("I", bytes(4 * len(chunk.lines)))
        for at, one in against.items():
            objections[at] = known.setdefault(one, len(known))
        return objections


def digests(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file that the calls were made from, once the list was read."""
    yield from prepared.loaded.reader.digests.items()
    digest = prepared.source.sha256()
    if digest is not None:
        yield prepared.source.name, digest
