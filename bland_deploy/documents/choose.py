"""Which campaigns a command is about: they are named by id or by path, and none named means all."""

import os
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.diagnostics import nearest, shown
from bland_deploy.documents.load import LoadedCampaign
from bland_deploy.errors import InvalidInput


class NoSuchCampaign(InvalidInput):
    """What was named is no campaign of the workspace."""


def choose_campaigns(
    campaigns: Sequence[LoadedCampaign], wanted: Sequence[str], root: Path, here: Path
) -> tuple[LoadedCampaign, ...]:
    """The campaigns named by id or path (from `here` or from the workspace), in their order.

    Others of the same id come along, so that they are found: an id is unique in the workspace. Raises NoSuchCampaign
    for a name that is none of them.
    """
    if not wanted:
        return tuple(campaigns)
    chosen = set()
    for name in wanted:
        found = [campaign.name for campaign in campaigns if _is_named(campaign, name, root, here)]
        if not found:
            raise NoSuchCampaign(f"there is no campaign {shown(name)}", help=_way_out(campaigns, name, here))
        chosen.update(found)
    ids = {campaign.id for campaign in campaigns if campaign.name in chosen} - {None}
    return tuple(campaign for campaign in campaigns if campaign.name in chosen or campaign.id in ids)


def _is_named(campaign: LoadedCampaign, name: str, root: Path, here: Path) -> bool:
    if name in (campaign.id, campaign.name):
        return True
    return os.path.realpath(here / name) == os.path.realpath(root / campaign.name)


def _way_out(campaigns: Sequence[LoadedCampaign], name: str, here: Path) -> str:
    if (here / name).is_file():
        return "the file exists, and no glob under `campaigns` in bland-deploy.yaml matches it"
    ids = [shown(campaign.id or campaign.name) for campaign in campaigns]
    meant = nearest(name, ids)
    if meant is not None:
        return f"did you mean {meant}?"
    return f"the campaigns are {', '.join(ids)}" if ids else "the workspace has no campaigns"
