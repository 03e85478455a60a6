"""What must still hold when a saved plan is carried out: its time, its address, its files and its lists."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.errors import StateProblem
from bland_deploy.model.campaign import Campaign
from bland_deploy.operations.guards.watch import file_sha256
from bland_deploy.planning.planfile import AGAIN, Header
from bland_deploy.recipients.reach import Reach
from bland_deploy.recipients.sources import read_rows


class PlanExpired(StateProblem):
    """The saved plan is too old."""

    rule = "plan-expired"


class PlanStale(StateProblem):
    """What the saved plan was made from or for has changed."""

    rule = "plan-stale"


def refuse_changed(header: Header, now: datetime, address: str, root: Path) -> None:
    """PlanExpired or PlanStale unless the plan is of this time, goes to this address and has these files."""
    if now >= datetime.fromisoformat(header.expires):
        raise PlanExpired(f"the saved plan has expired: it was valid until {header.expires}", help=AGAIN)
    if header.address != address:
        raise stale(f"it is for {header.address}, and {header.environment} is {address} now")
    for name, digest in sorted(header.inputs.items()):
        if file_sha256(root / name) != digest:
            raise stale(f"{name} has changed since it was made")


def refuse_changed_lists(header: Header, campaigns: Sequence[LoadedCampaign], reach: Reach) -> None:
    """PlanStale unless the lists that live elsewhere are those of the plan. Raises as `read_rows` does."""
    for loaded in campaigns:
        campaign = loaded.campaign
        if campaign is not None and header.lists.get(campaign.campaign) != _list_now(campaign, reach):
            raise stale(f"{campaign.recipients.name} has changed since it was made")


def _list_now(campaign: Campaign, reach: Reach) -> str | None:
    """The digest of a campaign's list as it is now, where it lives elsewhere."""
    if not campaign.recipients.is_elsewhere:
        return None
    source = read_rows(campaign.recipients, reach)
    deque(source.rows(), maxlen=0)
    return source.sha256()


def stale(reason: str) -> PlanStale:
    """The error for a plan that does not fit the world any more, for that reason."""
    return PlanStale(f"the saved plan is stale: {reason}", help=AGAIN)
