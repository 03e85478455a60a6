"""Whether it matters when the people of a campaign are rung, and where they are.

That takes its schedule and how careful its environment is. What works times out is imported only where it has to.
"""

from typing import NamedTuple

from bland_deploy.model.campaign import Campaign
from bland_deploy.model.schedule import Pace, ProfileName, pace_of


class Care(NamedTuple):
    """How careful an environment is where campaigns do not say.

    `profile` is of the rules pack; `pace` is the account's; `holds` is whether somebody can be rung.
    """

    profile: ProfileName
    pace: Pace
    holds: bool
    protected: bool = False


CARELESS = Care("none", pace_of(None), holds=False)


def profile_of(campaign: Campaign, care: Care) -> ProfileName:
    """The profile that holds for a campaign."""
    return campaign.schedule.profile or care.profile


def needs_places(campaign: Campaign, care: Care) -> bool:
    """Whether it matters where people are."""
    return profile_of(campaign, care) != "none" or campaign.schedule.restricts


def is_timed(campaign: Campaign, care: Care) -> bool:
    """Whether it matters when people are rung; else they can be at any time, and are at once."""
    return needs_places(campaign, care) or campaign.schedule.spreads
