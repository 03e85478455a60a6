"""Sends whose outcome is unknown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
    """A send whose outcome is unknown: since when, why, how many people, and what the provider lists of it.

    `called` is to how many of its people the provider lists calls since then, None where that is not known.
    """

    campaign: str
    round: str
    attempt: str
    calls: int
    claimed_at: str
    reason: str | None
    listed: tuple[str, ...]
    called: int | None = None
