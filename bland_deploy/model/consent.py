"""What a campaign declares of the consent of the people it calls: for all of its list, or for each row by columns."""

from typing import Literal, TypeAlias

from pydantic import Field

from bland_deploy.model.durations import Duration
from bland_deploy.model.strict import Strict
from bland_deploy.model.waiver import Day, Said

Kind: TypeAlias = Literal["written", "express"]
KINDS: tuple[Kind, ...] = ("express", "written")
"""From the weaker to the stronger."""


class FromColumn(Strict):
    """The value of each row stands in a column of the list."""

    column: str = Field(min_length=1, description="Name of the column.")


class Consent(Strict):
    """The consent of the people on the list: what kind, from where, and since when."""

    type: Kind | FromColumn | None = Field(
        None, description="`express`, `written`, or {column: NAME} of a column that holds one of the two."
    )
    source: Said | FromColumn | None = Field(
        None, description="Where it was given, such as a form or a contract, or {column: NAME}."
    )
    captured_at: Day | FromColumn | None = Field(
        None, description='The day on which it was given, such as "2026-03-01", or {column: NAME}.'
    )
    expires: Day | FromColumn | None = Field(
        None, description="The last day on which it holds, if it ends, or {column: NAME}."
    )
    max_age: Duration | None = Field(None, description="How old it may be; never more than the rules pack allows.")

    @property
    def columns(self) -> dict[str, str]:
        """The columns that it names, by key."""
        parts = {"type": self.type, "source": self.source, "captured_at": self.captured_at, "expires": self.expires}
        return {key: part.column for key, part in parts.items() if isinstance(part, FromColumn)}

    @property
    def is_declared(self) -> bool:
        """Whether anything is declared."""
        return any(part is not None for part in (self.type, self.source, self.captured_at, self.expires, self.max_age))


NO_CONSENT = Consent(type=None, source=None, captured_at=None, expires=None, max_age=None)
