"""A round that calls some people of an earlier one once more: `retry` of a campaign file."""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bland_deploy.model.durations import Duration
from bland_deploy.model.strict import Strict

RoundName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
RetriedOutcome: TypeAlias = Literal["no-answer", "busy", "failed", "voicemail", "canceled"]
"""How a call may have ended that is worth another one: nobody was reached."""


class Retry(Strict):
    """Whom a round calls again: people of an earlier round whose calls ended so, as the state has recorded it."""

    of: RoundName = Field(description="The earlier round.")
    outcomes: Annotated[list[RetriedOutcome], Field(min_length=1)] = Field(
        ["no-answer", "busy", "failed"], description="How the earlier call ended."
    )
    after: Duration = Field(4 * 3600.0, description="How long after the end of the earlier call, at least.")
    at_most: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many people the round calls in all; everybody who is due when left out."
    )


@dataclass(frozen=True, slots=True)
class Retried:
    """What a plan makes of a retry: people to call by how their earlier call ended, and people left out by reason."""

    of: str
    calls: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
