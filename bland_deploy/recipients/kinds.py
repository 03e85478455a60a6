"""Numbers that cost somebody extra wherever they ring: premium rate and toll-free, by libphonenumber's metadata."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.phonemetadata import PhoneMetadata

from bland_deploy.recipients.numbering import calling_code_of

Kind: TypeAlias = Literal["toll_free", "premium"]
_CODES = 1024


def kind_of(identity: str) -> Kind | None:
    """The kind of a number in normal form; None for all others."""
    found = _pattern(identity[1:4]).match(identity) if identity[:1] == "+" else None
    return found.lastgroup if found is not None else None  # type: ignore[return-value]  # the groups are named for the kinds


@lru_cache(_CODES)
def _pattern(three_digits: str) -> re.Pattern[str]:
    """The expression for such numbers of the calling code with which an international number begins."""
    code = calling_code_of(three_digits)
    if code is None:
        return re.compile(r"(?!)")
    digits = code.digits
    regions = [PhoneMetadata.metadata_for_region_or_calling_code(int(digits), name) for name in _regions(int(digits))]
    known = [region for region in regions if region is not None]
    free = "|".join(filter(None, dict.fromkeys(_written(region.toll_free) for region in known)))
    premium = "|".join(filter(None, dict.fromkeys(_written(region.premium_rate) for region in known)))
    return re.compile(rf"\+{digits}(?:(?P<premium>(?:{premium or '(?!)'})\Z)|(?P<toll_free>(?:{free or '(?!)'})\Z))")


def _regions(code: int) -> tuple[str, ...]:
    return COUNTRY_CODE_TO_REGION_CODE[code]


def _written(description: object) -> str | None:
    pattern = getattr(description, "national_number_pattern", None)
    return f"(?:{pattern})" if pattern else None
