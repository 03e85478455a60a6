"""JSON Lines: one object on each line. Types survive; a broken line does not hide the others."""

import io
from collections.abc import Iterator

from bland_deploy.diagnostics import Place, error
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.strict_json import JsonMistake, parse


def rows(text: io.TextIOWrapper, listing: Listing) -> Iterator[Read]:
    """The object of each line; blank lines are no rows."""
    line = 0
    for line, written in enumerate(text, 1):
        if not written.isspace():
            try:
                yield make_row(parse(written), (line, None), listing)
            except JsonMistake as mistake:
                column = None if mistake.position is None else mistake.position + 1
                yield listing.rejected("json-syntax", mistake.message, (line, column))
    if not line:
        yield error("list-empty", "the list is empty", Place(listing.name, 1), "write one object on each line")
