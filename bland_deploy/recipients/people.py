"""Rows to people: `where`, then defaults, then the number, then duplicates, then suppression.

Nobody is lost on the way: every row becomes a recipient or is left out with a reason, in the order of the list.
"""

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import LeftOut, Outcome, Recipient, Row
from bland_deploy.recipients.again import Found, meet
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.numbers import make_closer_look
from bland_deploy.recipients.phone import number_reader, numbers_reader
from bland_deploy.recipients.row_source import RowSource

Where: TypeAlias = Callable[[Row], bool | Diagnostic]
Look: TypeAlias = Callable[[Read], Found]
LookThrough: TypeAlias = Callable[[Sequence[Read]], list[Found]]

_make_recipient = partial(tuple.__new__, Recipient)  # half the time of Recipient(…), which counts here


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


def make_look_through(
    name: str, recipients: Recipients, where: Where | None, countries: Collection[str]
) -> LookThrough:
    """The function that does the same with many rows at once, which is faster where there is nothing to decide."""
    look_at = make_look(name, recipients, where, countries)
    if where is not None or recipients.defaults or not _is_plain(recipients, countries):
        return lambda rows: [*map(look_at, rows)]
    read_all, phone = numbers_reader(recipients.default_country), recipients.phone

    def look_through(everything: Sequence[Read]) -> list[Found]:
        rows = [row for row in everything if isinstance(row, Row)]
        if len(rows) < len(everything):
            return [*map(look_at, everything)]
        numbers = read_all([row[1].get(phone) for row in rows])
        found: list[Found] = [*map(_make_recipient, zip(rows, numbers, strict=True))]
        for at in [at for at, number in enumerate(numbers) if number is None] if None in numbers else ():
            found[at] = look_at(rows[at])
        return found

    return look_through


def _is_plain(recipients: Recipients, countries: Collection[str]) -> bool:
    """Whether a number that was read is taken as it is."""
    return recipients.number_format == "e164" and not countries


def make_look(name: str, recipients: Recipients, where: Where | None, countries: Collection[str]) -> Look:
    """The function from what was read to a person, or to why nobody is called; in the list of that name."""
    read = number_reader(recipients.default_country)
    phone = recipients.phone
    defaults: JsonObject = dict(recipients.defaults)
    look_closer = make_closer_look(recipients, name, frozenset(countries))
    plain = _is_plain(recipients, countries)

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
            return _make_recipient((row, number))
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
