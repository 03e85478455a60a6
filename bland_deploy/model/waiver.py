"""A rule that a campaign need not follow: why, who says so, and until when."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from bland_deploy.model.strict import Strict


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _day(text: str) -> str:
    try:
        written = date.fromisoformat(text).isoformat()
    except ValueError:
        written = ""
    if written != text:
        raise ValueError('must be a day such as "2027-01-31"')
    return text


Said = Annotated[str, AfterValidator(_said)]
Day = Annotated[str, AfterValidator(_day)]


class Waiver(Strict):
    """One rule that does not hold for a campaign, until a day has passed."""

    rule: str = Field(description="The rule that is waived; `bland-deploy rules` says which can be.")
    reason: Said = Field(description="Why, for whoever reviews the plan or reads the log.")
    approver: Said = Field(description="Who answers for it.")
    expires: Day = Field(description="The last day on which it holds (UTC).")

    def holds(self, today: date | None) -> bool:
        """Whether it has not expired; without a day to judge by it has not."""
        return today is None or today <= date.fromisoformat(self.expires)
