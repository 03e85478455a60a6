"""Phone numbers as the sandbox tells them apart, and the fictional ones that force an outcome."""

import re

_SEPARATORS = re.compile(r"\D+")
_FORCED = re.compile(r"(?:1\d{3}55501|4477009001)9([5-9])")
_NATIONAL_DIGITS = 10


def digits(number: str) -> str:
    """The digits by which numbers are compared; ten of them without a plus are North American (reference, 4.1)."""
    text = number.strip()
    found = _SEPARATORS.sub("", text)
    return "1" + found if len(found) == _NATIONAL_DIGITS and not text.startswith("+") else found


def is_dialable(found: str) -> bool:
    """Whether the digits can be a number at all: 7 to 15 of them (reference, 4.1)."""
    return 7 <= len(found) <= 15  # noqa: PLR2004 - the reference's own bounds


def as_listed(number: str, found: str) -> str:
    """The number as the API lists it: E.164 where it has that shape, else as it was sent."""
    return f"+{found}" if is_dialable(found) else number


def forced(found: str) -> str | None:
    """The outcome that fictional numbers (+1 NPA 555-01XX, +44 7700 900XXX) always have, by their last four digits.

    0195 a person, 0196 no answer, 0197 voicemail, 0198 busy, 0199 failed.
    """
    match = _FORCED.fullmatch(found)
    return _BY_LAST_DIGIT[match[1]] if match else None


_BY_LAST_DIGIT = {"5": "human", "6": "no-answer", "7": "voicemail", "8": "busy", "9": "failed"}
