"""A chunk of a list to calls: the hot path, column by column. Nothing here looks back at earlier chunks.

Row → person → call → bytes and key. Who was met before, and who was called before, is decided later, by whoever sees
all chunks in order: so chunks can be made by several processes.
"""

import pickle
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple, TypeAlias, TypeVar

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.json import JsonObject
from bland_deploy.model.place import Place as Whereabouts
from bland_deploy.model.recipient import LeftOut, Recipient, Row
from bland_deploy.model.run import Run
from bland_deploy.operations.checks.callees import CalleeChecks
from bland_deploy.operations.checks.fields import Doubt, FieldChecks
from bland_deploy.operations.checks.placeholders import Names, PlaceholderChecks, names_in
from bland_deploy.operations.objections import Objections
from bland_deploy.operations.prepare import Prepared
from bland_deploy.planning.assemble import Marks, encode
from bland_deploy.prompts.bounds import OMIT
from bland_deploy.prompts.compile import Template
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.recipients.again import Found
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.people import Look, Where, make_look
from bland_deploy.recipients.variables import make_variables

T = TypeVar("T")
KeyOf: TypeAlias = Callable[[str], bytes]
PlaceOf: TypeAlias = Callable[[Recipient], Whereabouts]
Checks: TypeAlias = tuple[FieldChecks, PlaceholderChecks, CalleeChecks]
# the JSON of a call, what is wrong with its row, or None where the person is suppressed
Call: TypeAlias = bytes | Diagnostic | None


class Whom(NamedTuple):
    """What is to be known of people: who is suppressed, how a person's key is made, and where a person may be.

    `place_of` is None where nobody needs to know.
    """

    suppressed: Container[str]
    key_of: KeyOf
    place_of: PlaceOf | None = None


class Marked(NamedTuple):
    """Whom to call, and the marks that stand in their calls where the stamp goes."""

    whom: Whom
    marks: Marks


class Remarks(NamedTuple):
    """What the checks have to say about one row.

    Doubts about its fields, the placeholders in the fields that it overrides, what speaks against the call.
    """

    doubts: Sequence[Doubt]
    own_names: Names
    objections: Objections


class Chunk(NamedTuple):
    """Rows that follow each other, as columns: an item for each person, duplicates included, in the order of the list.

    `names` are the variables that each call brings along, () where there is no call; `remarks` are there for few rows.
    `places` is empty where nobody needs to know.
    """

    lines: list[int]
    identities: list[str]
    keys: list[bytes]
    calls: list[Call]
    names: list[Names]
    remarks: dict[int, Remarks]
    places: list[Whereabouts]
    left_out: list[LeftOut | Diagnostic]

    def only(self, places: Sequence[int]) -> "Chunk":
        """The chunk with some of its people, and without what was left out of it."""

        def column(items: list[T]) -> list[T]:
            return [items[at] for at in places]

        remarks = {new: self.remarks[old] for new, old in enumerate(places) if old in self.remarks}
        columns = (column(self.lines), column(self.identities), column(self.keys), column(self.calls))
        return Chunk(*columns, column(self.names), remarks, column(self.places) if self.places else [], [])


def read_chunks(items: Iterable[Read], size: int) -> Iterator[list[Read]]:
    """What was read, so much at a time."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def pack(items: Sequence[Read]) -> bytes:
    """What was read, for another process: rows as columns, which takes half the time."""
    rows = [item for item in items if isinstance(item, Row)]
    others = (
        [(at, item) for at, item in enumerate(items) if not isinstance(item, Row)] if len(rows) < len(items) else []
    )
    columns = ([row.line for row in rows], [row.values for row in rows], [row.call for row in rows])
    return pickle.dumps((columns, others), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> list[Read]:
    """What `pack` was given."""
    columns, others = pickle.loads(data)  # noqa: S301 - written by this program, for a fork of its process
    items: list[Read] = list(map(Row, *columns))
    for at, item in others:
        items.insert(at, item)
    return items


def look_of(prepared: Prepared, scopes: dict[str, Mapping[str, object]]) -> Look:
    """The function from a row of the campaign's list to a person, or to why nobody is called."""
    campaign = prepared.campaign
    where = _condition(prepared.where, scopes, prepared.source.name) if prepared.where else None
    return make_look(prepared.source.name, campaign.recipients, where, campaign.countries)


def chunk_maker(prepared: Prepared, run: Run, marked: Marked, checks: Checks | None) -> Callable[[list[Read]], Chunk]:
    """The function from what was read to a chunk. `checks`, if given, look at every call."""
    scopes = prepared.scopes(run)
    look_at, make = look_of(prepared, scopes), _maker(prepared, scopes, marked.marks, checks)
    suppressed, key_of, place_of = marked.whom

    def make_chunk(items: list[Read]) -> Chunk:
        people, left_out = _parted([look_at(item) for item in items])
        identities = [number.identity for _, number in people]
        made = [
            _SUPPRESSED if identity in suppressed else make(person)
            for identity, person in zip(identities, people, strict=True)
        ]
        return Chunk(
            lines=[row.line for row, _ in people],
            identities=identities,
            keys=[key_of(identity) for identity in identities],
            calls=[call for call, _, _ in made],
            names=[names for _, names, _ in made],
            remarks={at: remarks for at, (_, _, remarks) in enumerate(made) if remarks},
            places=[place_of(person) for person in people] if place_of else [],
            left_out=left_out,
        )

    return make_chunk


def _parted(found: Sequence[Found]) -> tuple[list[Recipient], list[LeftOut | Diagnostic]]:
    """People, and those who are none."""
    return (
        [item for item in found if isinstance(item, Recipient)],
        [item for item in found if not isinstance(item, Recipient)],
    )


def _condition(where: Template, scopes: dict[str, Mapping[str, object]], list_name: str) -> Where:
    def decide(row: Row) -> bool | Diagnostic:
        scopes["row"] = row.values
        try:
            return bool(where.render(scopes))
        except RenderFailed as failure:
            return at_row(failure.diagnostic, list_name, row.line)

    return decide


# a call, the names of its variables, and what the checks have to say about it
_Made: TypeAlias = tuple[Call, Names, Remarks | None]
_SUPPRESSED: _Made = (None, (), None)


def _maker(
    prepared: Prepared, scopes: dict[str, Mapping[str, object]], marks: Marks, checks: Checks | None
) -> Callable[[Recipient], _Made]:
    """The function from a recipient to their call, or to what is wrong with their row."""
    recipients, version, render = prepared.campaign.recipients, prepared.version, prepared.each.render
    under, name = recipients.variables_under, prepared.source.name
    variables_of = make_variables(recipients, name, _computed(prepared, scopes), OMIT)
    stamp = marks.stamp if "metadata" in prepared.campaign.stamp else None

    def make(recipient: Recipient) -> _Made:
        row, number = recipient
        scopes["row"] = row.values
        try:
            variables = variables_of(row)
            if isinstance(variables, Diagnostic):
                return variables, (), None
            fields: JsonObject = render(scopes)  # type: ignore[assignment]  # a mapping renders to one
        except RenderFailed as failure:
            return at_row(failure.diagnostic, name, row.line), (), None
        call = version.call_object(number.sent, variables, under, fields, row.call)
        body = encode(call if stamp is None else version.stamp_call(call, stamp))  # type: ignore[arg-type]  # a mark stands in
        if checks is None:
            return body, (), None
        of_fields, of_names, of_callees = checks
        doubts = of_fields.see(row, fields, number.sent)
        own_names = names_in(row.call) if row.call else ()
        against = of_callees.see(recipient, call)
        remarks = Remarks(doubts, own_names, against) if doubts or own_names or against else None
        return body, of_names.see(call), remarks

    return make


def _computed(prepared: Prepared, scopes: dict[str, Mapping[str, object]]) -> dict[str, Callable[[Row], object]]:
    """The variables that are templates, as functions of a row. The row is in the scopes when they are asked."""
    return {name: lambda _row, render=value.render: render(scopes) for name, value in prepared.computed.items()}  # type: ignore[misc]  # the default binds the loop's value


def at_row(diagnostic: Diagnostic, list_name: str, line: int) -> Diagnostic:
    """A template's failure, saying for which row it happened; its place stays in the template."""
    return replace(diagnostic, message=f"{diagnostic.message} (row {Place(list_name, line)})")
