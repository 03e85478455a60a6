"""The IANA time zones, as the tzdata package lists them: the same on every machine."""

from functools import cache


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone and link, sorted."""
    from importlib.resources import files  # noqa: PLC0415 - most files are in UTC, and start-up counts

    return tuple(sorted(files("tzdata").joinpath("zones").read_text("utf-8").split()))


def is_zone(name: str) -> bool:
    """Whether a name is an IANA zone."""
    return name == "UTC" or name in zone_names()
