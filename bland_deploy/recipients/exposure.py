"""Phone numbers that may be real people's, in files that others can read. Numbers are located, never quoted."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatch,
    PhoneNumberMatcher,
    PhoneNumberType,
    format_number,
    number_type,
    parse,
)

from bland_deploy.recipients.fictional import is_fictional

ALLOWED = re.compile(r"bland-deploy: allow-phone +[^\s\"'>*/-]")
"""The comment, with its reason, that allows the numbers of its line and of the next one."""

_MANY_DIGITS = re.compile(r"\d(?:\D{0,4}\d){6}")
_LONGEST_LINE = 20_000
_SEPARATED = re.compile(r"\+|\d[ ().\-/\u2010-\u2015\u00a0]+\d")
_PHONE = r"phone|mobile|cell(?:phone)?\b|\btel\b|telef|telep|msisdn|handy|whatsapp"
_PHONE_KEY = re.compile(rf"(?i)(?:{_PHONE})[\w -]*[\"'`]?\s*[:=]\s*[\"'`]?$")
_PHONE_COLUMN = re.compile(rf"(?i){_PHONE}")
# what belongs to the campaign itself, and is meant to be seen
_OWN_KEY = re.compile(r"(?i)\b(?:from|transfer_\w+)[\"']?\s*[:=]\s*[\"']?$")
_NO_PERSON = frozenset({PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN, PhoneNumberType.SHARED_COST})


class Spot(NamedTuple):
    """Where a number stands, from 1."""

    line: int
    column: int


def find_numbers(text: str, country: str) -> Iterator[Spot]:
    """Every number in a text that may be a real person's. `country` (ISO 3166) is that of numbers without a plus.

    Digits alone count only behind a key that says what they are: ids look like them.
    """
    was_allowed = False
    for number, line in enumerate(text.split("\n"), 1):
        is_allowed = ALLOWED.search(line) is not None
        if not (is_allowed or was_allowed) and _MANY_DIGITS.search(line):
            yield from (Spot(number, match.start + 1) for match in _matches(line[:_LONGEST_LINE], country))
        was_allowed = is_allowed


def _matches(line: str, country: str) -> Iterator[PhoneNumberMatch]:
    for match in PhoneNumberMatcher(line, country, leniency=Leniency.VALID, max_tries=1000):
        before = line[: match.start]
        says_so = _SEPARATED.search(match.raw_string) or _PHONE_KEY.search(before)
        if says_so and not _OWN_KEY.search(before) and _may_ring(match.number):
            yield match


def _may_ring(number: PhoneNumber) -> bool:
    digits = format_number(number, PhoneNumberFormat.E164)[1:]
    return not is_fictional(digits) and number_type(number) not in _NO_PERSON


def find_listed(text: str, delimiter: str, country: str) -> list[int]:
    """The lines of a table's numbers that may be real people's; none where no column is one of phone numbers."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    try:
        columns = [index for index, name in enumerate(next(rows, [])) if _PHONE_COLUMN.search(name.strip())]
        return [rows.line_num for row in rows if any(_is_number(row[at], country) for at in columns if at < len(row))]
    except csv.Error:
        return []


def _is_number(cell: str, country: str) -> bool:
    """Whether a cell of a column of numbers holds one; its column says what it is, so it need not be valid."""
    if not _MANY_DIGITS.search(cell):
        return False
    try:
        return _may_ring(parse(cell, country))
    except NumberParseException:
        return False
