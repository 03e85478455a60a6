"""`bland-deploy lint`: every problem, each with its place."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bland_deploy.cli.options import Invocation, write_document
from bland_deploy.cli.root import find_root
from bland_deploy.cli.variables import read_variables
from bland_deploy.diagnostics import Diagnostic, Severity, counted, is_at_least
from bland_deploy.documents.choose import choose_campaigns
from bland_deploy.documents.discover import WORKSPACE_FILE, find_campaigns
from bland_deploy.documents.load import LoadedWorkspace, load_campaign, load_workspace
from bland_deploy.documents.repository import changed_since as files_changed_since
from bland_deploy.documents.repository import folder_in_repository, is_ignored
from bland_deploy.errors import ExitCode, InvalidInput
from bland_deploy.model.json import JsonObject
from bland_deploy.operations.lint import World, lint
from bland_deploy.settings import choose_environment, is_loopback
from bland_deploy.views.diagnostics import FORMATS
from bland_deploy.views.diagnostics.checked import Checked
from bland_deploy.views.diagnostics.text import summary

_USUAL = ["campaigns/*.yaml"]


def run(
    invocation: Invocation,
    campaigns: Sequence[str],
    format_: str,
    fail_level: str,
    output_file: Path | None,
    changed_since: str | None,
) -> ExitCode:
    """Show every problem of the campaign files in one run. Needs no key, no clock and no network."""
    fails = Severity(fail_level)
    found, checked = find_problems(invocation, campaigns, changed_since)
    checked = checked._replace(fails=fails)
    if output_file is None:
        write_document(FORMATS[format_](found, checked, invocation.color(sys.stdout)))
    else:
        _write(output_file, FORMATS[format_](found, checked, False))
        invocation.say(f"{summary(found)}: see {output_file}")
    return ExitCode.INVALID if any(is_at_least(diagnostic, fails) for diagnostic in counted(found)) else ExitCode.DONE


def find_problems(
    invocation: Invocation, campaigns: Sequence[str], changed_since: str | None
) -> tuple[Sequence[Diagnostic], Checked]:
    """What is to be said of the named campaigns, of all when none is named, or of those that changed since a commit."""
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
        is_whole=not campaigns and changed_since is None,
    )
    found = lint(loaded, names, world)
    return found, Checked(loaded.reader.text_or_none, folder_in_repository(loaded.root), (WORKSPACE_FILE, *names))


def _changed(loaded: LoadedWorkspace, names: Sequence[str], ref: str, variables: JsonObject) -> list[str]:
    from bland_deploy.operations.changed import touched  # noqa: PLC0415 - only where it is asked for

    return touched(loaded, names, files_changed_since(loaded.root, ref), variables)


def _write(file: Path, text: str) -> None:
    try:
        file.write_bytes(text.encode("utf-8", "replace"))
    except OSError as problem:
        reason = (problem.strerror or "the system refuses").lower()
        raise InvalidInput(
            f"--output-file {file} cannot be written: {reason}", help="name a file that can be"
        ) from None


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


def _harmless(loaded: LoadedWorkspace) -> frozenset[str]:
    """The environments that ring nobody: the sandbox, and whatever listens on this machine."""
    known = loaded.workspace.environments if loaded.workspace else {}
    return frozenset(
        name
        for name, environment in known.items()
        if environment.provider == "sandbox" or is_loopback(environment.base_url or "")
    )
