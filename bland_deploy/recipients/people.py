"""Rows to people: `where`, then defaults, then the number, then duplicates, then suppression.

Nobody is lost on the way: every row becomes a recipient or is left out with a reason, in the order of the list.
"""

from collections.abc import Callable, Collection, Container, Iterator
from functools import partial
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import LeftOut, Outcome, Recipient, Row
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.numbers import make_closer_look
from bland_deploy.recipients.phone import number_reader
from bland_deploy.recipients.row_source import RowSource

# a person to call, a row that is left out, or something about the whole list
Found: TypeAlias = Recipient | LeftOut | Diagnostic
Where: TypeAlias = Callable[[Row], bool | Diagnostic]


def find_people(
    source: RowSource,
    recipients: Recipients,
    where: Where | None = None,
    suppressed: Container[str] = frozenset(),
    countries: Collection[str] = (),
) -> Iterator[Found]:
    """The people of a list, and everyone left out, in the order of the list.

    `where` sees the row as written, and may answer with a diagnostic where it cannot decide; `suppressed` is asked for
    identities; `countries` (ISO 3166) are the only ones that may be called, if there are any. With `duplicates: last`
    the whole list is held in memory, else only its identities are.
    """
    look_at = _make_look(source.name, recipients, where, countries)
    found = map(look_at, source.rows())
    if recipients.duplicates == "last":
        return _last_of_each(found, suppressed)
    problem = partial(_same_person, source.name) if recipients.duplicates == "error" else None
    return _first_of_each(found, suppressed, problem)


def _make_look(
    name: str, recipients: Recipients, where: Where | None, countries: Collection[str]
) -> Callable[[Read], Found]:
    read = number_reader(recipients.default_country)
    phone = recipients.phone
    defaults: JsonObject = dict(recipients.defaults)
    look_closer = make_closer_look(recipients, name, frozenset(countries))
    plain = recipients.number_format == "e164" and not countries
    make = partial(tuple.__new__, Recipient)  # half the time of Recipient(…), which counts here

    def look_at(row: Read) -> Found:
        if not isinstance(row, Row):
            return row
        if where is not None and (verdict := where(row)) is not True:
            return _not_wanted(row, verdict)
        if defaults:
            row = _fill(row, defaults)
        text = row.values.get(phone)
        number = read(text) if isinstance(text, str) else None
        if number is not None and plain:
            return make((row, number))
        closer = look_closer(row, text, number)
        return closer if isinstance(closer, LeftOut) else Recipient(row, closer)

    return look_at


def _not_wanted(row: Row, verdict: bool | Diagnostic) -> LeftOut:  # noqa: FBT001 - the answer of `where`
    if isinstance(verdict, Diagnostic):
        return LeftOut(row.line, Outcome.INVALID, verdict)
    return LeftOut(row.line, Outcome.EXCLUDED)


def _fill(row: Row, defaults: JsonObject) -> Row:
    """The row with its empty cells filled. A key that a JSON row lacks is no cell, and null is not empty."""
    empty = [name for name in defaults if row.values.get(name) == ""]
    return row._replace(values=row.values | {name: defaults[name] for name in empty}) if empty else row


def _first_of_each(
    found: Iterator[Found], suppressed: Container[str], problem: Callable[[Recipient, int], Diagnostic] | None
) -> Iterator[Found]:
    lines: dict[str, int] = {}
    for item in found:
        if not isinstance(item, Recipient):
            yield item
            continue
        identity = item.number.identity
        if identity in lines:
            again = problem(item, lines[identity]) if problem is not None else None
            yield LeftOut(item.row.line, Outcome.DUPLICATE, again)
            continue
        lines[identity] = item.row.line
        yield LeftOut(item.row.line, Outcome.SUPPRESSED) if identity in suppressed else item


def _last_of_each(found: Iterator[Found], suppressed: Container[str]) -> Iterator[Found]:
    everyone = list(found)
    last = {item.number.identity: index for index, item in enumerate(everyone) if isinstance(item, Recipient)}
    for index, item in enumerate(everyone):
        if not isinstance(item, Recipient):
            yield item
        elif last[item.number.identity] != index:
            yield LeftOut(item.row.line, Outcome.DUPLICATE)
        else:
            yield LeftOut(item.row.line, Outcome.SUPPRESSED) if item.number.identity in suppressed else item


def _same_person(name: str, again: Recipient, first_line: int) -> Diagnostic:
    return error(
        "duplicate-recipient",
        f"{mask_number(again.number.identity)} is the same person as in line {first_line}",
        Place(name, again.row.line),
        "remove one of the rows, or keep one of each with `duplicates: first` or `last`",
    )
