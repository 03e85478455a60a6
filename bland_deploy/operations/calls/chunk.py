"""What became of some rows that follow each other, packed so that processes can hand it to each other at no cost."""

from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from bland_deploy.api.starts import MARK
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.keys import KEY_SIZE
from bland_deploy.model.place import Place
from bland_deploy.model.recipient import LeftOut
from bland_deploy.operations.calls.checks.fields import Doubt
from bland_deploy.operations.calls.checks.placeholders import Names
from bland_deploy.operations.calls.objections import Objections
from bland_deploy.recipients.again import Person, people_of

T = TypeVar("T")
# the JSON of a call, what is wrong with its row, or None where the person is suppressed
Call: TypeAlias = bytes | Diagnostic | None


class Remarks(NamedTuple):
    """What the checks have to say about one row.

    Doubts about its fields, the placeholders in the fields that it overrides, what speaks against the call.
    """

    doubts: Sequence[Doubt]
    own_names: Names
    objections: Objections


class Columns(NamedTuple):
    """What is known of some people, duplicates included, in the order of the list.

    `names` are the variables that each call brings along, () where there is no call; `remarks` are there for few rows.
    `places` is empty where nobody needs to know.
    """

    lines: Sequence[int]
    identities: Sequence[str]
    keys: Sequence[bytes]
    calls: Sequence[Call]
    names: Sequence[Names]
    remarks: Mapping[int, Remarks]
    places: Sequence[Place]

    def only(self, places: Sequence[int]) -> "Columns":
        """The same of some of these people."""

        def column(items: Sequence[T]) -> list[T]:
            return [items[at] for at in places]

        remarks = {new: self.remarks[old] for new, old in enumerate(places) if old in self.remarks}
        columns = (column(self.lines), column(self.identities), column(self.keys), column(self.calls))
        return Columns(*columns, column(self.names), remarks, column(self.places) if self.places else ())


class Withheld(NamedTuple):
    """A person without a call: what is wrong with the row, or None where the person is suppressed."""

    line: int
    identity: str
    why: Diagnostic | None


class Chunk(NamedTuple):
    """People of rows that follow each other, an item each; and those rows that are nobody's.

    `people` are by whom they are told from others: all of them, also those who are `withheld`, by their places there.
    Everything else is of those who are called. `keys`, `numbers` and `bodies` are one after the other, the last two in
    lines. `names` are the people by the variables that their
    calls bring along; `places` are the different ones, and `whereabouts` says which is whose. `timed` are those
    whose call may have a `start_time` of its own.
    """

    lines: "array[int]"
    people: Sequence[Person]
    keys: bytes
    numbers: bytes
    bodies: bytes
    withheld: Mapping[int, Withheld]
    names: Mapping[Names, Sequence[int]]
    remarks: Mapping[int, Remarks]
    places: Sequence[Place]
    whereabouts: "array[int]"
    timed: Sequence[int]
    left_out: Sequence[LeftOut | Diagnostic]

    @property
    def identities(self) -> list[str]:
        """The normal forms of the people's numbers."""
        return self.numbers.decode().split("\n") if self.lines else []

    def only(self, places: Sequence[int]) -> "Chunk":
        """The chunk with some of those who are called, and without what was left out of it."""
        return pack_chunk(self._columns().only(places), ())

    def _columns(self) -> Columns:
        keys = [self.keys[at : at + KEY_SIZE] for at in range(0, len(self.keys), KEY_SIZE)]
        calls: list[Call] = [*self.bodies.split(b"\n")] if self.lines else []
        names: dict[int, Names] = {at: names for names, places in self.names.items() for at in places}
        called = [names[at] for at in range(len(calls))]
        places = [self.places[at] for at in self.whereabouts]
        return Columns(self.lines, self.identities, keys, calls, called, self.remarks, places)


def pack_chunk(columns: Columns, left_out: Sequence[LeftOut | Diagnostic]) -> Chunk:
    """The chunk of these people, and of those rows that are nobody's."""
    people, withheld = people_of(columns.identities), dict[int, Withheld]()
    if not set(map(type, columns.calls)) <= {bytes}:
        for at, call in enumerate(columns.calls):
            if not isinstance(call, bytes):
                withheld[at] = Withheld(columns.lines[at], columns.identities[at], call)
        columns = columns.only([at for at in range(len(people)) if at not in withheld])
    calls: Sequence[bytes] = columns.calls  # type: ignore[assignment]  # only bytes are left
    # JSON as it is encoded has no line ends of its own
    bodies = b"\n".join(calls)
    timed = tuple(at for at, call in enumerate(calls) if MARK in call) if MARK in bodies else ()
    known = {place: at for at, place in enumerate(dict.fromkeys(columns.places))}
    whereabouts = array("I", map(known.__getitem__, columns.places))
    return Chunk(
        lines=array("I", columns.lines),
        people=people,
        keys=b"".join(columns.keys),
        numbers="\n".join(columns.identities).encode(),
        bodies=bodies,
        withheld=withheld,
        names=_by_names(columns.names),
        remarks=columns.remarks,
        places=tuple(known),
        whereabouts=whereabouts,
        timed=timed,
        left_out=left_out,
    )


def _by_names(names: Sequence[Names]) -> Mapping[Names, Sequence[int]]:
    """The places of equal names: mostly they are all the same."""
    if names and names.count(names[0]) == len(names):
        return {names[0]: range(len(names))}
    found: dict[Names, list[int]] = {}
    for at, one in enumerate(names):
        found.setdefault(one, []).append(at)
    return found
