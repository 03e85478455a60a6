"""Rows to people: `where`, then defaults, then the number, then duplicates, then suppression.

Nobody is lost on the way: every row becomes a recipient or is left out with a reason, in the order of the list.
"""

from collections.abc import Callable, Collection, Container, Iterator
from functools import partial
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import LeftOut, Outcome, Recipient, Row
from bland_deploy.recipients.again import Found, meet
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.numbers import make_closer_look
from bland_deploy.recipients.phone import number_reader
from bland_deploy.recipients.row_source import RowSource

Where: TypeAlias = Callable[[Row], bool | Diagnostic]
Look: TypeAlias = Callable[[Read], Found]


def find_people(
    source: RowSource,
    recipients: Recipients,
    where: Where | None = None,
    suppressed: Container[str] = frozenset(),
    countries: Collection[str] = (),
) -> Iterator[Found]:
    """The people of a list, and everyone left out, in the order of the list: the plain way, one by one.

    `where` sees the row as written, and may answer with a diagnostic where it cannot decide; `suppressed` is asked for
    identities; `countries` (ISO 3166) are the only ones that may be called, if there are any.
    """
    look_at = make_look(source.name, recipients, where, countries)
    met = meet(source, recipients, look_at)
    for found in map(look_at, source.rows()):
        if not isinstance(found, Recipient):
            yield found
            continue
        identity, line = found.number.identity, found.row.line
        again = met.again(identity, line)
        yield again or (LeftOut(line, Outcome.SUPPRESSED) if identity in suppressed else found)


def make_look(name: str, recipients: Recipients, where: Where | None, countries: Collection[str]) -> Look:
    """The function from what was read to a person, or to why nobody is called; in the list of that name."""
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
