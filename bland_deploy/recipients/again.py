"""The same person twice: who was met before, on the way through a list.

People are told by their identities. Numbers in E.164 are held as integers, which take a third of the room; the room of
a long list is that of its people, and nothing else of a row is held.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.recipient import LeftOut, Outcome, Recipient
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.row_source import RowSource

# a person to call, a row that is left out, or something about the whole list
Found: TypeAlias = Recipient | LeftOut | Diagnostic
Person: TypeAlias = int | str
# the people of the whole list, duplicates included: identity and line of each, in order
People: TypeAlias = Callable[[], Iterator[tuple[str, int]]]


class Met(Protocol):
    """Told of every person of a list, in its order: one by one, or many at once."""

    def again(self, identity: str, line: int) -> LeftOut | None:
        """None for a person who is to be called, else why their row is left out."""

    def all_new(self, people: Sequence[Person]) -> bool:
        """Whether all of these are to be called. If not they still have to be told one by one."""


def meet(source: RowSource, recipients: Recipients, look_at: Callable[[Read], Found]) -> Met:
    """Who is told of the people of this list. `duplicates: last` reads the list once before, to know what follows."""
    people = partial(_people, source, look_at)
    if recipients.duplicates == "last":
        return _Last(people)
    return _First(partial(_SamePerson, source.name, people) if recipients.duplicates == "error" else None)


def _people(source: RowSource, look_at: Callable[[Read], Found]) -> Iterator[tuple[str, int]]:
    return (
        (found.number.identity, found.row.line) for found in map(look_at, source.rows()) if isinstance(found, Recipient)
    )


def _person(identity: str) -> Person:
    """What takes the place of an identity: digits without a plus are another person than those with one."""
    return int(identity) if identity[:1] == "+" else identity


def people_of(identities: Sequence[str]) -> Sequence[Person]:
    """By whom each is told from others. E.164 has 15 digits at most, which fit into 8 bytes."""
    people: list[Person] = [int(identity) if identity[:1] == "+" else identity for identity in identities]
    try:
        return array("Q", people)  # type: ignore[type-var]  # a text is refused
    except (TypeError, OverflowError):
        return people


class _First:
    """The first row of each person is called."""

    def __init__(self, problem: Callable[[], "_SamePerson"] | None) -> None:
        self._seen: set[Person] = set()
        self._problem = problem
        self._told: _SamePerson | None = None

    def again(self, identity: str, line: int) -> LeftOut | None:
        person = _person(identity)
        if person not in self._seen:
            self._seen.add(person)
            return None
        if self._told is None and self._problem is not None:
            self._told = self._problem()
        return LeftOut(line, Outcome.DUPLICATE, self._told(identity, line) if self._told else None)

    def all_new(self, people: Sequence[Person]) -> bool:
        new = set(people)
        if len(new) != len(people) or not self._seen.isdisjoint(new):
            return False
        self._seen |= new
        return True


class _Last:
    """The last row of each person is called."""

    def __init__(self, people: People) -> None:
        last: dict[Person, int] = {}
        self._superseded: set[int] = set()
        for at, (identity, _) in enumerate(people()):
            person = _person(identity)
            if person in last:
                self._superseded.add(last[person])
            last[person] = at
        self._at = 0

    def again(self, identity: str, line: int) -> LeftOut | None:  # noqa: ARG002 - the protocol's signature
        at, self._at = self._at, self._at + 1
        return LeftOut(line, Outcome.DUPLICATE) if at in self._superseded else None

    def all_new(self, people: Sequence[Person]) -> bool:
        following = range(self._at, self._at + len(people))
        if not self._superseded.isdisjoint(following):
            return False
        self._at = following.stop
        return True


class _SamePerson:
    """Says of a person met again where they were met first: by reading the list once more, the first time it is asked.

    So a list in which nobody stands twice need not remember its lines.
    """

    def __init__(self, name: str, people: People) -> None:
        self._name = name
        self._lines: dict[Person, int] = {}
        for identity, line in people():
            self._lines.setdefault(_person(identity), line)

    def __call__(self, identity: str, line: int) -> Diagnostic:
        return error(
            "duplicate-recipient",
            f"{mask_number(identity)} is the same person as in line {self._lines[_person(identity)]}",
            Place(self._name, line),
            "remove one of the rows, or keep one of each with `duplicates: first` or `last`",
        )
