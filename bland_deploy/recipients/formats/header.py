"""The names of a list's columns: what is wrong with them, whatever the format."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from bland_deploy.diagnostics import Diagnostic, Place, error, nearest, shown
from bland_deploy.recipients.formats.listing import Listing

_PHONE_WORDS = re.compile(r"phone|mobile|\btel\b|\bcell\b", re.IGNORECASE)
_PHONE_OR_MAIL = re.compile(r"(?!\d{4}-\d\d-\d\d)\s*[+(]?(?:\d[ ().-]{0,2}){7,}|[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST_MISTAKES = 20
_MOST_COLUMNS_SHOWN = 20
_SEPARATORS = {";": '";"', "\t": '"\\t"', "|": '"|"', ",": '","'}


def check_header(header: Sequence[str] | None, listing: Listing) -> tuple[Diagnostic, ...]:
    """What is wrong with the names of the columns, the first of it where there is much."""
    return tuple(islice(_mistakes(header, listing), _MOST_MISTAKES))


def _mistakes(header: Sequence[str] | None, listing: Listing) -> Iterator[Diagnostic]:
    if not header:
        yield _empty(listing)
        return
    place = Place(listing.name, 1)
    if listing.phone not in header and any(_PHONE_OR_MAIL.fullmatch(name) for name in header):
        yield error(
            "list-without-header",
            "the first line looks like a row, not like the names of the columns",
            place,
            f"begin the list with a line of column names, one of them {shown(listing.phone)}",
        )
        return
    yield from _mistakes_in_names(header, place)
    if listing.phone not in header:
        yield _phone_missing(header, listing)


def _mistakes_in_names(header: Sequence[str], place: Place) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        first = seen.setdefault(name, number)
        if not name.strip():
            yield error("column-without-name", f"column {number} has no name", place, "name it, or remove the column")
        elif first != number:
            message = f'columns {first} and {number} are both named "{shown(name)}"'
            yield error("duplicate-column", message, place, "rename one of them")


def _phone_missing(header: Sequence[str], listing: Listing) -> Diagnostic:
    used = next((mark for mark in _SEPARATORS if len(header) == 1 and mark in header[0]), None)
    likely = nearest(listing.phone, header) or next((name for name in header if _PHONE_WORDS.search(name)), None)
    if used is not None:
        way_out = f"the cells seem to be separated by {_SEPARATORS[used]}: set `delimiter: {_SEPARATORS[used]}`"
    else:
        names = ", ".join(shown(name) for name in header[:_MOST_COLUMNS_SHOWN])
        meant = f'set `phone: "{shown(likely)}"`' if likely else "set `phone` to the column that holds the number"
        way_out = f"{meant}; the columns are: {names}{', …' if len(header) > _MOST_COLUMNS_SHOWN else ''}"
    message = f'the list has no column "{shown(listing.phone)}", where the phone number is expected'
    return error("phone-column-missing", message, Place(listing.name, 1), way_out)


def _empty(listing: Listing) -> Diagnostic:
    return error(
        "list-empty",
        "the list is empty: it does not even have a header",
        Place(listing.name, 1),
        f"begin it with a line of column names, one of them {listing.phone}",
    )
