"""The IANA time zones, as the tzdata package lists them: the same on every machine."""

from functools import cache
from importlib.resources import files


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone and link, sorted."""
    return tuple(sorted(files("tzdata").joinpath("zones").read_text("utf-8").split()))


def is_zone(name: str) -> bool:
    """Whether a name is an IANA zone."""
    return name == "UTC" or name in zone_names()
