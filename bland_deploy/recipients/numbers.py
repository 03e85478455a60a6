"""The number of a row: read, checked against what the campaign allows, or a reason why the row is not called."""

from collections.abc import Callable
from typing import TypeAlias

from bland_deploy.diagnostics import Diagnostic, Place, error, mask_number, nearest, note, shown
from bland_deploy.model.campaign import Recipients
from bland_deploy.model.json import Json
from bland_deploy.model.recipient import LeftOut, Number, Outcome, Row
from bland_deploy.recipients.phone import Flaw, examine

# row, its cell, and the number in it if the short way found one
CloserLook: TypeAlias = Callable[[Row, Json, Number | None], Number | LeftOut]


def make_closer_look(recipients: Recipients, name: str, countries: frozenset[str]) -> CloserLook:
    """The function that says what becomes of a number which needs more than normalising, in the list of that name."""

    def look(row: Row, text: Json, number: Number | None) -> Number | LeftOut:
        if not isinstance(text, str):
            return _rejected(row, _not_text(row, text, recipients.phone, name))
        found = number or _examine(row, text, recipients, name)
        if isinstance(found, LeftOut):
            return found
        if countries and found.country not in countries:
            return _rejected(row, _country_not_allowed(found, name, row.line))
        return found._replace(sent=text) if recipients.number_format == "raw" else found

    return look


def _examine(row: Row, text: str, recipients: Recipients, name: str) -> Number | LeftOut:
    place = Place(name, row.line)
    if not text or text.isspace():
        return _rejected(row, _blank(recipients.phone, place))
    number, flaw = examine(text, recipients.default_country)
    if flaw is None:
        return number
    if recipients.invalid_numbers == "send" and flaw is not Flaw.NO_DIGITS:
        return Number(text, number.identity, valid=False, country=number.country)
    if recipients.invalid_numbers == "skip":
        rule = _RULES.get(flaw, "invalid-number")
        return LeftOut(row.line, Outcome.INVALID, note(rule, _message(number, flaw), place))
    return _rejected(row, _invalid(number, flaw, place))


def _rejected(row: Row, problem: Diagnostic) -> LeftOut:
    return LeftOut(row.line, Outcome.INVALID, problem)


def _not_text(row: Row, value: Json, phone: str, name: str) -> Diagnostic:
    place = Place(name, row.line)
    column = shown(phone)
    if phone not in row.values:
        likely = nearest(phone, row.values)
        meant = f'set `phone: "{shown(likely)}"`' if likely else "set `phone` to the key that holds the number"
        return error(
            "phone-column-missing", f'the row has no key "{column}", where the number is expected', place, meant
        )
    if value is None:
        return _blank(phone, place)
    if isinstance(value, int) and not isinstance(value, bool):
        message = f'the phone number in "{column}" is unquoted, so it lost its + and leading zeros'
        return error("number-not-text", message, place, 'write it in quotes: "+14155550100"')
    return error("number-not-text", f'the phone number in "{column}" is not text', place, 'write it as "+14155550100"')


def _blank(phone: str, place: Place) -> Diagnostic:
    return error(
        "blank-number",
        f'the phone number in "{shown(phone)}" is blank',
        place,
        "fill it in, remove the row, or leave such rows out with `where`",
    )


_RULES = {Flaw.NO_COUNTRY: "number-without-country", Flaw.EXTENSION: "number-with-extension"}
_WAYS_OUT = {
    Flaw.NO_COUNTRY: "set `default_country` (such as US), or write numbers with + and the calling code",
    Flaw.EXTENSION: "remove the extension; a campaign cannot reach it by the number alone",
    Flaw.NOT_A_NUMBER: "keep one phone number in the cell, such as +14155550100; spreadsheets damage unquoted numbers",
}


def _message(number: Number, flaw: Flaw) -> str:
    # what cannot be read may be anything, even a name: only digits are shown, and few of them
    return f"{mask_number(number.identity)} cannot be called: {flaw}"


def _invalid(number: Number, flaw: Flaw, place: Place) -> Diagnostic:
    way_out = _WAYS_OUT.get(
        flaw, "correct it, or say what becomes of such numbers with `invalid_numbers: skip` or `send`"
    )
    return error(_RULES.get(flaw, "invalid-number"), _message(number, flaw), place, way_out)


def _country_not_allowed(number: Number, name: str, line: int) -> Diagnostic:
    where = f"is a number of {number.country}" if number.country else "belongs to no known country"
    return error(
        "country-not-allowed",
        f"{mask_number(number.identity)} {where}, and `countries` does not name it",
        Place(name, line),
        "remove the row, leave such rows out with `where`, or add the country",
    )
