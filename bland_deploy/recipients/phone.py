"""Phone numbers: from what people write to the form by which a person is told from others.

The normal form is E.164 as libphonenumber parses it, valid or not. Most numbers are settled by the exact fast path
over the library's own metadata; the rest go through the library.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from bland_deploy.model.recipient import Number
from bland_deploy.recipients.numbering import (
    CallingCode,
    Home,
    Shortcut,
    calling_code_of,
    country_of_region,
    home_of,
    shortcut_abroad,
    shortcut_at_home,
)

NORMALISATION_VERSION: str = phonenumbers.__version__

# libphonenumber reads no longer texts
_LONGEST_TEXT = 250

ReadNumber = Callable[[str], Number | None]
ReadNumbers = Callable[[Iterable[object]], list[Number | None]]


class Flaw(StrEnum):
    """Why a number cannot be called."""

    BLANK = "it is blank"
    NO_DIGITS = "it holds no digits"
    NO_COUNTRY = "it has no leading + and no country is known"
    UNKNOWN_CODE = "no country has this calling code"
    NOT_A_NUMBER = "it cannot be read as one phone number"
    TOO_SHORT = "it is too short for its country"
    TOO_LONG = "it is too long for its country"
    WRONG_LENGTH = "no number of its country has this length"
    NOT_IN_USE = "its country has no numbers of this form"
    EXTENSION = "it has an extension, which a call cannot dial"


class Examined(NamedTuple):
    """A number and, where it cannot be called, why."""

    number: Number
    flaw: Flaw | None


def normalise(text: str, default_country: str | None = None) -> Number:
    """The number a text means; `sent` is E.164, or the text itself where libphonenumber parses nothing."""
    return number_reader(default_country)(text) or examine(text, default_country).number


def normalise_plainly(text: str, default_country: str | None = None) -> Number:
    """What `normalise` must equal: the library alone, step by step."""
    return examine(text, default_country).number


def country_of(identity: str) -> str | None:
    """The country (ISO 3166) of a number in normal form, or None."""
    return normalise(identity).country


def is_country(country: str) -> bool:
    """Whether libphonenumber knows the numbers of a country (ISO 3166)."""
    return country in phonenumbers.SUPPORTED_REGIONS


@cache
def number_reader(default_country: str | None) -> ReadNumber:
    """The fast path for one default country: text to a valid number, or None where the library has to decide."""
    home = home_of(default_country) if default_country else None
    at_home: Shortcut | None = None  # made when the first number needs it
    make = partial(tuple.__new__, Number)  # half the time of Number(…), which counts here

    def read(text: str) -> Number | None:
        nonlocal at_home
        if text[:1] == "+":
            found = shortcut_abroad(text[:4]).match(text)
            if found is not None:
                return make((text, text, True, found.lastgroup))
        digits = text if text.isdigit() else _without_punctuation(text)
        if digits[:1] == "+":
            match, prefix = shortcut_abroad(digits[:4])
        else:
            match, prefix = at_home = at_home or shortcut_at_home(home)
        found = match(digits)
        if found is None:
            return _by_the_rules(digits, home)
        written = prefix + digits
        return make((written, written, True, found.lastgroup))

    return read


@cache
def numbers_reader(default_country: str | None) -> ReadNumbers:
    """The same for many cells, in their order; None also for what is no text."""
    read, make = number_reader(default_country), partial(tuple.__new__, Number)

    def read_all(cells: Iterable[object]) -> list[Number | None]:
        return [
            make((cell, cell, True, found.lastgroup))
            if type(cell) is str and cell[:1] == "+" and (found := shortcut_abroad(cell[:4]).match(cell)) is not None
            else read(cell)
            if type(cell) is str
            else None
            for cell in cells
        ]

    return read_all


def _by_the_rules(digits: str, home: Home | None) -> Number | None:
    if not digits.isascii():
        return None
    if digits[:1] == "+":
        return _international(digits[1:]) if digits[1:].isdigit() else None
    national = home.national(digits) if home is not None and digits.isdigit() else None
    return _valid(home.calling_code, national) if home is not None and national is not None else None


def _without_punctuation(text: str) -> str:
    # what libphonenumber ignores anywhere in a number; five replacements are faster than one translation
    if len(text) > _LONGEST_TEXT:
        return ""
    return text.replace(" ", "").replace("-", "").replace("(", "").replace(")", "").replace(".", "")


def examine(text: str, default_country: str | None = None) -> Examined:
    """The number a text means, by the library alone, and what is wrong with it."""
    try:
        parsed = phonenumbers.parse(text, default_country)
    except NumberParseException as problem:
        digits = phonenumbers.normalize_digits_only(text)
        return Examined(Number(text, digits, valid=False), _flaw_of_text(text, digits, problem))
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(parsed)
    flaw = _flaw_of_number(parsed, region)
    return Examined(Number(written, written, flaw is None, country_of_region(region)), flaw)


def _international(digits: str) -> Number | None:
    code = calling_code_of(digits[:3])
    if code is None:
        return None
    national = digits[len(code.digits) :]
    return None if code.may_strip(national) else _valid(code, national)


def _valid(code: CallingCode, national: str) -> Number | None:
    region = code.region_of(national)
    if region is None:
        return None
    written = f"+{code.digits}{national}"
    return Number(written, written, True, country_of_region(region))


def _flaw_of_text(text: str, digits: str, problem: NumberParseException) -> Flaw:
    if not digits:
        return Flaw.NO_DIGITS if text.strip() else Flaw.BLANK
    if problem.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return Flaw.UNKNOWN_CODE if text.lstrip().startswith(("+", "(+")) else Flaw.NO_COUNTRY
    if problem.error_type == NumberParseException.TOO_LONG:
        return Flaw.TOO_LONG
    short = (NumberParseException.TOO_SHORT_NSN, NumberParseException.TOO_SHORT_AFTER_IDD)
    return Flaw.TOO_SHORT if problem.error_type in short else Flaw.NOT_A_NUMBER


_FLAWS_OF_LENGTH = {
    ValidationResult.TOO_SHORT: Flaw.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Flaw.TOO_SHORT,
    ValidationResult.TOO_LONG: Flaw.TOO_LONG,
    ValidationResult.INVALID_LENGTH: Flaw.WRONG_LENGTH,
    ValidationResult.INVALID_COUNTRY_CODE: Flaw.UNKNOWN_CODE,
}


def _flaw_of_number(parsed: PhoneNumber, region: str | None) -> Flaw | None:
    if region is None or not phonenumbers.is_valid_number_for_region(parsed, region):
        return _FLAWS_OF_LENGTH.get(phonenumbers.is_possible_number_with_reason(parsed), Flaw.NOT_IN_USE)
    return Flaw.EXTENSION if parsed.extension else None
