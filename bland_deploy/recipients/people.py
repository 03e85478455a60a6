"""Rows to people: `where`, then defaults, then the number, then duplicates, then suppression.

Nobody is lost on the way: every row becomes a recipient or is left out with a reason, in the order of the list.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import JsonObject
from bland_deploy.model.recipient import LeftOut, Number, Outcome, Recipient, Row
from bland_deploy.recipients.again import Found, meet
from bland_deploy.recipients.crowd import Crowd, RowList, Rows
from bland_deploy.recipients.formats.csv import Lump
from bland_deploy.recipients.formats.listing import Read
from bland_deploy.recipients.formats.sheet import Sheet
from bland_deploy.recipients.numbers import make_closer_look
from bland_deploy.recipients.phone import number_reader, numbers_reader
from bland_deploy.recipients.row_source import RowSource

Where: TypeAlias = Callable[[Row], bool | Diagnostic]
Look: TypeAlias = Callable[[Read], Found]
# those who may be called, and everything else in the order of the list
LookThrough: TypeAlias = Callable[[Lump | Sequence[Read]], tuple[Crowd, Sequence[LeftOut | Diagnostic]]]

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
    """The function that looks at many rows at once, which is faster where there is nothing to decide."""
    look_at = make_look(name, recipients, where, countries)
    if where is not None or recipients.defaults or not _is_plain(recipients, countries):
        return lambda part: _parted(map(look_at, part.rows() if isinstance(part, Lump) else part))
    read_all, phone = numbers_reader(recipients.default_country), recipients.phone

    def look_through(part: Lump | Sequence[Read]) -> tuple[Crowd, Sequence[LeftOut | Diagnostic]]:
        rows = _rows_alone(part)
        if isinstance(rows, list):
            return _parted(map(look_at, rows))
        numbers = read_all(rows.column(phone))
        return _looked_closer(rows, numbers, look_at) if None in numbers else (Crowd(rows, numbers), ())  # type: ignore[arg-type]  # none of them is None

    return look_through


def _rows_alone(part: Lump | Sequence[Read]) -> Rows | list[Read]:
    """The rows of a part, or whatever was read where these are not all."""
    read = part.read() if isinstance(part, Lump) else part
    if isinstance(read, Sheet):
        return read
    items = [*read]
    rows = [item for item in items if isinstance(item, Row)]
    return RowList(rows) if len(rows) == len(items) else items


def _parted(found: Iterable[Found]) -> tuple[Crowd, Sequence[LeftOut | Diagnostic]]:
    items = [*found]
    people = [item for item in items if isinstance(item, Recipient)]
    return Crowd.of(people), [item for item in items if not isinstance(item, Recipient)] if len(people) < len(
        items
    ) else ()


def _looked_closer(
    rows: Rows, numbers: Sequence[Number | None], look_at: Look
) -> tuple[Crowd, Sequence[LeftOut | Diagnostic]]:
    """The same where some numbers were not found the short way."""
    closer = {at: look_at(rows.row(at)) for at, number in enumerate(numbers) if number is None}
    left_out = [item for item in closer.values() if not isinstance(item, Recipient)]
    people = {at: item.number for at, item in closer.items() if isinstance(item, Recipient)}
    places = [at for at, number in enumerate(numbers) if number is not None or at in people]
    crowd = Crowd(rows.only(places) if left_out else rows, [numbers[at] or people[at] for at in places])
    return crowd, left_out


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
