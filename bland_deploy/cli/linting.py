"""Looking at campaign files, for `lint`."""

import os
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.cache import Cache
from bland_deploy.cli.options import Invocation
from bland_deploy.cli.root import find_root
from bland_deploy.cli.variables import read_variables
from bland_deploy.diagnostics import Diagnostic
from bland_deploy.documents.choose import choose_campaigns
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.load import LoadedWorkspace, load_campaign, load_workspace
from bland_deploy.documents.repository import changed_since as files_changed_since
from bland_deploy.documents.repository import folder_in_repository, is_ignored
from bland_deploy.errors import InvalidInput
from bland_deploy.model.json import JsonObject
from bland_deploy.operations.lint import World, lint
from bland_deploy.settings import choose_environment, is_loopback
from bland_deploy.views.diagnostics.checked import Checked

_USUAL = ["campaigns/*.yaml"]


def look(
    invocation: Invocation, campaigns: Sequence[str], changed_since: str | None, cache: Cache | None
) -> tuple[Sequence[Diagnostic], Checked]:
    """What is found in the named campaigns, in all when none is named, or in those that changed since a commit."""
    loaded = load_workspace(find_root(invocation))
    globs = loaded.workspace.campaigns if loaded.workspace else _USUAL
    names = find_campaigns(loaded.root, globs)
    if campaigns:
        everything = [load_campaign(loaded, name) for name in names]
        names = [campaign.name for campaign in choose_campaigns(everything, campaigns, loaded.root, Path.cwd())]
    variables = read_variables(invocation.variables, invocation.variable_files, os.environ)
    if changed_since is not None:
        every, names = names, _changed(loaded, names, changed_since, variables)
        invocation.say(f"{len(names)} of {len(every)} campaigns changed since {changed_since}")
    world = World(
        _environment(loaded, invocation.environment),
        variables,
        lambda name: is_ignored(loaded.root, name),
        _harmless(loaded),
        _protected(loaded),
        is_whole=not campaigns and changed_since is None,
    )
    found = lint(loaded, names, world, cache)
    return found, Checked(loaded.reader.text_or_none, folder_in_repository(loaded.root), (WORKSPACE_FILE, *names))


def _changed(loaded: LoadedWorkspace, names: Sequence[str], ref: str, variables: JsonObject) -> list[str]:
    from bland_deploy.operations.changed import touched  # noqa: PLC0415 - only where it is asked for

    return touched(loaded, names, files_changed_since(loaded.root, ref), variables)


def _environment(loaded: LoadedWorkspace, name: str | None) -> str:
    """The environment of campaigns without an overlay. A workspace that says none is linted all the same."""
    if loaded.workspace is None:
        return name or "sandbox"
    try:
        return choose_environment(loaded.workspace, name)[0]
    except InvalidInput:
        if name is not None:
            raise
        return next(iter(loaded.workspace.environments), "sandbox")


def _protected(loaded: LoadedWorkspace) -> frozenset[str]:
    """The environments in which apply needs an approval."""
    known = loaded.workspace.environments if loaded.workspace else {}
    return frozenset(name for name, environment in known.items() if environment.protected)


def _harmless(loaded: LoadedWorkspace) -> frozenset[str]:
    """The environments that ring nobody: the sandbox, and whatever listens on this machine."""
    known = loaded.workspace.environments if loaded.workspace else {}
    return frozenset(
        name
        for name, environment in known.items()
        if environment.provider == "sandbox" or is_loopback(environment.base_url or "")
    )
