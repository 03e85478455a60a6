"""A chunk of a list to calls: the hot path, column by column. Nothing here looks back at earlier chunks.

Row → person → call → bytes and key. Who was met before, and who was called before, is decided later, by whoever sees
all chunks in order: so chunks can be made by several processes.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import JsonObject
from bland_deploy.model.place import Place as Whereabouts
from bland_deploy.model.recipient import Recipient, Row
from bland_deploy.model.run import Run
from bland_deploy.operations.calls.alike import Given, alike_maker
from bland_deploy.operations.calls.checks.callees import CalleeChecks
from bland_deploy.operations.calls.checks.fields import FieldChecks
from bland_deploy.operations.calls.checks.placeholders import Names, PlaceholderChecks, names_in
from bland_deploy.operations.calls.chunk import Call, Chunk, Columns, Remarks, pack_chunk
from bland_deploy.operations.calls.parts import Part
from bland_deploy.operations.calls.prepare import Prepared
from bland_deploy.planning.assemble import Marks, encode
from bland_deploy.prompts.bounds import OMIT
from bland_deploy.prompts.compile import Template, Value
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.recipients.crowd import Crowd
from bland_deploy.recipients.people import Look, Where, make_look, make_look_through
from bland_deploy.recipients.suppression import Suppressed
from bland_deploy.recipients.variables import make_variables

KeyOf: TypeAlias = Callable[[str], bytes]
PlacesOf: TypeAlias = Callable[[Crowd], list[Whereabouts]]
Scopes: TypeAlias = dict[str, Mapping[str, object]]
Checks: TypeAlias = tuple[FieldChecks, PlaceholderChecks, CalleeChecks]


class Whom(NamedTuple):
    """What is to be known of people: who is suppressed, how a person's key is made, and where people may be.

    `places_of` is None where nobody needs to know.
    """

    suppressed: Suppressed
    key_of: KeyOf
    places_of: PlacesOf | None = None


class Marked(NamedTuple):
    """Whom to call, and the marks that stand in their calls where the stamp goes."""

    whom: Whom
    marks: Marks


def look_of(prepared: Prepared, scopes: Scopes) -> Look:
    """The function from a row of the campaign's list to a person, or to why nobody is called."""
    return make_look(*_looked_for(prepared, scopes))


def _looked_for(prepared: Prepared, scopes: Scopes) -> tuple[str, Recipients, Where | None, Collection[str]]:
    campaign = prepared.campaign
    where = _condition(prepared.where, scopes, prepared.source.name) if prepared.where else None
    return prepared.source.name, campaign.recipients, where, campaign.countries


def chunk_maker(prepared: Prepared, run: Run, marked: Marked, checks: Checks | None) -> Callable[[Part], Chunk]:
    """The function from what was read to a chunk. `checks`, if given, look at every call."""
    scopes = prepared.scopes(run)
    look_through = make_look_through(*_looked_for(prepared, scopes))
    given = _given(prepared, scopes, marked.marks)
    make = _maker(prepared, given, checks)
    make_alike = alike_maker(prepared, given, checks and (checks[0], checks[2]))
    suppressed, key_of, places_of = marked.whom

    def make_chunk(part: Part) -> Chunk:
        crowd, left_out = look_through(part)
        identities = [number[1] for number in crowd.numbers]
        never = suppressed.among(identities)
        alike, called, against = make_alike(crowd)
        calls: list[Call] = [*alike]
        remarks = {at: Remarks([], (), objections) for at, objections in against.items()}
        others = [at for at, call in enumerate(calls) if call is None or (never and identities[at] in never)]
        for at in others:
            calls[at], called[at], remark = _SUPPRESSED if identities[at] in never else make(crowd.person(at))
            remarks.pop(at, None)
            if remark is not None:
                remarks[at] = remark
        keys, places = list(map(key_of, identities)), places_of(crowd) if places_of is not None else []
        columns = Columns(crowd.rows.lines, identities, keys, calls, called, dict(sorted(remarks.items())), places)
        return pack_chunk(columns, left_out)

    return make_chunk


def _condition(where: Template, scopes: Scopes, list_name: str) -> Where:
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


def _given(prepared: Prepared, scopes: Scopes, marks: Marks) -> Given:
    recipients, version, render = prepared.campaign.recipients, prepared.version, prepared.each.render
    stamp = marks.stamp if "metadata" in prepared.campaign.stamp else None

    def fields_of(row: Row) -> JsonObject:
        scopes["row"] = row.values
        return render(scopes)  # type: ignore[return-value]  # a mapping renders to one

    def stamped(call: JsonObject) -> JsonObject:
        return call if stamp is None else version.stamp_call(call, stamp)  # type: ignore[arg-type]  # a mark stands in

    return Given(
        make_variables(recipients, prepared.source.name, _computed(prepared, scopes), OMIT), fields_of, stamped
    )


def _maker(prepared: Prepared, given: Given, checks: Checks | None) -> Callable[[Recipient], _Made]:
    """The function from a recipient to their call, or to what is wrong with their row."""
    under, name, version = prepared.campaign.recipients.variables_under, prepared.source.name, prepared.version
    variables_of, fields_of, stamped = given

    def make(recipient: Recipient) -> _Made:
        row, number = recipient
        try:
            variables = variables_of(row)
            if isinstance(variables, Diagnostic):
                return variables, (), None
            fields = fields_of(row)
        except RenderFailed as failure:
            return at_row(failure.diagnostic, name, row.line), (), None
        call = version.call_object(number.sent, variables, under, fields, row.call)
        body = encode(stamped(call))
        if checks is None:
            return body, (), None
        of_fields, of_names, of_callees = checks
        doubts = of_fields.see(row, fields, number.sent)
        own_names = names_in(row.call) if row.call else ()
        against = of_callees.see(recipient, call)
        remarks = Remarks(doubts, own_names, against) if doubts or own_names or against else None
        return body, of_names.see(call), remarks

    return make


def _computed(prepared: Prepared, scopes: Scopes) -> dict[str, Callable[[Row], object]]:
    """The variables that are templates, as functions of a row."""
    return {name: partial(_compute, value, scopes) for name, value in prepared.computed.items()}


def _compute(value: Value, scopes: Scopes, row: Row) -> object:
    scopes["row"] = row.values
    return value.render(scopes)


def at_row(diagnostic: Diagnostic, list_name: str, line: int) -> Diagnostic:
    """A template's failure, saying for which row it happened; its place stays in the template."""
    return replace(diagnostic, message=f"{diagnostic.message} (row {Place(list_name, line)})")
