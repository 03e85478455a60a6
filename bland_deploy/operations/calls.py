"""Rows to calls: the hot path. One pass over the list gives every call's bytes, and everyone left out with a reason."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bland_deploy.diagnostics import Diagnostic, Place
from bland_deploy.model.json import JsonObject
from bland_deploy.model.plan import Call
from bland_deploy.model.recipient import LeftOut, Outcome, Recipient, Row
from bland_deploy.model.run import Run
from bland_deploy.operations.checks.fields import FieldChecks
from bland_deploy.operations.checks.placeholders import PlaceholderChecks
from bland_deploy.operations.prepare import Prepared
from bland_deploy.planning.assemble import Marks, encode_to_keep
from bland_deploy.prompts.bounds import OMIT
from bland_deploy.prompts.compile import Template
from bland_deploy.prompts.render import RenderFailed
from bland_deploy.recipients.people import Found, find_people
from bland_deploy.recipients.variables import make_variables

KeyOf = Callable[[str], bytes]
Checks = tuple[FieldChecks, PlaceholderChecks]


@dataclass(frozen=True, slots=True)
class Calls:
    """Every call of a campaign in the order of its list, how many rows were left out, and what is wrong with rows."""

    calls: tuple[Call, ...]
    left_out: Mapping[Outcome, int]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Whom:
    """What decides about people beside their row: who is suppressed, and how a person's key is made."""

    suppressed: Container[str]
    key_of: KeyOf


def make_calls(prepared: Prepared, run: Run, whom: Whom, marks: Marks, checks: Checks | None = None) -> Calls:
    """The calls of everybody on the list, whether called before or not. `checks`, if given, sees every call."""
    scopes = prepared.scopes(run)
    problems: list[Diagnostic] = []
    left_out: Counter[Outcome] = Counter()
    calls: list[Call] = []
    make, stamped = _maker(prepared, scopes, checks), "metadata" in prepared.campaign.stamp
    new_call = partial(tuple.__new__, Call)  # half the time of Call(…), which counts here
    for found in _people(prepared, scopes, whom):
        if isinstance(found, Recipient):
            call = make(found)
            if isinstance(call, Diagnostic):
                problems.append(call)
            else:
                body = encode_to_keep(prepared.version.stamp_call(call, marks.stamp) if stamped else call)  # type: ignore[arg-type]  # a mark stands in
                identity = found.number.identity
                calls.append(new_call((whom.key_of(identity), body, identity)))
        elif isinstance(found, LeftOut):
            left_out[found.outcome] += 1
            if found.problem is not None:
                problems.append(found.problem)
        else:
            problems.append(found)
    return Calls(tuple(calls), left_out, tuple(problems))


def _people(prepared: Prepared, scopes: dict[str, Mapping[str, object]], whom: Whom) -> Iterable[Found]:
    campaign = prepared.campaign
    where = _condition(prepared.where, scopes, prepared.source.name) if prepared.where else None
    return find_people(prepared.source, campaign.recipients, where, whom.suppressed, campaign.countries)


def _condition(
    where: Template, scopes: dict[str, Mapping[str, object]], list_name: str
) -> Callable[[Row], bool | Diagnostic]:
    def decide(row: Row) -> bool | Diagnostic:
        scopes["row"] = row.values
        try:
            return bool(where.render(scopes))
        except RenderFailed as failure:
            return at_row(failure.diagnostic, list_name, row.line)

    return decide


def _maker(
    prepared: Prepared, scopes: dict[str, Mapping[str, object]], checks: Checks | None
) -> Callable[[Recipient], JsonObject | Diagnostic]:
    """The function from a recipient to the object of their call, or to what is wrong with their row."""
    recipients, version, each = prepared.campaign.recipients, prepared.version, prepared.each
    under = recipients.variables_under
    variables_of = make_variables(recipients, prepared.source.name, _computed(prepared, scopes), OMIT)

    def make(recipient: Recipient) -> JsonObject | Diagnostic:
        row, number = recipient
        scopes["row"] = row.values
        try:
            variables = variables_of(row)
            if isinstance(variables, Diagnostic):
                return variables
            fields = each.render(scopes)
        except RenderFailed as failure:
            return at_row(failure.diagnostic, prepared.source.name, row.line)
        call = version.call_object(number.sent, variables, under, fields, row.call)  # type: ignore[arg-type]  # a mapping renders to one
        if checks is not None:
            of_fields, of_placeholders = checks
            of_fields.see(row, fields, number.sent)  # type: ignore[arg-type]  # a mapping renders to one
            of_placeholders.see(row, call)
        return call

    return make


def _computed(prepared: Prepared, scopes: dict[str, Mapping[str, object]]) -> dict[str, Callable[[Row], object]]:
    """The variables that are templates, as functions of a row. The row is in the scopes when they are asked."""
    return {name: lambda _row, render=value.render: render(scopes) for name, value in prepared.computed.items()}  # type: ignore[misc]  # the default binds the loop's value


def at_row(diagnostic: Diagnostic, list_name: str, line: int) -> Diagnostic:
    """A template's failure, saying for which row it happened; its place stays in the template."""
    where = str(Place(list_name, line))
    return Diagnostic(
        diagnostic.rule,
        diagnostic.severity,
        f"{diagnostic.message} (row {where})",
        diagnostic.place,
        diagnostic.help,
    )


def digests(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file that the calls were made from, once the list was read."""
    yield from prepared.loaded.reader.digests.items()
    digest = prepared.source.sha256()
    if digest is not None:
        yield prepared.source.name, digest
