"""libphonenumber's own metadata, compiled for speed.

Answers only what the metadata proves: the national number is certain (no prefix of any kind could be stripped from
it, or exactly one plain prefix is) and it matches a type of its region. Whatever else a text may be is left to the
library. Regions are compiled when a number of theirs is first met. The steps follow `parse`, `is_valid_number` and
`region_code_for_number` of the `phonenumbers` package; a property test compares them with it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, REGION_CODE_FOR_NON_GEO_ENTITY, SUPPORTED_REGIONS
from phonenumbers.phonemetadata import PhoneMetadata

# fixed line and mobile first: most numbers are one of them, and the order does not change the answer
_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)

# all prefixes of three digits, and a bound for lists that hold anything else
_PREFIXES = 1024


@dataclass(slots=True)
class Region:
    """One region of a calling code: `leading` decides whose number it is, where the metadata says so; else `valid`."""

    code: int
    name: str
    compiled: bool = False
    leading: Callable[[str], object] | None = None
    valid: Callable[[str], object] = re.compile(r"(?!)").match

    def compile(self) -> None:
        """Build the expressions; put off until a number of the region may be at hand."""
        metadata = _metadata(self.code, self.name)
        if metadata is not None:
            leading = _compiled(metadata.leading_digits)
            self.leading = leading.match if leading is not None else None
            self.valid = re.compile(_valid(metadata)).match
        self.compiled = True


class CallingCode(NamedTuple):
    """A calling code, its regions in the library's order, and what might be stripped from its national numbers."""

    digits: str
    regions: tuple[Region, ...]
    national_prefix: re.Pattern[str] | None

    def region_of(self, national: str) -> str | None:
        """The region in which a national number is valid, or None where it is valid nowhere."""
        for region in self.regions:
            if not region.compiled:
                region.compile()
            if region.leading is not None and len(self.regions) > 1:
                if region.leading(national):
                    return region.name if region.valid(national) else None
            elif region.valid(national):
                return region.name
        return None

    def may_strip(self, national: str) -> bool:
        """Whether the library might take a prefix off a national number."""
        prefix = self.national_prefix
        return prefix is not None and prefix.match(national) is not None and _prefix_end(prefix, national) != 0


class Home(NamedTuple):
    """How numbers without a calling code are read in one country."""

    calling_code: CallingCode
    international_prefix: re.Pattern[str] | None
    national_prefix: re.Pattern[str] | None
    general: re.Pattern[str]
    lengths: tuple[int, ...]

    def national(self, digits: str) -> str | None:
        """The national number that digits dialled in this country certainly mean, or None where that is not certain."""
        if self.international_prefix is not None and self.international_prefix.match(digits):
            return None
        code = self.calling_code.digits
        if digits.startswith(code) and not (self._is_general(digits) and len(digits) <= self.lengths[-1]):
            return self._without_calling_code(digits, digits[len(code) :])
        end = _prefix_end(self.national_prefix, digits)
        if end == 0:
            return digits
        rest = digits[end:] if end is not None else ""
        return rest if self._is_general(rest) and len(rest) in self.lengths else None

    def _without_calling_code(self, digits: str, rest: str) -> str | None:
        if self._is_general(digits) or not self._is_general(rest):
            return None
        if _prefix_end(self.national_prefix, rest) != 0 or self.calling_code.may_strip(rest):
            return None
        return rest

    def _is_general(self, digits: str) -> bool:
        return self.general.fullmatch(digits) is not None


class Shortcut(NamedTuple):
    """One expression for the most usual numbers: a text that it matches is valid as it stands.

    The last group of the match is named for the country; `prefix` makes E.164 of the text.
    """

    match: Callable[[str], re.Match[str] | None]
    prefix: str


_NO_SHORTCUT = Shortcut(re.compile(r"(?!)").match, "")


@lru_cache(_PREFIXES)
def shortcut_abroad(four_characters: str) -> Shortcut:
    """The shortcut for numbers in E.164 that begin with these characters."""
    code = calling_code_of(four_characters[1:])
    return _NO_SHORTCUT if code is None else _abroad(int(code.digits))


@cache
def _abroad(code: int) -> Shortcut:
    return _shortcut(rf"\+{code}", _calling_code(code), "", ())


def shortcut_at_home(home: Home | None) -> Shortcut:
    """The shortcut for the digits of numbers that are written without any prefix."""
    if home is None:
        return _NO_SHORTCUT
    code = home.calling_code
    never = (home.international_prefix, home.national_prefix, re.compile(code.digits))
    return _shortcut("", code, f"+{code.digits}", never)


def _shortcut(before: str, code: CallingCode, prefix: str, never: tuple[re.Pattern[str] | None, ...]) -> Shortcut:
    unwanted = dict.fromkeys((*never, code.national_prefix))
    refused = "".join(f"(?!{pattern.pattern})" for pattern in unwanted if pattern is not None)
    valid = "|".join(_usual_regions(code))
    # ASCII: digits of other scripts are for the library
    return Shortcut(re.compile(f"{before}{refused}(?:{valid})", re.ASCII).match, prefix)


def _usual_regions(code: CallingCode) -> Iterator[str]:
    """The first region of a calling code, and those that are not told by their first digits, in the library's order."""
    not_before = ""
    for region in code.regions:
        metadata = _metadata(region.code, region.name)
        if metadata is None:
            continue
        leading = metadata.leading_digits if len(code.regions) > 1 else None
        if leading is None or region is code.regions[0]:
            mark = f"(?P<{region.name}>)" if country_of_region(region.name) else ""
            yield f"{not_before}{f'(?={leading})' if leading else ''}{_valid(metadata)}{mark}"
        if leading is not None:
            not_before += f"(?!{leading})"


def country_of_region(region: str | None) -> str | None:
    """The country (ISO 3166) of one of the library's regions; some belong to no country."""
    return None if region == REGION_CODE_FOR_NON_GEO_ENTITY else region


@lru_cache(_PREFIXES)
def calling_code_of(three_digits: str) -> CallingCode | None:
    """The calling code with which an international number begins, given its first three digits."""
    if not (three_digits.isascii() and three_digits.isdigit()) or three_digits[0] == "0":
        return None
    codes = (int(three_digits[:size]) for size in (1, 2, 3))
    code = next((code for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), None)
    return None if code is None else _calling_code(code)


@cache
def home_of(country: str) -> Home | None:
    """The numbering plan of a country, or None where the library knows none."""
    metadata = PhoneMetadata.metadata_for_region(country) if country in SUPPORTED_REGIONS else None
    if metadata is None or metadata.country_code is None or metadata.general_desc is None:
        return None
    return Home(
        _calling_code(metadata.country_code),
        _compiled(metadata.international_prefix),
        _compiled(metadata.national_prefix_for_parsing),
        re.compile(metadata.general_desc.national_number_pattern or r"(?!)"),
        tuple(metadata.general_desc.possible_length),
    )


@cache
def _calling_code(code: int) -> CallingCode:
    names = COUNTRY_CODE_TO_REGION_CODE[code]
    main = _metadata(code, names[0])
    prefix = _compiled(main.national_prefix_for_parsing if main is not None else None)
    return CallingCode(str(code), tuple(Region(code, name) for name in names), prefix)


def _metadata(code: int, region: str) -> PhoneMetadata | None:
    if region == REGION_CODE_FOR_NON_GEO_ENTITY:
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


def _valid(metadata: PhoneMetadata) -> str:
    """One expression for: matches the general description, and the description of at least one type."""
    types = dict.fromkeys(_description(metadata, name) for name in _TYPES)
    either = "|".join(pattern for pattern in types if pattern is not None) or r"(?!)"
    return f"(?={_description(metadata, 'general_desc') or '(?!)'})(?:{either})"


def _description(metadata: PhoneMetadata, name: str) -> str | None:
    description = getattr(metadata, name)
    if description is None or not description.national_number_pattern:
        return None
    pattern = rf"(?:{description.national_number_pattern})\Z"
    if not description.possible_length:
        return pattern
    lengths = "|".join(rf"\d{{{length}}}" for length in description.possible_length if length > 0)
    return rf"(?=(?:{lengths or '(?!)'})\Z){pattern}"


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _prefix_end(prefix: re.Pattern[str] | None, digits: str) -> int | None:
    """Where a plain national prefix ends: 0 where there is none, None where the prefix holds more than itself."""
    found = prefix.match(digits) if prefix is not None else None
    if found is None:
        return 0
    return found.end() if found.lastindex is None else None
