"""The campaigns that a change touches: those whose own file, texts or lists are among the changed files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from bland_deploy.documents.discover import WORKSPACE_FILE
from bland_deploy.documents.load import LoadedCampaign, LoadedWorkspace, load_campaign, load_everywhere
from bland_deploy.model.json import Json
from bland_deploy.operations.calls.prepare import prepare
from bland_deploy.prompts.loader import Loader
from bland_deploy.recipients.reach import Reach


def touched(
    loaded: LoadedWorkspace, names: Sequence[str], changed: AbstractSet[str], variables: Mapping[str, Json]
) -> list[str]:
    """The names of the campaigns that a change of these files touches; all of them if the workspace file is one.

    Whoever has the id of such a campaign comes along: an id is unique in the workspace.
    """
    if WORKSPACE_FILE in changed:
        return list(names)
    campaigns = [load_campaign(loaded, name) for name in names]
    chosen = {item.name for item in campaigns if changed & _files(loaded, item, variables)}
    ids = {item.id for item in campaigns if item.name in chosen} - {None}
    return [item.name for item in campaigns if item.name in chosen or item.id in ids]


def _files(loaded: LoadedWorkspace, campaign: LoadedCampaign, variables: Mapping[str, Json]) -> set[str]:
    """Every file that a campaign reads or tries to read, in any environment."""
    root, loader = loaded.root, Loader(campaign.reader.text_or_none)
    lists: set[str] = {campaign.name}
    for shape in load_everywhere(loaded, campaign):
        prepared, _ = prepare(shape, Reach(root), shape.environment or "", variables, loader)
        if prepared is not None:
            every = (prepared.campaign.recipients, *prepared.campaign.suppression)
            lists.update(name for listed in every for name in listed.files)
    return set(_as_git_names(root, {*campaign.reader.asked, *lists}))


def _as_git_names(root: Path, names: Iterable[str]) -> Iterator[str]:
    """The names from the workspace's root, with those of the files that links lead to."""
    for name in names:
        yield os.path.normpath(name)
        yield os.path.relpath(os.path.realpath(root / name), os.path.realpath(root))
