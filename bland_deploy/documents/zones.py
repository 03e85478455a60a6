"""The IANA time zones, as the tzdata package lists them: the same on every machine."""

from functools import cache
from pkgutil import get_data


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone and link, sorted."""
    return tuple(sorted((get_data("tzdata", "zones") or b"").decode().split()))


def is_zone(name: str) -> bool:
    """Whether a name is an IANA zone."""
    return name == "UTC" or name in zone_names()
