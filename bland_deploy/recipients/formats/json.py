"""JSON: an array of objects. Types survive; each row knows the line on which it starts."""

import io
from collections.abc import Iterator

from bland_deploy.diagnostics import Diagnostic, Place, error
from bland_deploy.recipients.broken import BrokenList
from bland_deploy.recipients.formats.listing import Listing, Read, make_row
from bland_deploy.recipients.strict_json import JsonMistake, after_spaces, scan

LARGEST = 512 * 1024 * 1024  # bytes; the text is held in memory, its rows are not


def rows(text: io.TextIOWrapper, listing: Listing, limit: int = LARGEST) -> Iterator[Read]:
    """The elements of the array, which may be `limit` characters long."""
    whole = text.read(limit + 1)
    if len(whole) > limit:
        message = f"the list is larger than {limit:,} characters"
        raise BrokenList(error("list-too-large", message, Place(listing.name), "write it as JSON Lines (.jsonl)"))
    start = after_spaces(whole, 0)
    if not whole.startswith("[", start):
        yield _no_array(whole, start, listing)
        return
    try:
        yield from _elements(whole, start + 1, listing)
    except JsonMistake as mistake:
        yield _mistake(mistake, whole, listing)


def _elements(whole: str, position: int, listing: Listing) -> Iterator[Read]:
    position = after_spaces(whole, position)
    line, counted = 1, 0
    closed = whole.startswith("]", position)
    while not closed:
        line += whole.count("\n", counted, position)
        counted = position
        value, end = scan(whole, position)
        yield make_row(value, (line, None), listing)
        end = after_spaces(whole, end)
        closed = whole.startswith("]", end)
        if not closed and not whole.startswith(",", end):
            raise JsonMistake("a comma or the end of the array is expected here", end)
        position = end if closed else after_spaces(whole, end + 1)
    rest = after_spaces(whole, position + 1)
    if rest != len(whole):
        raise JsonMistake("something follows the end of the array", rest)


def _no_array(whole: str, start: int, listing: Listing) -> Diagnostic:
    if start == len(whole):
        return error("list-empty", "the list is empty", Place(listing.name, 1), "write [] for a list of nobody")
    message = "the list must be an array of objects: [{…}, {…}]"
    way_out = "keep only the array of people" if whole.startswith("{", start) else None
    return error("list-not-array", message, _place(whole, start, listing), way_out)


def _mistake(mistake: JsonMistake, whole: str, listing: Listing) -> Diagnostic:
    return error("json-syntax", mistake.message, _place(whole, mistake.position or 0, listing))


def _place(whole: str, position: int, listing: Listing) -> Place:
    before = whole.rfind("\n", 0, position)
    return Place(listing.name, whole.count("\n", 0, position) + 1, position - before)
